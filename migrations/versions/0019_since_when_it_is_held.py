"""An item knows since when whoever verifies it has it."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

# By the history: the last move that gave the item to somebody. A designation that left it where it
# was came after the dispatch that still counts.
_SINCE = """UPDATE item SET held_since = (SELECT max(given.at) FROM entry given
    WHERE given.case_id = item.case_id AND given.item_id = item.id AND (given.verb IN ('dispatch', 'dispatch_anew', 'reassign')
      OR (given.verb = 'designate' AND given.at <= item.dispatched_at)))"""


def upgrade() -> None:
    op.add_column("item", sa.Column("held_since", sa.DateTime(timezone=True)))
    op.execute(_SINCE)


def downgrade() -> None:
    op.drop_column("item", "held_since")
