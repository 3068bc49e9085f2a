"""What lists and counts look for in few places has indexes of its own, and withdrawn items a mark."""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"

_OPEN = """state IN ('received', 'accepted', 'handling', 'awaiting_reporter', 'shelved', 'replying',
 'calling_back')""".replace("\n", "")
_STIRS = (
    f"{_OPEN} AND (state <> 'handling' OR handler_id IS NULL OR urgent OR countersign OR withdrawn)"
)
_APART = "state = 'running' AND name IN ('immediate', 'second_look')"
_LEVELS = ("province", "city", "county", "district")
_MARK = """UPDATE case_file SET withdrawn = {true} WHERE id IN (SELECT item.case_id FROM item
    WHERE item.state = 'withdrawn' AND item.round = case_file.reopened)"""
_TRUE = {"sqlite": "1", "postgresql": "true"}


def _index(name: str, table: str, columns: list[str], which: str) -> None:
    where = sa.text(which)
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def upgrade() -> None:
    column = sa.Column("withdrawn", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("case_file", column)
    op.execute(_MARK.format(true=_TRUE[op.get_bind().dialect.name]))
    for level in _LEVELS:
        _index(f"ix_case_file_stirs_{level}", "case_file", [level], _STIRS)
    handled = f"handler_id IS NOT NULL AND {_OPEN}"
    _index("ix_case_file_handler_id", "case_file", ["handler_id"], handled)
    _index("ix_clock_apart", "clock", ["name", "case_id"], _APART)


def downgrade() -> None:
    op.drop_index("ix_clock_apart", "clock")
    op.drop_index("ix_case_file_handler_id", "case_file")
    for level in _LEVELS:
        op.drop_index(f"ix_case_file_stirs_{level}", "case_file")
    op.drop_column("case_file", "withdrawn")
