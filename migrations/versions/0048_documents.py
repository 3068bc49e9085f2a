"""Documents of a shelved case stand still with it; each knows which unit is late, and all its
editors.
"""

import json

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
_EDITOR = """UPDATE supervision_order SET editors = ',' || CAST(edited_by AS VARCHAR(12)) || ','
    WHERE edited_by IS NOT NULL"""
_EDITS = """SELECT entry.user_id, entry.body FROM entry JOIN case_file ON case_file.id = entry.case_id
    WHERE entry.verb = 'order_edited' AND entry.user_id IS NOT NULL AND EXISTS (SELECT 1
      FROM supervision_order WHERE supervision_order.case_id = case_file.id AND state = 'draft')
    ORDER BY entry.id"""
_DRAFT = sa.text("UPDATE supervision_order SET editors = :who WHERE id = :id AND state = 'draft'")
_WAITS = "state IN ('draft', 'answered')"
_NEVER = {
    "sqlite": "'9999-01-01 00:00:00.000000'",
    "postgresql": "TIMESTAMPTZ '9999-01-01 00:00:00+00'",
}


def _stand_still() -> None:
    op.execute(_REMEMBER)
    op.execute(_STOP)
    op.execute(_NEXT.format(never=_NEVER[op.get_bind().dialect.name]))


def _editors() -> None:
    """What was signed was signed by the rule of its day; of a draft everybody is barred who ever
    changed it.
    """
    op.execute(_EDITOR)
    known: dict[int, list[int]] = {}
    for person, body in op.get_bind().execute(sa.text(_EDITS)):
        theirs = known.setdefault(json.loads(body)["facts"]["order"], [])
        theirs += [] if person in theirs else [person]
    for order, people in known.items():
        who = "," + "".join(f"{one}," for one in people)
        op.get_bind().execute(_DRAFT, {"who": who, "id": order})


def upgrade() -> None:
    _stand_still()
    op.add_column("supervision_order", sa.Column("late_unit_id", sa.Integer(), nullable=True))
    op.execute(_LATE)
    editors = sa.Column("editors", sa.Text(), nullable=False, server_default="")
    op.add_column("supervision_order", editors)
    _editors()
    op.create_index(
        "ix_supervision_order_waits",
        "supervision_order",
        ["case_id"],
        sqlite_where=sa.text(_WAITS),
        postgresql_where=sa.text(_WAITS),
    )


def downgrade() -> None:
    """What stood still holds again when its case is taken up, as the older verbs know too."""
    op.drop_index("ix_supervision_order_waits", "supervision_order")
    op.drop_column("supervision_order", "editors")
    op.drop_column("supervision_order", "late_unit_id")
