"""Votes, reported answers, and whom a reply is for while it is open."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables, and the column."""
    op.add_column("questions", sa.Column("user_id", sa.String(length=32), nullable=True))
    op.create_table(
        "votes",
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("question_id", sa.String(length=36), nullable=False),
        sa.Column("user_hash", sa.String(length=64), nullable=False),
        sa.Column("is_helpful", sa.Boolean(), nullable=False),
        sa.Column("voted_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "question_id", "user_hash", name=op.f("pk_votes")),
    )
    op.create_table(
        "reports",
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("question_id", sa.String(length=36), nullable=False),
        sa.Column("user_hash", sa.String(length=64), nullable=False),
        sa.Column("expected_topic", sa.String(length=64), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reported_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "question_id", "user_hash", name=op.f("pk_reports")),
    )
