"""A case may be left out of the figures.

Going back: nothing is left out there, and nobody is promised a decision on it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"

_MOMENT = sa.DateTime(timezone=True)
_CHECKS = {
    "code": "code IN ('repeated', 'unreasonable', 'not_ours', 'other')",
    "outcome": "outcome IN ('approved', 'refused', 'lapsed')",
    "decided_at": "(outcome IS NULL) = (decided_at IS NULL)",
    "another": "decided_by IS NULL OR decided_by <> asked_by",
    "decided_by": "outcome IS NULL OR (outcome = 'lapsed') = (decided_by IS NULL)",
    "lifted_by": "(lifted_at IS NULL) = (lifted_by IS NULL)",
    "lifted_at": "lifted_at IS NULL OR (outcome IS NOT NULL AND outcome = 'approved')",
}
_OF = {
    "case_id": "case_file.id",
    "asked_by": "user_account.id",
    "decided_by": "user_account.id",
    "lifted_by": "user_account.id",
}
_ONE = {
    "undecided": "outcome IS NULL",
    "lasting": "outcome = 'approved' AND lifted_at IS NULL",
}

_NOT_OWED = """UPDATE clock SET state = 'stopped', ended_at = started_at, next_rung = NULL,
    next_rung_at = NULL WHERE name = 'consent' AND case_id IN
    (SELECT case_id FROM exclusion WHERE outcome IS NULL)
    AND state IN ('running', 'paused')"""
_NEXT = """UPDATE case_file SET next_due = COALESCE((SELECT min(due) FROM clock
      WHERE clock.root_case_id = case_file.id AND clock.state = 'running'), {never}),
    next_clock = (SELECT name FROM clock WHERE clock.root_case_id = case_file.id
      AND clock.state = 'running' ORDER BY due, id LIMIT 1)
    WHERE id IN (SELECT case_id FROM exclusion WHERE outcome IS NULL)"""
_NEVER = {
    "sqlite": "'9999-01-01 00:00:00.000000'",
    "postgresql": "TIMESTAMPTZ '9999-01-01 00:00:00+00'",
}


def upgrade() -> None:
    op.create_table(
        "exclusion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("outcome", sa.String(12), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.Column("lifted_by", sa.Integer(), nullable=True),
        sa.Column("lifted_at", _MOMENT, nullable=True),
        *(
            sa.CheckConstraint(said, name=op.f(f"ck_exclusion_{name}"))
            for name, said in _CHECKS.items()
        ),
        *(
            sa.ForeignKeyConstraint([name], [other], name=op.f(f"fk_exclusion_{name}"))
            for name, other in _OF.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exclusion")),
    )
    op.create_index(op.f("ix_exclusion_case_id"), "exclusion", ["case_id"])
    for name, which in _ONE.items():
        op.create_index(
            f"uq_exclusion_case_id_{name}",
            "exclusion",
            ["case_id"],
            unique=True,
            sqlite_where=sa.text(which),
            postgresql_where=sa.text(which),
        )


def downgrade() -> None:
    op.execute(_NOT_OWED)
    op.execute(_NEXT.format(never=_NEVER[op.get_bind().dialect.name]))
    op.drop_table("exclusion")
