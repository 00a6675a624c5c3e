"""Tokens are in one table: nothing reads those in the other, which stays for versions that still write to it."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Delete them."""
    op.execute("DELETE FROM slack_installations")
