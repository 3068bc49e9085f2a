"""Documents of a shelved case stand still with it; all editors of each are kept, and all answers."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"

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
_EDITOR = """UPDATE supervision_order SET editors = ',' || CAST(edited_by AS VARCHAR(12)) || ','
    WHERE edited_by IS NOT NULL"""
_EDITS = """SELECT entry.user_id, entry.body FROM entry JOIN case_file ON case_file.id = entry.case_id
    WHERE entry.verb = 'order_edited' AND entry.user_id IS NOT NULL AND EXISTS (SELECT 1
      FROM supervision_order WHERE supervision_order.case_id = case_file.id AND state = 'draft')
    ORDER BY entry.id"""
_DRAFT = sa.text("UPDATE supervision_order SET editors = :who WHERE id = :id AND state = 'draft'")
_MOMENT = sa.DateTime(timezone=True)
_ANSWERED = sa.text("""SELECT verb, at, user_id, body FROM entry
    WHERE verb IN ('order_answered', 'order_returned') ORDER BY id""")
_LAST = sa.text("""SELECT id, answer, answered_at, answered_by, issued_at FROM supervision_order
    WHERE answer <> '' ORDER BY id""")
_KEEP = sa.text("""INSERT INTO order_answer (order_id, n, text, at, user_id, returned_at, returned_by,
      returned_for)
    VALUES (:order_id, :n, :text, :at, :user_id, :returned_at, :returned_by, :returned_for)""")
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


def _answers() -> None:
    """The last answer to each document is there; those before it were not kept, and how many there
    were is known from the history.
    """
    said: dict[int, list[tuple[str, object, int | None, str]]] = {}
    for verb, at, person, body in op.get_bind().execute(_ANSWERED):
        facts = json.loads(body)["facts"]
        said.setdefault(facts["order"], []).append((verb, at, person, facts.get("reason", "")))
    for order, text, at, person, issued in op.get_bind().execute(_LAST).all():
        happened = said.get(order, [])
        given = [one for one in happened if one[0] == "order_answered"]
        back = [one for one in happened if one[0] == "order_returned"][-1:] if at is None else []
        if at is None and given:
            _, at, person, _ = given[-1]
        at = at or issued
        row = {
            "order_id": order,
            "n": max(len(given), 1),
            "text": text,
            "at": at,
            "user_id": person,
        }
        row |= {"returned_at": None, "returned_by": None, "returned_for": ""}
        for _, when, who, reason in back:
            row |= {"returned_at": when, "returned_by": who, "returned_for": reason}
        op.get_bind().execute(_KEEP, row)


def _table() -> None:
    op.create_table(
        "order_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("returned_at", _MOMENT, nullable=True),
        sa.Column("returned_by", sa.Integer(), nullable=True),
        sa.Column("returned_for", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_answer")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["supervision_order.id"], name=op.f("fk_order_answer_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_order_answer_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["returned_by"], ["user_account.id"], name=op.f("fk_order_answer_returned_by")
        ),
    )
    op.create_index("uq_order_answer_order_id_n", "order_answer", ["order_id", "n"], unique=True)


def upgrade() -> None:
    _stand_still()
    editors = sa.Column("editors", sa.Text(), nullable=False, server_default="")
    op.add_column("supervision_order", editors)
    _editors()
    _table()
    _answers()
    op.create_index(
        "ix_supervision_order_waits",
        "supervision_order",
        ["case_id"],
        sqlite_where=sa.text(_WAITS),
        postgresql_where=sa.text(_WAITS),
    )


def downgrade() -> None:
    """What stood still holds again when its case is taken up, as the older verbs know too."""
    op.drop_table("order_answer")
    op.drop_index("ix_supervision_order_waits", "supervision_order")
    op.drop_column("supervision_order", "editors")
