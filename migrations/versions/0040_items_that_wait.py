"""What waits for somebody of the office is found by indexes of its own, not in each open case."""

from alembic import op
from sqlalchemy import text

revision = "0040"
down_revision = "0037"

_STATES = ("draft", "objected")


def upgrade() -> None:
    for state in _STATES:
        where = text(f"state = '{state}'")
        op.create_index(
            f"ix_item_{state}", "item", ["case_id"], sqlite_where=where, postgresql_where=where
        )


def downgrade() -> None:
    for state in _STATES:
        op.drop_index(f"ix_item_{state}", "item")
