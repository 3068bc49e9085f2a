"""What lists look for in few places has an index of its own: withdrawn items, and two promises."""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0051"

_WITHDRAWN = "state = 'withdrawn'"
_APART = "state = 'running' AND name IN ('immediate', 'second_look')"


def _index(name: str, table: str, columns: list[str], which: str) -> None:
    where = sa.text(which)
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def upgrade() -> None:
    _index("ix_item_withdrawn", "item", ["case_id"], _WITHDRAWN)
    _index("ix_clock_apart", "clock", ["name", "case_id"], _APART)


def downgrade() -> None:
    op.drop_index("ix_clock_apart", "clock")
    op.drop_index("ix_item_withdrawn", "item")
