"""Which places the question named, by which a second turn such as "is a license needed there?" is understood."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the column."""
    op.add_column("questions", sa.Column("places", sa.JSON(none_as_null=True), nullable=True))
