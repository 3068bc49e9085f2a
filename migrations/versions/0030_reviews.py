"""The office above may be asked to review an answer (复查), and once more (复核)."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0028"

_MOMENT = sa.DateTime(timezone=True)
_CHECKS = {
    "stage": "stage IN (1, 2)",
    "result": "result IN ('upheld', 'changed', 'redone')",
    "opined_at": "(result IS NULL) = (opined_at IS NULL)",
    "opined_by": "(result IS NULL) = (opined_by IS NULL)",
    "another": "case_id <> of_case_id",
}
_OF = {
    "case_id": "case_file.id",
    "report_id": "report.id",
    "of_case_id": "case_file.id",
    "of_report_id": "report.id",
    "root_report_id": "report.id",
    "asked_by": "user_account.id",
    "opined_by": "user_account.id",
}
_NEW = {"reviews": sa.Integer(), "same_as": sa.Integer(), "ended_at": _MOMENT}
_OWING = "next_clock IS NOT NULL AND state IN ('answered', 'declined', 'referred', 'closed')"

# An office that is at work gets the rules that were not there to be written.
_RULE = """INSERT INTO policy (id, clock, category, amount, unit, pausable, pause_limit_days,
      extendable_times, extendable_amount, minimum_after_return, margin, ladder, version,
      withdrawn, effective_from)
    SELECT max(id) + 1, '{clock}', {category}, 30, 'calendar_days', false, 10, 0, 0, 2, 0,
      'office', 1, false, min(effective_from)
    FROM policy WHERE NOT EXISTS (
      SELECT 1 FROM policy WHERE clock = '{clock}' AND {known})
    HAVING count(*) > 0"""
_RULES = (("remedy", "NULL"), ("resolve", "'review'"), ("reply", "'review'"))
_COUNT_ON = """SELECT setval(pg_get_serial_sequence('policy', 'id'), max(id)) FROM policy
    HAVING count(*) > 0"""
_UNUSED = """DELETE FROM policy WHERE (clock = 'remedy' OR category = 'review')
    AND NOT EXISTS (SELECT 1 FROM clock WHERE clock.policy_id = policy.id)"""

_SAID = sa.text(
    """SELECT case_id, at, verb, user_id, body FROM entry
    WHERE verb IN ('review', 'opine', 'reviewed', 'decline', 'reopen') ORDER BY at, case_id, n"""
)
_CASE = sa.text("SELECT id FROM case_file WHERE number = :number")
_REPORT = sa.text("SELECT id FROM report WHERE number = :number")
_TOLD = sa.text("SELECT text FROM reply WHERE case_id = :case ORDER BY id LIMIT 1")
_REVIEW = sa.table(
    "review",
    *map(sa.column, ("stage", "case_id", "report_id", "of_case_id", "of_report_id")),
    *map(sa.column, ("root_report_id", "round", "asked_at", "asked_by")),
    *map(sa.column, ("result", "grounds", "opined_by", "opined_at")),
)
_FILE = sa.table("case_file", *map(sa.column, ("id", "reviews", "same_as", "ended_at")))


def upgrade() -> None:
    for name, kind in _NEW.items():
        op.add_column("case_file", sa.Column(name, kind))
        _index(name, name, f"{name} IS NOT NULL")
    _index("owing", "id", _OWING)
    op.create_table(
        "review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.SmallInteger(), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("case_id", "report_id", "of_case_id", "of_report_id", "root_report_id")
        ),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("result", sa.String(12), nullable=True),
        sa.Column("grounds", sa.Text(), server_default="", nullable=False),
        sa.Column("opined_by", sa.Integer(), nullable=True),
        sa.Column("opined_at", _MOMENT, nullable=True),
        *(
            sa.CheckConstraint(said, name=op.f(f"ck_review_{name}"))
            for name, said in _CHECKS.items()
        ),
        *(
            sa.ForeignKeyConstraint([name], [other], name=op.f(f"fk_review_{name}"))
            for name, other in _OF.items()
        ),
        *(
            sa.UniqueConstraint(name, name=op.f(f"uq_review_{name}"))
            for name in ("case_id", "report_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
    )
    for name in ("of_case_id", "root_report_id"):
        op.create_index(op.f(f"ix_review_{name}"), "review", [name])
    op.create_index(
        "uq_review_of_report_id_round", "review", ["of_report_id", "round"], unique=True
    )
    for clock, category in _RULES:
        known = "category IS NULL" if category == "NULL" else f"category = {category}"
        op.execute(_RULE.format(clock=clock, category=category, known=known))
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_COUNT_ON)
    _told_again()


def _index(name: str, column: str, which: str) -> None:
    where = sa.text(which)
    op.create_index(
        f"ix_case_file_{name}", "case_file", [column], sqlite_where=where, postgresql_where=where
    )


def _told_again() -> None:
    """Make again what the histories say: of an office that went back, and comes again."""
    for case_id, at, verb, user_id, body in op.get_bind().execute(_SAID).all():
        facts = json.loads(body)["facts"]
        if verb == "review":
            _asked(case_id, at, facts)
        elif verb == "opine":
            grounds = op.get_bind().scalar(_TOLD, {"case": case_id}) or ""
            said = {"result": facts["result"], "grounds": grounds}
            which = _REVIEW.c.case_id == case_id
            op.execute(
                _REVIEW.update().where(which).values(**said, opined_by=user_id, opined_at=at)
            )
        elif verb == "reviewed" and facts["ended"]:
            _note(case_id, ended_at=at)
        elif verb == "reopen":
            _note(case_id, ended_at=None)
        elif verb == "decline" and "same_as" in facts:
            _note(case_id, same_as=op.get_bind().scalar(_CASE, {"number": facts["same_as"]}))


def _asked(case_id: int, at: object, facts: dict[str, object]) -> None:
    bind = op.get_bind()
    of_case = bind.scalar(_CASE, {"number": facts["of"]})
    _note(case_id, reviews=of_case)
    reports = {
        name: bind.scalar(_REPORT, {"number": facts[said]})
        for name, said in (
            ("report_id", "report"),
            ("of_report_id", "of_report"),
            ("root_report_id", "root"),
        )
    }
    op.execute(
        _REVIEW.insert().values(
            **reports,
            stage=facts["stage"],
            case_id=case_id,
            of_case_id=of_case,
            round=facts["round"],
            asked_at=at,
            asked_by=facts["asked_by"],
            grounds="",
        )
    )


def _note(case_id: int, **said: object) -> None:
    op.execute(_FILE.update().where(_FILE.c.id == case_id).values(**said))


def downgrade() -> None:
    """A review stays what the older tables can say of it: an accepted case of the office above."""
    op.drop_table("review")
    op.execute(_UNUSED)
    for name in ("owing", *_NEW):
        op.drop_index(f"ix_case_file_{name}", "case_file")
    for name in _NEW:
        op.drop_column("case_file", name)
