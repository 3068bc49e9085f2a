"""What other offices hand down comes in once, and closes when they signed for its report back.

What was closed before stays closed: nobody was asked for a signature then.
"""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0065"


def _normal(said: str) -> str:
    plain = unicodedata.normalize("NFKC", said).lower()
    return "".join(ch for ch in plain if ch.isalnum())[:120]


def _claim() -> None:
    """Keep every number that came so far; where one came twice, for the first."""
    matter = sa.table(
        "handed_matter", sa.column("sender"), sa.column("number"), sa.column("report_id")
    )
    came = sa.text(
        "SELECT id, handed_by, handed_number FROM report"
        " WHERE handed_number <> '' AND handed_by <> '' AND follows IS NULL"
        " AND split_from IS NULL ORDER BY id"
    )
    first: dict[tuple[str, str], int] = {}
    for row in op.get_bind().execute(came):
        key = (_normal(row.handed_by), _normal(row.handed_number))
        if all(key):
            first.setdefault(key, row.id)
    if first:
        rows = [{"sender": s, "number": n, "report_id": r} for (s, n), r in first.items()]
        op.bulk_insert(matter, rows)


_MOMENT = sa.DateTime(timezone=True)
_ALIVE = "state NOT IN ('returned', 'refused')"
_CHECKS = {
    "state": "state IN ('drafted', 'returned', 'checked', 'sent', 'refused', 'signed', 'waived')",
    "way": "way IN ('letter', 'email', 'exchange', 'in_person')",
    "sent": "state NOT IN ('sent', 'signed') OR (checked_by IS NOT NULL AND sent_at IS NOT NULL)",
    "checked_by": "checked_by IS NULL OR checked_by <> drafted_by",
    "signed": "(state = 'signed') = (signed_at IS NOT NULL)",
}
_OF = {
    "case_id": "case_file.id",
    "report_id": "report.id",
    "drafted_by": "user_account.id",
    "checked_by": "user_account.id",
    "sent_by": "user_account.id",
}

# An office that wrote rules of its own gets those that were not there to be written.
_RULE = """INSERT INTO policy (id, clock, amount, unit, pausable, pause_limit_days,
      extendable_times, extendable_amount, minimum_after_return, margin, ladder, version,
      withdrawn, effective_from)
    SELECT max(id) + 1, '{name}', {days}, 'working_days', false, 10, 0, 0, 2, 0, 'office', 1,
      false, min(effective_from)
    FROM policy WHERE NOT EXISTS (SELECT 1 FROM policy WHERE clock = '{name}')
    HAVING count(*) > 0"""
_COUNT_ON = """SELECT setval(pg_get_serial_sequence('policy', 'id'), max(id)) FROM policy
    HAVING count(*) > 0"""
_UNUSED = """DELETE FROM policy WHERE clock IN ('report_back', 'signed_back')
    AND NOT EXISTS (SELECT 1 FROM clock WHERE clock.policy_id = policy.id)"""
# The older code knows no such promises: nobody is urged.
_NOT_OWED = """UPDATE clock SET state = 'stopped', ended_at = started_at, next_rung = NULL,
    next_rung_at = NULL WHERE name IN ('report_back', 'signed_back') AND state IN ('running', 'paused')"""
_SOONEST = """UPDATE case_file SET
    next_due = COALESCE((SELECT min(due) FROM clock WHERE root_case_id = case_file.id
      AND state = 'running'), {never}),
    next_clock = (SELECT name FROM clock WHERE root_case_id = case_file.id
      AND state = 'running' ORDER BY due, id LIMIT 1)
    WHERE next_clock IN ('report_back', 'signed_back')"""
_NEVER = {
    "sqlite": "'9999-01-01 00:00:00.000000'",
    "postgresql": "TIMESTAMPTZ '9999-01-01 00:00:00+00'",
}
_CLOSED = """INSERT INTO report_back (case_id, report_id, round, state, text, drafted_at, reason)
    SELECT report.case_id, report.id, case_file.reopened, 'waived', '', case_file.closed_at, ''
    FROM report JOIN case_file ON case_file.id = report.case_id
    WHERE report.report_back AND report.follows IS NULL AND case_file.state = 'closed'"""


def _reports_back() -> None:
    op.create_table(
        "report_back",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("drafted_by", sa.Integer(), nullable=True),
        sa.Column("drafted_at", _MOMENT, nullable=False),
        sa.Column("checked_by", sa.Integer(), nullable=True),
        sa.Column("checked_at", _MOMENT, nullable=True),
        sa.Column("sent_by", sa.Integer(), nullable=True),
        sa.Column("sent_at", _MOMENT, nullable=True),
        sa.Column("way", sa.String(10), nullable=True),
        sa.Column("signed_by", sa.String(60), server_default="", nullable=False),
        sa.Column("signed_at", _MOMENT, nullable=True),
        sa.Column("proof", sa.String(300), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        *(
            sa.CheckConstraint(said, name=op.f(f"ck_report_back_{name}"))
            for name, said in _CHECKS.items()
        ),
        *(
            sa.ForeignKeyConstraint(
                [name], [other], name=op.f(f"fk_report_back_{name}_{other.partition('.')[0]}")
            )
            for name, other in _OF.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_back")),
    )
    op.create_index(op.f("ix_report_back_case_id"), "report_back", ["case_id"])
    op.create_index(op.f("ix_report_back_report_id"), "report_back", ["report_id"])
    op.create_index(
        "uq_report_back_report_id_case_id_round",
        "report_back",
        ["report_id", "case_id", "round"],
        unique=True,
        sqlite_where=sa.text(_ALIVE),
        postgresql_where=sa.text(_ALIVE),
    )


def upgrade() -> None:
    op.add_column("report", sa.Column("handed_at", _MOMENT, nullable=True))
    op.add_column("report", sa.Column("back_due", _MOMENT, nullable=True))
    op.create_table(
        "handed_matter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sender", sa.String(length=120), nullable=False),
        sa.Column("number", sa.String(length=120), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_handed_matter_report_id_report")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handed_matter")),
    )
    op.create_index(op.f("ix_handed_matter_report_id"), "handed_matter", ["report_id"])
    op.create_index(
        "uq_handed_matter_number_sender", "handed_matter", ["number", "sender"], unique=True
    )
    _claim()
    _reports_back()
    op.create_table(
        "access_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("sender", sa.String(120), nullable=False),
        sa.Column("area_code", sa.String(12), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("revoked_at", _MOMENT, nullable=True),
        sa.CheckConstraint("role IN ('exchange')", name=op.f("ck_access_token_role")),
        sa.ForeignKeyConstraint(
            ["area_code"], ["area.code"], name=op.f("fk_access_token_area_code_area")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_token")),
    )
    op.execute(_CLOSED)
    for name, days in (("report_back", 2), ("signed_back", 5)):
        op.execute(_RULE.format(name=name, days=days))
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_COUNT_ON)


def downgrade() -> None:
    op.execute(_NOT_OWED)
    op.execute(_SOONEST.format(never=_NEVER[op.get_bind().dialect.name]))
    op.execute(_UNUSED)
    op.drop_table("access_token")
    op.drop_table("report_back")
    op.drop_table("handed_matter")
    op.drop_column("report", "back_due")
    op.drop_column("report", "handed_at")
