"""Alembic's door into the project: it is handed a connection that `caseflow.migrating` opened."""

from typing import Any, Literal

from alembic import context
from sqlalchemy.types import TypeDecorator

from caseflow.migrating import is_ours
from caseflow.tables import metadata


def plain_type(kind: str, thing: Any, _context: Any) -> str | Literal[False]:
    """Draft a column with the type the database sees: a migration must outlive our classes."""
    if kind == "type" and isinstance(thing, TypeDecorator):
        return f"sa.{thing.impl_instance!r}"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    include_name=is_ours,
    compare_type=True,
    render_item=plain_type,
    render_as_batch=connection.dialect.name == "sqlite",
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
