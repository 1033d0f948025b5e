"""Run by Alembic; the connection comes from `storage.schema`."""

from alembic import context

from storage.tables import Table

context.configure(connection=context.config.attributes["connection"], target_metadata=Table.metadata, transactional_ddl=True)
context.run_migrations()
