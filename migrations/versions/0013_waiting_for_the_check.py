"""The items that wait for their check are counted on every page: an index of their own.

No column stands first in an index with the state, so they were looked for through all items.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_SUBMITTED = sa.text("state = 'submitted'")


def upgrade() -> None:
    op.create_index(
        "ix_item_submitted",
        "item",
        ["case_id"],
        sqlite_where=_SUBMITTED,
        postgresql_where=_SUBMITTED,
    )


def downgrade() -> None:
    op.drop_index("ix_item_submitted", table_name="item")
