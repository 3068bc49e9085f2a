"""Documents of a shelved case stand still with it; each knows the unit that is late."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0046"

# What was owed about a document of a shelved case ran on: it ends like the other promises of the
# case, to hold again when that is taken up.
_OF_SHELVED = """SELECT clock.id, shelving.id AS shelving_id FROM clock
    JOIN case_file ON case_file.id = clock.root_case_id AND case_file.state = 'shelved'
    JOIN shelving ON shelving.case_id = case_file.id AND shelving.outcome = 'approved'
      AND shelving.ended_at IS NULL
    WHERE clock.order_id IS NOT NULL AND clock.state IN ('running', 'paused')"""
_REMEMBER = f"INSERT INTO shelved_clock (clock_id, shelving_id) {_OF_SHELVED}"
_STOP = """UPDATE clock SET state = 'stopped', ended_at = started_at, next_rung = NULL,
    next_rung_at = NULL WHERE order_id IS NOT NULL AND state IN ('running', 'paused')
    AND id IN (SELECT clock_id FROM shelved_clock)"""
_NEXT = """UPDATE case_file SET next_due = COALESCE((SELECT min(due) FROM clock
      WHERE clock.root_case_id = case_file.id AND clock.state = 'running'), {never}),
    next_clock = (SELECT name FROM clock WHERE clock.root_case_id = case_file.id
      AND clock.state = 'running' ORDER BY due, id LIMIT 1)
    WHERE state = 'shelved'"""
_LATE = """UPDATE supervision_order SET late_unit_id = COALESCE(unit_id,
    (SELECT COALESCE(item.rectifying_unit_id, item.verifying_unit_id) FROM item
      WHERE item.id = supervision_order.item_id))"""
_NEVER = {
    "sqlite": "'9999-01-01 00:00:00.000000'",
    "postgresql": "TIMESTAMPTZ '9999-01-01 00:00:00+00'",
}


def _stand_still() -> None:
    op.execute(_REMEMBER)
    op.execute(_STOP)
    op.execute(_NEXT.format(never=_NEVER[op.get_bind().dialect.name]))


def upgrade() -> None:
    _stand_still()
    op.add_column("supervision_order", sa.Column("late_unit_id", sa.Integer(), nullable=True))
    op.execute(_LATE)


def downgrade() -> None:
    """What stood still holds again when its case is taken up, as the older verbs know too."""
    op.drop_column("supervision_order", "late_unit_id")
