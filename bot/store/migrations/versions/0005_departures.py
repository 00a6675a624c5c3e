"""Workspaces that have left, until what came in late is erased too."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "departures",
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("left_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", name=op.f("pk_departures")),
    )
