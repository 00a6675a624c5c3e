"""Alembic's entry: runs the steps on the connection that `bot.store.migrating` gives."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
