"""A unit may object to an item; the promises that go with it."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_BEFORE = "'draft', 'dispatched', 'verifying', 'rectifying', 'submitted', 'struck_off'"
_AFTER = "'draft', 'dispatched', 'objected', 'verifying', 'rectifying', 'submitted', 'struck_off'"

# An office that is at work gets the rules that a new one begins with.
_RULE = """INSERT INTO policy (clock, amount, unit, pausable, pause_limit_days, extendable_times,
      extendable_amount, minimum_after_return, margin, ladder, version, effective_from)
    SELECT '{clock}', {amount}, 'working_days', false, 10, 0, 0, 2, 0, '{ladder}', 1,
      min(effective_from)
    FROM policy WHERE NOT EXISTS (SELECT 1 FROM policy WHERE clock = '{clock}')
    HAVING count(*) > 0"""

_UNDECIDED = """UPDATE item SET state = CASE WHEN signed_at IS NULL THEN 'dispatched'
    ELSE 'verifying' END WHERE state = 'objected'"""
_NOT_OWED = """UPDATE clock SET state = 'stopped', ended_at = started_at, next_rung = NULL,
    next_rung_at = NULL WHERE name = 'decide' AND state IN ('running', 'paused')"""
_UNUSED = """DELETE FROM policy WHERE clock IN ('decide', 'objection')
    AND NOT EXISTS (SELECT 1 FROM clock WHERE clock.policy_id = policy.id)"""


def _states(before: str, after: str) -> None:
    """Say anew which states an item may be in.

    SQLite cannot alter a CHECK; its own way for a constraint that changes nothing on the disk is
    to rewrite the table's definition (sqlite.org/lang_altertable.html), which leaves triggers,
    indexes and references alone.
    """
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE item DROP CONSTRAINT ck_item_state")
        op.execute(f"ALTER TABLE item ADD CONSTRAINT ck_item_state CHECK (state IN ({after}))")
        return
    version = op.get_bind().scalar(sa.text("PRAGMA schema_version"))
    op.execute("PRAGMA writable_schema = ON")
    changed = op.get_bind().execute(
        sa.text(
            "UPDATE sqlite_master SET sql = replace(sql, :before, :after) "
            "WHERE type = 'table' AND name = 'item' AND instr(sql, :before)"
        ),
        {"before": before, "after": after},
    )
    if changed.rowcount != 1:
        raise RuntimeError("the table of items does not say its states as expected")
    op.execute(f"PRAGMA schema_version = {version + 1}")
    op.execute("PRAGMA writable_schema = OFF")


def upgrade() -> None:
    _states(_BEFORE, _AFTER)
    op.add_column("item", sa.Column("objections", sa.Integer, nullable=False, server_default="0"))
    designated = sa.Column("designated", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("item", designated)
    op.execute(_RULE.format(clock="decide", amount=1, ladder="office"))
    op.execute(_RULE.format(clock="objection", amount=5, ladder="units"))


def downgrade() -> None:
    op.execute(_UNDECIDED)
    op.execute(_NOT_OWED)
    op.execute(_UNUSED)
    op.drop_column("item", "designated")
    op.drop_column("item", "objections")
    _states(_AFTER, _BEFORE)
