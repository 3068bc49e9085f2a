"""A case may be passed on to another office, and keeps the number that its first one counts."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0024"

_MOMENT = sa.DateTime(timezone=True)
_CHECKS = {
    "outcome": "outcome IN ('received', 'sent_back', 'taken_back')",
    "ended_at": "(outcome IS NULL) = (ended_at IS NULL)",
    "elsewhere": "from_area <> to_area",
}
_OF = {
    "case_id": "case_file.id",
    "from_area": "area.code",
    "to_area": "area.code",
    "passed_by": "user_account.id",
    "ended_by": "user_account.id",
}
_WAITS, _BOUND = "outcome IS NULL", "bound_for IS NOT NULL"
_NUMBERS = ("year", "seq")

# An office that is at work gets the rules that a new one begins with, under the same numbers.
_RULE = """INSERT INTO policy (id, clock, urgent, amount, unit, pausable, pause_limit_days,
      extendable_times, extendable_amount, minimum_after_return, margin, ladder, version,
      withdrawn, effective_from)
    SELECT max(id) + 1, 'receive', {urgent}, {amount}, '{unit}', false, 10, 0, 0, 2, 0, 'office', 1,
      false, min(effective_from)
    FROM policy WHERE NOT EXISTS (
      SELECT 1 FROM policy WHERE clock = 'receive' AND unit = '{unit}')
    HAVING count(*) > 0"""
_COUNT_ON = """SELECT setval(pg_get_serial_sequence('policy', 'id'), max(id)) FROM policy
    HAVING count(*) > 0"""
_UNUSED = """DELETE FROM policy WHERE clock = 'receive'
    AND NOT EXISTS (SELECT 1 FROM clock WHERE clock.policy_id = policy.id)"""

# The older tables count a case's number where it lies, so each is its first office's again; the
# history keeps what really was. What waits to be signed for is owed to nobody.
_HOME = "UPDATE case_file SET area_code = registered_in WHERE area_code <> registered_in"
_AWAY = "UPDATE case_file SET area_code = :code WHERE id = :id"
_PLACED = """UPDATE case_file SET
    province = (SELECT province FROM area WHERE code = case_file.area_code),
    city = (SELECT city FROM area WHERE code = case_file.area_code),
    county = (SELECT county FROM area WHERE code = case_file.area_code),
    district = (SELECT district FROM area WHERE code = case_file.area_code)
    WHERE id IN (SELECT case_id FROM entry WHERE verb IN ('receive', 'go_along'))"""
_NOT_OWED = """UPDATE clock SET state = 'stopped', ended_at = started_at, next_rung = NULL,
    next_rung_at = NULL WHERE name = 'receive' AND state IN ('running', 'paused')"""
_OUTCOMES = {"receive": "received", "send_back": "sent_back", "take_back": "taken_back"}
_SAID = """SELECT case_id, n, at, verb, user_id, body FROM entry
    WHERE verb IN ('pass_on', 'receive', 'send_back', 'take_back', 'go_along')
    ORDER BY at, case_id, n"""
_PASSAGE = sa.table(
    "passage",
    *map(sa.column, ("case_id", "from_area", "to_area", "reason", "grounds", "designated")),
    *map(sa.column, ("passed_by", "passed_at", "outcome", "answer", "ended_by", "ended_at")),
)


def upgrade() -> None:
    op.add_column(
        "case_file", sa.Column("registered_in", sa.String(12), nullable=False, server_default="")
    )
    op.add_column("case_file", sa.Column("bound_for", sa.String(12)))
    op.execute("UPDATE case_file SET registered_in = area_code")
    op.drop_index("uq_case_file_area_code_year_seq", "case_file")
    op.create_index(
        "uq_case_file_registered_in_year_seq",
        "case_file",
        ["registered_in", *_NUMBERS],
        unique=True,
    )
    op.create_index(
        "ix_case_file_bound_for",
        "case_file",
        ["bound_for"],
        sqlite_where=sa.text(_BOUND),
        postgresql_where=sa.text(_BOUND),
    )
    op.create_table(
        "passage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("from_area", sa.String(12), nullable=False),
        sa.Column("to_area", sa.String(12), nullable=False),
        sa.Column("reason", sa.String(12), nullable=False),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.Column("designated", sa.Boolean(), nullable=False),
        sa.Column("passed_by", sa.Integer(), nullable=False),
        sa.Column("passed_at", _MOMENT, nullable=False),
        sa.Column("outcome", sa.String(12), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", _MOMENT, nullable=True),
        *(
            sa.CheckConstraint(said, name=op.f(f"ck_passage_{name}"))
            for name, said in _CHECKS.items()
        ),
        *(
            sa.ForeignKeyConstraint([name], [other], name=op.f(f"fk_passage_{name}"))
            for name, other in _OF.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passage")),
    )
    for name in ("case_id", "from_area"):
        op.create_index(op.f(f"ix_passage_{name}"), "passage", [name])
    op.create_index(
        "uq_passage_case_id_waiting",
        "passage",
        ["case_id"],
        unique=True,
        sqlite_where=sa.text(_WAITS),
        postgresql_where=sa.text(_WAITS),
    )
    for urgent, amount, unit in (("NULL", 1, "working_days"), ("true", 2, "hours")):
        op.execute(_RULE.format(urgent=urgent, amount=amount, unit=unit))
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_COUNT_ON)
    _told_again()


def _told_again() -> None:
    """Pass on again what the histories say was signed for: of an office that went back and comes
    again. What had waited was owed to nobody meanwhile, and is as if it had been taken back.
    """
    bind = op.get_bind()
    passed: dict[int, dict[str, object]] = {}
    for case_id, _, at, verb, user_id, body in bind.execute(sa.text(_SAID)).all():
        facts = json.loads(body)["facts"]
        if verb == "pass_on":
            passed[case_id] = {**facts, "passed_by": user_id, "passed_at": at}
            continue
        source = bind.scalar(_BY_NUMBER, {"number": facts["with"]}) if "with" in facts else case_id
        told = passed[source]
        outcome = _OUTCOMES.get(verb, "received")
        bind.execute(
            _PASSAGE.insert().values(
                case_id=case_id,
                from_area=facts.get("from") or _lies_in(case_id),
                to_area=told["to"],
                reason=told["reason"],
                grounds=told["grounds"],
                designated=told["designated"],
                passed_by=told["passed_by"],
                passed_at=told["passed_at"],
                outcome=outcome,
                answer=facts.get("reason", ""),
                ended_by=user_id or facts.get("handler"),
                ended_at=at,
            )
        )
        if outcome == "received":
            bind.execute(sa.text(_AWAY), {"code": told["to"], "id": case_id})
            bind.execute(sa.text(_PLACED))


_BY_NUMBER = sa.text("SELECT id FROM case_file WHERE number = :number")
_OFFICE = sa.text(
    "SELECT CASE WHEN district IS NULL THEN area_code ELSE county END FROM case_file WHERE id = :id"
)


def _lies_in(case_id: int) -> object:
    return op.get_bind().scalar(_OFFICE, {"id": case_id})


def downgrade() -> None:
    op.execute(_NOT_OWED)
    op.execute(_UNUSED)
    op.drop_table("passage")
    op.execute(_HOME)
    op.execute(_PLACED)
    op.drop_index("ix_case_file_bound_for", "case_file")
    op.drop_index("uq_case_file_registered_in_year_seq", "case_file")
    op.create_index(
        "uq_case_file_area_code_year_seq", "case_file", ["area_code", *_NUMBERS], unique=True
    )
    for name in ("bound_for", "registered_in"):
        op.drop_column("case_file", name)
