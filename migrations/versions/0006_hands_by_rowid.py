"""On SQLite a hand could be replaced by its hidden row number; a trigger refuses that too."""

from alembic import op

revision = "0006"
down_revision = "0005"

_BY_ROWID = """CREATE TRIGGER item_actor_no_replace_by_rowid BEFORE INSERT ON item_actor
   WHEN EXISTS (SELECT 1 FROM item_actor WHERE rowid = NEW.rowid)
   BEGIN SELECT RAISE(ABORT, 'item_actor is append-only'); END"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(_BY_ROWID)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER item_actor_no_replace_by_rowid")
