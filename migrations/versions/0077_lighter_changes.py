"""What changes often is lighter to change: most promises are about one thing only, and their other
columns are in no index; a page of cases keeps room for their new heads, so that a case whose
indexed columns stay as they are stays on its page and is written into no index.
"""

import sqlalchemy as sa
from alembic import op

revision = "0077"
down_revision = "0075"

_SUBJECTS = ("case_id", "item_id", "order_id", "quarantine_id", "report_id", "call_id")


def upgrade() -> None:
    for name in _SUBJECTS:
        said = sa.text(f"{name} IS NOT NULL")
        op.drop_index(f"ix_clock_{name}", "clock")
        op.create_index(
            f"ix_clock_{name}", "clock", [name], sqlite_where=said, postgresql_where=said
        )
    _keep_room("SET (fillfactor = 80)")


def downgrade() -> None:
    _keep_room("RESET (fillfactor)")
    for name in _SUBJECTS:
        op.drop_index(f"ix_clock_{name}", "clock")
        op.create_index(f"ix_clock_{name}", "clock", [name])


def _keep_room(how: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE case_file {how}")
