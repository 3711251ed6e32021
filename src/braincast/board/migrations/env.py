"""Run by Alembic, on the connection that `Database.migrate` hands over."""

from alembic import context

from braincast.board.schema import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    render_as_batch=True,
    transactional_ddl=False,  # the caller's transaction holds all of it
)
if not context.is_offline_mode():
    context.run_migrations()
