"""Units that assist beside an item's lead, each by a promise of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"

_MOMENT = sa.DateTime(timezone=True)
_OPEN = "answered_at IS NULL AND released_at IS NULL"
_CHECKS = {
    "answered_by": "(answered_at IS NULL) = (answered_by IS NULL)",
    "answer": "(answered_at IS NULL) = (answer = '')",
    "shared_by": "(shared_at IS NULL) = (shared_by IS NULL)",
    "shared_at": "shared_at IS NULL OR answered_at IS NOT NULL",
    "once": "answered_at IS NULL OR released_at IS NULL",
    "released_by": "released_by IS NULL OR released_at IS NOT NULL",
    "reason": "(released_by IS NULL) = (reason = '')",
}
_OTHERS = {
    "item_id": "item.id",
    "unit_id": "unit.id",
    "clock_id": "clock.id",
    "asked_by": "user_account.id",
    "answered_by": "user_account.id",
    "shared_by": "user_account.id",
    "released_by": "user_account.id",
}

_FILES = """ALTER TABLE evidence ADD COLUMN assistance_id INTEGER
    CONSTRAINT fk_evidence_assistance_id REFERENCES assistance (id)"""

# An office that wrote rules of its own gets the one that was not there to be written.
_RULE = """INSERT INTO policy (id, clock, amount, unit, pausable, pause_limit_days,
      extendable_times, extendable_amount, minimum_after_return, margin, ladder, version,
      withdrawn, effective_from)
    SELECT max(id) + 1, 'assist', 5, 'working_days', false, 10, 0, 0, 2, 0, 'units', 1,
      false, min(effective_from)
    FROM policy WHERE NOT EXISTS (SELECT 1 FROM policy WHERE clock = 'assist')
    HAVING count(*) > 0"""
_COUNT_ON = """SELECT setval(pg_get_serial_sequence('policy', 'id'), max(id)) FROM policy
    HAVING count(*) > 0"""
_UNUSED = """DELETE FROM policy WHERE clock = 'assist'
    AND NOT EXISTS (SELECT 1 FROM clock WHERE clock.policy_id = policy.id)"""

# The older tables know nobody beside the lead: nothing is owed there but what the lead owes.
_NOT_OWED = """UPDATE clock SET state = 'stopped', ended_at = started_at, next_rung = NULL,
    next_rung_at = NULL WHERE name = 'assist' AND state IN ('running', 'paused')"""
_SOONEST = """UPDATE case_file SET
    next_due = COALESCE((SELECT min(due) FROM clock WHERE root_case_id = case_file.id
      AND state = 'running'), next_due)
    WHERE next_clock = 'assist'"""
_NAMED = """UPDATE case_file SET next_clock = (SELECT name FROM clock
    WHERE root_case_id = case_file.id AND state = 'running' ORDER BY due, id LIMIT 1)
    WHERE next_clock = 'assist'"""


def upgrade() -> None:
    op.create_table(
        "assistance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", _MOMENT, nullable=True),
        sa.Column("shared_by", sa.Integer(), nullable=True),
        sa.Column("shared_at", _MOMENT, nullable=True),
        sa.Column("released_by", sa.Integer(), nullable=True),
        sa.Column("released_at", _MOMENT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        *(
            sa.CheckConstraint(said, name=op.f(f"ck_assistance_{name}"))
            for name, said in _CHECKS.items()
        ),
        *(
            sa.ForeignKeyConstraint([name], [other], name=op.f(f"fk_assistance_{name}"))
            for name, other in _OTHERS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assistance")),
    )
    for name in ("item_id", "unit_id", "clock_id"):
        op.create_index(op.f(f"ix_assistance_{name}"), "assistance", [name])
    op.create_index(
        "uq_assistance_item_id_unit_id_open",
        "assistance",
        ["item_id", "unit_id"],
        unique=True,
        sqlite_where=sa.text(_OPEN),
        postgresql_where=sa.text(_OPEN),
    )
    op.execute(_FILES)
    op.execute(_RULE)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_COUNT_ON)


def downgrade() -> None:
    """What was asked and answered beside the lead goes with its table; its entries stay, and its
    files as evidence of the item.
    """
    with op.batch_alter_table("evidence") as evidence:
        evidence.drop_column("assistance_id")
    op.drop_table("assistance")
    op.execute(_NOT_OWED)
    op.execute(_SOONEST)
    op.execute(_NAMED)
    op.execute(_UNUSED)
