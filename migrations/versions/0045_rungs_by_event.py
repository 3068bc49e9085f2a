"""A document of the ladder may come before its date: asked for by a person, or by an event that the
ladder names.

Going back, nobody is promised a decision on it. Documents that came stay, and their promises stand
as high as they brought them: what would come after that comes by its date, a working day being
taken for a day and a half where messages that are left out came in between.
"""

import json
from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"

_MOMENT = sa.DateTime(timezone=True)
_CAUSES = (
    *("conduct", "sent_back", "false_rectification", "many_reports", "instruction"),
    *("public_attention", "retaliation", "other"),
)
_CHECKS = {
    "cause": f"cause IN {_CAUSES}",
    "outcome": "outcome IN ('approved', 'refused', 'lapsed')",
    "decided_at": "(outcome IS NULL) = (decided_at IS NULL)",
    "another": "decided_by IS NULL OR decided_by <> asked_by",
    "clock_id": "asked_by IS NOT NULL OR clock_id IS NOT NULL",
    "decided_by": (
        "asked_by IS NULL OR outcome IS NULL OR (outcome = 'lapsed') = (decided_by IS NULL)"
    ),
}
_OF = {
    "case_id": "case_file.id",
    "item_id": "item.id",
    "clock_id": "clock.id",
    "unit_id": "unit.id",
    "asked_by": "user_account.id",
    "decided_by": "user_account.id",
}
_INDEXED = ("case_id", "item_id", "unit_id")
_SOME = {
    "uq_step_up_item_id_undecided": (["item_id"], True, "outcome IS NULL"),
    "uq_step_up_clock_id_cause": (["clock_id", "cause"], True, "asked_by IS NULL"),
    "ix_step_up_due": (["id"], False, "outcome = 'approved' AND carried_at IS NULL"),
}

_NOT_OWED = """UPDATE clock SET state = 'stopped', ended_at = started_at, next_rung = NULL,
    next_rung_at = NULL WHERE name = 'consent' AND item_id IN
    (SELECT item_id FROM step_up WHERE outcome IS NULL)
    AND state IN ('running', 'paused')"""
_NEXT = """UPDATE case_file SET next_due = COALESCE((SELECT min(due) FROM clock
      WHERE clock.root_case_id = case_file.id AND clock.state = 'running'), {never}),
    next_clock = (SELECT name FROM clock WHERE clock.root_case_id = case_file.id
      AND clock.state = 'running' ORDER BY due, id LIMIT 1)
    WHERE id IN (SELECT case_id FROM step_up WHERE outcome IS NULL)"""
_NEVER = {
    "sqlite": "'9999-01-01 00:00:00.000000'",
    "postgresql": "TIMESTAMPTZ '9999-01-01 00:00:00+00'",
}


def upgrade() -> None:
    op.create_table(
        "step_up",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(30), nullable=False),
        sa.Column("cause", sa.String(20), nullable=False),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("outcome", sa.String(12), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.Column("carried_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_up")),
        *(
            sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_step_up_{column}"))
            for column, target in _OF.items()
        ),
        *(
            sa.CheckConstraint(said, name=op.f(f"ck_step_up_{name}"))
            for name, said in _CHECKS.items()
        ),
    )
    for column in _INDEXED:
        op.create_index(op.f(f"ix_step_up_{column}"), "step_up", [column])
    for name, (columns, unique, which) in _SOME.items():
        said = sa.text(which)
        op.create_index(
            name,
            "step_up",
            columns,
            unique=unique,
            sqlite_where=said,
            postgresql_where=said,
        )
    with op.batch_alter_table("clock") as table:
        table.add_column(sa.Column("entered", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("rung") as table:
        table.add_column(sa.Column("cause", sa.String(20), nullable=False, server_default=""))
    with op.batch_alter_table("ladder") as table:
        table.add_column(sa.Column("triggers", sa.Text(), nullable=False, server_default="[]"))


def _stand_where_they_were_brought() -> None:
    """Else a rung would come by its date that has come already."""
    bind = op.get_bind()
    op.execute(
        "UPDATE clock SET last_rung = entered"
        " WHERE entered > last_rung AND (next_rung IS NULL OR next_rung > entered)"
    )
    clock = sa.table(
        "clock",
        *(sa.column(name) for name in ("id", "ladder", "ladder_version", "last_rung", "entered")),
        *(sa.column(name) for name in ("next_rung", "state")),
        *(sa.column(name, _MOMENT) for name in ("due", "next_rung_at")),
    )
    ladder = sa.table("ladder", *(sa.column(name) for name in ("name", "version", "steps")))
    same = (ladder.c.name == clock.c.ladder) & (ladder.c.version == clock.c.ladder_version)
    query = sa.select(clock.c.id, clock.c.due, clock.c.entered, ladder.c.steps).join(ladder, same)
    for row in bind.execute(query.where(clock.c.entered > clock.c.last_rung)).all():
        after = [one for one in json.loads(row.steps) if one["n"] > row.entered]
        step = min(after, key=lambda one: one["n"], default=None)
        at = row.due + timedelta(days=1.5 * step["amount"]) if step else None
        said = {"next_rung": step["n"] if step else None, "next_rung_at": at}
        bind.execute(
            sa.update(clock).where(clock.c.id == row.id).values(last_rung=row.entered, **said)
        )


def downgrade() -> None:
    _stand_where_they_were_brought()
    op.execute(_NOT_OWED)
    op.execute(_NEXT.format(never=_NEVER[op.get_bind().dialect.name]))
    with op.batch_alter_table("ladder") as table:
        table.drop_column("triggers")
    with op.batch_alter_table("rung") as table:
        table.drop_column("cause")
    with op.batch_alter_table("clock") as table:
        table.drop_column("entered")
    op.drop_table("step_up")
