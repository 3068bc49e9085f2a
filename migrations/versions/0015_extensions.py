"""Somebody asks for more time, and somebody else decides."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_MOMENT = sa.DateTime(timezone=True)
_CHECKS = {
    "outcome": "outcome IN ('granted', 'refused', 'lapsed')",
    "decided_at": "(outcome IS NULL) = (decided_at IS NULL)",
    "another": "decided_by IS NULL OR decided_by <> asked_by",
}
_OF = {
    "case_id": "case_file.id",
    "item_id": "item.id",
    "clock_id": "clock.id",
    "asked_by": "user_account.id",
    "decided_by": "user_account.id",
}
_UNDECIDED = {"item_id": "outcome IS NULL", "case_id": "outcome IS NULL AND item_id IS NULL"}

# What a new office begins with: once, by as much again. Nothing of it was in use before.
_ONCE = """UPDATE policy SET extendable_times = 1, extendable_amount =
      CASE WHEN category = 'petition' THEN 20 ELSE amount END
    WHERE extendable_times = 0 AND (clock IN ('verify', 'rectify')
      OR (clock = 'resolve' AND category IS NULL))"""
_NEVER = """UPDATE policy SET extendable_times = 0, extendable_amount = 0
    WHERE clock IN ('verify', 'rectify') OR (clock = 'resolve' AND category IS NULL)"""
_NOT_OWED = """UPDATE clock SET state = 'stopped', ended_at = started_at, next_rung = NULL,
    next_rung_at = NULL WHERE name = 'decide' AND state IN ('running', 'paused')
    AND (case_id IS NOT NULL OR item_id IN (SELECT id FROM item WHERE state <> 'objected'))"""


def upgrade() -> None:
    op.create_table(
        "extension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("until", _MOMENT, nullable=False),
        sa.Column("outcome", sa.String(12), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", _MOMENT, nullable=True),
        *(
            sa.CheckConstraint(said, name=op.f(f"ck_extension_{name}"))
            for name, said in _CHECKS.items()
        ),
        *(
            sa.ForeignKeyConstraint([name], [other], name=op.f(f"fk_extension_{name}"))
            for name, other in _OF.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension")),
    )
    for name in ("case_id", "clock_id"):
        op.create_index(op.f(f"ix_extension_{name}"), "extension", [name])
    for name, which in _UNDECIDED.items():
        op.create_index(
            f"uq_extension_{name}_undecided",
            "extension",
            [name],
            unique=True,
            sqlite_where=sa.text(which),
            postgresql_where=sa.text(which),
        )
    op.execute(_ONCE)


def downgrade() -> None:
    op.execute(_NOT_OWED)
    op.execute(_NEVER)
    op.drop_table("extension")
