"""Documents are in the case of their item; what is owed is locked with the case of what it is about.

Cases were split before: their documents had stayed and ran on while the part was shelved, and what
came back in a part was owed in the case that it was split off from.
"""

from alembic import op

revision = "0056"
down_revision = "0053"

_DOCUMENTS = """UPDATE supervision_order
    SET case_id = (SELECT item.case_id FROM item WHERE item.id = supervision_order.item_id)
    WHERE item_id IN (SELECT item_id FROM split_item)"""
_FILES = """UPDATE accountability_file
    SET case_id = (SELECT supervision_order.case_id FROM supervision_order
      WHERE supervision_order.id = accountability_file.order_id)
    WHERE order_id IN (SELECT id FROM supervision_order
      WHERE item_id IN (SELECT item_id FROM split_item))"""
_OF_ITEMS = """UPDATE clock
    SET root_case_id = (SELECT item.case_id FROM item WHERE item.id = clock.item_id)
    WHERE state IN ('running', 'paused') AND item_id IN (SELECT item_id FROM split_item)"""
_OF_DOCUMENTS = """UPDATE clock
    SET root_case_id = (SELECT supervision_order.case_id FROM supervision_order
      WHERE supervision_order.id = clock.order_id)
    WHERE state IN ('running', 'paused') AND order_id IN (SELECT id FROM supervision_order
      WHERE item_id IN (SELECT item_id FROM split_item))"""
# Of a part that is shelved they stand still from now on.
_REMEMBER = """INSERT INTO shelved_clock (clock_id, shelving_id)
    SELECT clock.id, shelving.id FROM clock
    JOIN case_file ON case_file.id = clock.root_case_id AND case_file.state = 'shelved'
    JOIN shelving ON shelving.case_id = case_file.id AND shelving.outcome = 'approved'
      AND shelving.ended_at IS NULL
    WHERE clock.order_id IS NOT NULL AND clock.state IN ('running', 'paused')"""
_STOP = """UPDATE clock SET state = 'stopped', ended_at = started_at, next_rung = NULL,
    next_rung_at = NULL WHERE order_id IS NOT NULL AND state IN ('running', 'paused')
    AND id IN (SELECT clock_id FROM shelved_clock)"""
_NEXT = """UPDATE case_file SET next_due = COALESCE((SELECT min(due) FROM clock
      WHERE clock.root_case_id = case_file.id AND clock.state = 'running'), {never}),
    next_clock = (SELECT name FROM clock WHERE clock.root_case_id = case_file.id
      AND clock.state = 'running' ORDER BY due, id LIMIT 1)
    WHERE id IN (SELECT case_id FROM case_split UNION SELECT part_id FROM case_split)"""
_NEVER = {
    "sqlite": "'9999-01-01 00:00:00.000000'",
    "postgresql": "TIMESTAMPTZ '9999-01-01 00:00:00+00'",
}


def upgrade() -> None:
    for statement in (_DOCUMENTS, _FILES, _OF_ITEMS, _OF_DOCUMENTS, _REMEMBER, _STOP):
        op.execute(statement)
    op.execute(_NEXT.format(never=_NEVER[op.get_bind().dialect.name]))


def downgrade() -> None:
    """Where they are now the older pages find them too."""
