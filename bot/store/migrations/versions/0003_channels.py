"""Channels that answer plain questions, edits and deletions of questions, and an index to find them by."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table, the column and the index."""
    op.create_table(
        "channels",
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("channel_id", sa.String(length=32), nullable=False),
        sa.Column("introduction", sa.String(length=36), nullable=True),
        sa.Column("listens", sa.Boolean(), nullable=False),
        sa.Column("switched_by", sa.String(length=32), nullable=True),
        sa.Column("switched_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "channel_id", name=op.f("pk_channels")),
    )
    op.add_column("questions", sa.Column("revision", sa.String(length=32), nullable=True))
    op.create_index(op.f("ix_questions_channel_id_message_ts"), "questions", ["channel_id", "message_ts"])
