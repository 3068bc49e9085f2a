"""A case may be merged into another one."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

_MOMENT = sa.DateTime(timezone=True)
_FIRST = "'received', 'answered', 'declined', 'referred', "
_LAST = "'accepted', 'handling', 'awaiting_reporter', 'replying', 'calling_back', 'closed'"
_BEFORE = f"{_FIRST}{_LAST}"
_AFTER = f"{_FIRST}'merged', {_LAST}"
_LASTS = "undone_at IS NULL"

# The older tables know no merged case: its reports stay with the case that answers them, and of
# itself it is over, as one that was answered; what it was promised is owed to nobody there.
_OVER = "UPDATE case_file SET state = 'answered' WHERE state = 'merged'"
_NOT_OWED = """UPDATE clock SET state = 'stopped', ended_at = started_at, next_rung = NULL,
    next_rung_at = NULL WHERE name = 'resolve' AND state IN ('running', 'paused')
    AND case_id IS NOT NULL AND case_id <> root_case_id"""

_SAID = "SELECT case_id, n, at, body FROM entry WHERE verb = '{verb}' ORDER BY case_id, n"


def _said(verb: str) -> list[tuple[int, int, object, dict[str, object]]]:
    rows = op.get_bind().execute(sa.text(_SAID.format(verb=verb))).all()
    return [(case_id, n, at, json.loads(body)["facts"]) for case_id, n, at, body in rows]


def _told_again() -> None:
    """Merge again what the histories say was merged: of an office that went back and comes again."""
    bind, merged = op.get_bind(), _said("merge")
    taken = {(facts["case"], at): (case_id, n, facts) for case_id, n, at, facts in _said("take_in")}
    ends = [(case_id, n, at) for case_id, n, at, _ in _said("unmerge")]
    given = {(facts["case"], at): n for _, n, at, facts in _said("give_back")}
    merger, moved = sa.table("merger", *map(sa.column, _COLUMNS)), _MOVED
    of_case = sa.text("SELECT number FROM case_file WHERE id = :id")
    of_report = sa.text("SELECT id FROM report WHERE number = :number")
    for case_id, n, at, facts in merged:
        number = bind.scalar(of_case, {"id": case_id})
        into, into_n, told = taken[number, at]
        later = ((end, ended) for of, end, ended in ends if of == case_id and end > n)
        end_n, end_at = next(later, (None, None))
        over = end_n is not None
        bind.execute(
            merger.insert().values(
                id=(new := bind.scalar(sa.text("SELECT coalesce(max(id), 0) + 1 FROM merger"))),
                case_id=case_id,
                into_id=into,
                was=facts["was"],
                merged_at=at,
                into_rank=told["rank"],
                into_urgent=told["urgent"],
                case_n=n,
                into_n=into_n,
                undone_at=end_at if over else None,
                case_undone_n=end_n if over else None,
                into_undone_n=given[number, end_at] if over else None,
            )
        )
        for report in told["reports"]:
            went = bind.scalar(of_report, {"number": report})
            bind.execute(moved.insert().values(merger_id=new, report_id=went))
        if not over:
            bind.execute(
                sa.text("UPDATE case_file SET state = 'merged' WHERE id = :id"), {"id": case_id}
            )


_COLUMNS = (
    *("id", "case_id", "into_id", "was", "merged_at", "into_rank", "into_urgent"),
    *("case_n", "into_n", "undone_at", "case_undone_n", "into_undone_n"),
)
_MOVED = sa.table("merged_report", sa.column("merger_id"), sa.column("report_id"))


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


def _keys(table: str, **others: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([name], [other], name=op.f(f"fk_{table}_{name}"))
        for name, other in others.items()
    ]


def upgrade() -> None:
    _states(_BEFORE, _AFTER)
    op.create_table(
        "merger",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("into_id", sa.Integer(), nullable=False),
        sa.Column("was", sa.String(20), nullable=False),
        sa.Column("merged_at", _MOMENT, nullable=False),
        sa.Column("into_rank", sa.SmallInteger(), nullable=False),
        sa.Column("into_urgent", sa.Boolean(), nullable=False),
        sa.Column("case_n", sa.Integer(), nullable=False),
        sa.Column("into_n", sa.Integer(), nullable=False),
        sa.Column("undone_at", _MOMENT, nullable=True),
        sa.Column("case_undone_n", sa.Integer(), nullable=True),
        sa.Column("into_undone_n", sa.Integer(), nullable=True),
        sa.CheckConstraint("case_id <> into_id", name=op.f("ck_merger_another")),
        *_keys("merger", case_id="case_file.id", into_id="case_file.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merger")),
    )
    for name in ("case_id", "into_id"):
        op.create_index(op.f(f"ix_merger_{name}"), "merger", [name])
    op.create_index(
        "uq_merger_case_id_lasting",
        "merger",
        ["case_id"],
        unique=True,
        sqlite_where=sa.text(_LASTS),
        postgresql_where=sa.text(_LASTS),
    )
    op.create_table(
        "merged_report",
        sa.Column("merger_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        *_keys("merged_report", merger_id="merger.id", report_id="report.id"),
        sa.PrimaryKeyConstraint("merger_id", "report_id", name=op.f("pk_merged_report")),
    )
    op.create_index(op.f("ix_merged_report_report_id"), "merged_report", ["report_id"])
    op.create_table(
        "merged_clock",
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("merger_id", sa.Integer(), nullable=False),
        *_keys("merged_clock", clock_id="clock.id", merger_id="merger.id"),
        sa.PrimaryKeyConstraint("clock_id", name=op.f("pk_merged_clock")),
    )
    op.create_index(op.f("ix_merged_clock_merger_id"), "merged_clock", ["merger_id"])
    _told_again()


def downgrade() -> None:
    for table in ("merged_clock", "merged_report", "merger"):
        op.drop_table(table)
    op.execute(_OVER)
    op.execute(_NOT_OWED)
    _states(_AFTER, _BEFORE)
