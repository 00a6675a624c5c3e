"""How long a question was set to wait, by which a clock that was set back is noticed."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the column."""
    op.add_column("questions", sa.Column("wait_seconds", sa.Double(), nullable=True))
