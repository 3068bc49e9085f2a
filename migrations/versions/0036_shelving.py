"""A case that cannot be solved now may be shelved, with what it waits for."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"

_MOMENT = sa.DateTime(timezone=True)
_FIRST = "'received', 'answered', 'declined', 'referred', 'merged', 'accepted', 'handling', "
_LAST = "'replying', 'calling_back', 'closed'"
_BEFORE = f"{_FIRST}'awaiting_reporter', {_LAST}"
_AFTER = f"{_FIRST}'awaiting_reporter', 'shelved', {_LAST}"
_OPEN = "'received', 'accepted', 'handling', 'awaiting_reporter', "
_OPEN_BEFORE = f"state IN ({_OPEN}'replying', 'calling_back')"
_OPEN_AFTER = f"state IN ({_OPEN}'shelved', 'replying', 'calling_back')"
_LEVELS = ("province", "city", "county", "district")

# An office that wrote rules of its own gets the one that was not there to be written.
_RULE = """INSERT INTO policy (id, clock, amount, unit, pausable, pause_limit_days,
      extendable_times, extendable_amount, minimum_after_return, margin, ladder, version,
      withdrawn, effective_from)
    SELECT max(id) + 1, 'milestone', 366, 'calendar_days', false, 10, 0, 0, 2, 0, 'office', 1,
      false, min(effective_from)
    FROM policy WHERE NOT EXISTS (SELECT 1 FROM policy WHERE clock = 'milestone')
    HAVING count(*) > 0"""
_COUNT_ON = """SELECT setval(pg_get_serial_sequence('policy', 'id'), max(id)) FROM policy
    HAVING count(*) > 0"""
_UNUSED = """DELETE FROM policy WHERE clock = 'milestone'
    AND NOT EXISTS (SELECT 1 FROM clock WHERE clock.policy_id = policy.id)"""

# The older tables know no shelved case: it is handled again, its promises run as they stood, and
# what it waited for is owed to nobody.
_NOT_OWED = """UPDATE clock SET state = 'stopped', ended_at = started_at, next_rung = NULL,
    next_rung_at = NULL WHERE name = 'milestone' AND state IN ('running', 'paused')"""
_OWED = """UPDATE clock SET state = 'running', ended_at = NULL, next_rung = last_rung + 1,
    next_rung_at = due WHERE id IN (
    SELECT clock_id FROM shelved_clock JOIN shelving ON shelving.id = shelving_id
    WHERE ended_at IS NULL)"""
_TAKEN_UP = """UPDATE case_file SET state = (SELECT was FROM shelving
    WHERE case_id = case_file.id AND outcome = 'approved' AND ended_at IS NULL)
    WHERE state = 'shelved'"""


def _states(before: str, after: str) -> None:
    """Say anew which states a case may be in: on SQLite as revision 0012 does for items."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE case_file DROP CONSTRAINT ck_case_file_state")
        op.execute(
            f"ALTER TABLE case_file ADD CONSTRAINT ck_case_file_state CHECK (state IN ({after}))"
        )
        return
    version = op.get_bind().scalar(sa.text("PRAGMA schema_version"))
    op.execute("PRAGMA writable_schema = ON")
    changed = op.get_bind().execute(
        sa.text(
            "UPDATE sqlite_master SET sql = replace(sql, :before, :after) "
            "WHERE type = 'table' AND name = 'case_file' AND instr(sql, :before)"
        ),
        {"before": f"({before})", "after": f"({after})"},
    )
    if changed.rowcount != 1:
        raise RuntimeError("the table of cases does not say its states as expected")
    op.execute(f"PRAGMA schema_version = {version + 1}")
    op.execute("PRAGMA writable_schema = OFF")


def _work_lists(which: str) -> None:
    for level in _LEVELS:
        name = f"ix_case_file_open_{level}"
        op.drop_index(name, "case_file")
        op.create_index(
            name,
            "case_file",
            [level, "rank", "next_due", "id"],
            sqlite_where=sa.text(which),
            postgresql_where=sa.text(which),
        )


def _keys(table: str, **others: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([name], [other], name=op.f(f"fk_{table}_{name}"))
        for name, other in others.items()
    ]


def _checks(table: str, **said: str) -> list[sa.CheckConstraint]:
    return [sa.CheckConstraint(one, name=op.f(f"ck_{table}_{name}")) for name, one in said.items()]


def upgrade() -> None:
    _states(_BEFORE, _AFTER)
    _work_lists(_OPEN_AFTER)
    op.create_table(
        "shelving",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("was", sa.String(20), nullable=True),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("outcome", sa.String(12), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.Column("ended_at", _MOMENT, nullable=True),
        *_checks(
            "shelving",
            outcome="outcome IN ('approved', 'refused', 'lapsed')",
            decided_at="(outcome IS NULL) = (decided_at IS NULL)",
            another="decided_by IS NULL OR decided_by <> asked_by",
            decided_by="outcome IS NULL OR (outcome = 'lapsed') = (decided_by IS NULL)",
            was="(was IS NOT NULL) = (outcome IS NOT NULL AND outcome = 'approved')",
            ended_at="ended_at IS NULL OR was IS NOT NULL",
        ),
        *_keys(
            "shelving",
            case_id="case_file.id",
            asked_by="user_account.id",
            decided_by="user_account.id",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shelving")),
    )
    op.create_index(op.f("ix_shelving_case_id"), "shelving", ["case_id"])
    for name, which in (
        ("undecided", "outcome IS NULL"),
        ("lasting", "outcome = 'approved' AND ended_at IS NULL"),
    ):
        op.create_index(
            f"uq_shelving_case_id_{name}",
            "shelving",
            ["case_id"],
            unique=True,
            sqlite_where=sa.text(which),
            postgresql_where=sa.text(which),
        )
    op.create_table(
        "milestone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shelving_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("until", _MOMENT, nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=True),
        sa.Column("met_at", _MOMENT, nullable=True),
        sa.Column("met_by", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("wish_until", _MOMENT, nullable=True),
        sa.Column("wish_by", sa.Integer(), nullable=True),
        sa.Column("wish_grounds", sa.Text(), server_default="", nullable=False),
        *_checks(
            "milestone",
            met_by="(met_at IS NULL) = (met_by IS NULL)",
            wish_by="(wish_until IS NULL) = (wish_by IS NULL)",
        ),
        *_keys(
            "milestone",
            shelving_id="shelving.id",
            clock_id="clock.id",
            met_by="user_account.id",
            wish_by="user_account.id",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
    )
    op.create_index("uq_milestone_shelving_id_n", "milestone", ["shelving_id", "n"], unique=True)
    op.create_table(
        "shelved_clock",
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("shelving_id", sa.Integer(), nullable=False),
        *_keys("shelved_clock", clock_id="clock.id", shelving_id="shelving.id"),
        sa.PrimaryKeyConstraint("clock_id", name=op.f("pk_shelved_clock")),
    )
    op.create_index(op.f("ix_shelved_clock_shelving_id"), "shelved_clock", ["shelving_id"])
    op.execute(_RULE)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_COUNT_ON)


def downgrade() -> None:
    op.execute(_NOT_OWED)
    op.execute(_OWED)
    op.execute(_TAKEN_UP)
    for table in ("shelved_clock", "milestone", "shelving"):
        op.drop_table(table)
    op.execute(_UNUSED)
    _work_lists(_OPEN_BEFORE)
    _states(_AFTER, _BEFORE)
