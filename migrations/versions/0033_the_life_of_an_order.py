"""An order is edited, signed for, judged and lifted; an item may be its level's to strike off."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0031"

_MOMENT = sa.DateTime(timezone=True)
_BEFORE = "'draft', 'issued', 'cancelled'"
_AFTER = "'draft', 'issued', 'signed_for', 'answered', 'accepted', 'lifted', 'cancelled'"
_PENDING = "state IN ('issued', 'signed_for', 'answered')"

# Whoever answered was never asked for more: those answers stand as accepted.
_ANSWERED = """UPDATE supervision_order SET state = 'accepted', accepted_at = answered_at
    WHERE state = 'issued' AND answered_at IS NOT NULL"""
_LEVEL = """UPDATE supervision_order SET issued_level = (SELECT area.level FROM user_account
      JOIN area ON area.code = user_account.area_code
      WHERE user_account.id = supervision_order.issued_by)
    WHERE issued_by IS NOT NULL"""
# What a higher level issued binds its item, as it does from now on.
_LISTED = """UPDATE item SET reserved_for = (SELECT max(issued_level) FROM supervision_order
      WHERE item_id = item.id AND unit_id IS NOT NULL AND state IN ('issued', 'accepted')
      AND issued_level IN ('city', 'province'))"""

# The older tables know an order that is out, and whether it was answered.
_OUT = """UPDATE supervision_order SET state = 'issued'
    WHERE state IN ('signed_for', 'answered', 'accepted')"""
_UNANSWERED = """UPDATE supervision_order SET answered_at = NULL, answered_by = NULL, answer = ''
    WHERE state = 'signed_for'"""
# What was issued and is wanted no more is cancelled there, as it never else is under a number.
_NO_MORE = """UPDATE supervision_order SET state = 'cancelled', cancelled_at = lifted_at,
    reason = lifted_for WHERE state = 'lifted'"""
_LIFTED = """UPDATE supervision_order SET state = 'lifted', lifted_at = cancelled_at,
    lifted_for = reason, cancelled_at = NULL, reason = ''
    WHERE state = 'cancelled' AND number IS NOT NULL"""
_NOT_OWED = """UPDATE clock SET state = 'stopped', ended_at = started_at, next_rung = NULL,
    next_rung_at = NULL WHERE name IN ('sign_for', 'check') AND order_id IS NOT NULL
    AND state IN ('running', 'paused')"""
_NEXT = """UPDATE case_file SET next_due = COALESCE((SELECT min(due) FROM clock
      WHERE clock.root_case_id = case_file.id AND clock.state = 'running'), {never}),
    next_clock = (SELECT name FROM clock WHERE clock.root_case_id = case_file.id
      AND clock.state = 'running' ORDER BY due, id LIMIT 1)
    WHERE id IN (SELECT root_case_id FROM clock WHERE order_id IS NOT NULL
      AND name IN ('sign_for', 'check') AND state = 'stopped')"""
_NEVER = {
    "sqlite": "'9999-01-01 00:00:00.000000'",
    "postgresql": "TIMESTAMPTZ '9999-01-01 00:00:00+00'",
}


def _states(before: str, after: str) -> None:
    """Say anew which states an order may be in: on SQLite as revision 0012 does."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE supervision_order DROP CONSTRAINT ck_supervision_order_state")
        op.execute(
            "ALTER TABLE supervision_order ADD CONSTRAINT ck_supervision_order_state"
            f" CHECK (state IN ({after}))"
        )
        return
    version = op.get_bind().scalar(sa.text("PRAGMA schema_version"))
    op.execute("PRAGMA writable_schema = ON")
    changed = op.get_bind().execute(
        sa.text(
            "UPDATE sqlite_master SET sql = replace(sql, :before, :after) "
            "WHERE type = 'table' AND name = 'supervision_order' AND instr(sql, :before)"
        ),
        {"before": f"({before})", "after": f"({after})"},
    )
    if changed.rowcount != 1:
        raise RuntimeError("the table of orders does not say its states as expected")
    op.execute(f"PRAGMA schema_version = {version + 1}")
    op.execute("PRAGMA writable_schema = OFF")


def _columns() -> list[sa.Column[object]]:
    return [
        sa.Column("edited_by", sa.Integer(), nullable=True),
        sa.Column("issued_level", sa.String(12), nullable=True),
        sa.Column("signed_at", _MOMENT, nullable=True),
        sa.Column("accepted_at", _MOMENT, nullable=True),
        sa.Column("returns", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("returned_for", sa.Text(), nullable=False, server_default=""),
        sa.Column("lifted_at", _MOMENT, nullable=True),
        sa.Column("lifted_for", sa.Text(), nullable=False, server_default=""),
    ]


def upgrade() -> None:
    _states(_BEFORE, _AFTER)
    for column in _columns():
        op.add_column("supervision_order", column)
    op.add_column("item", sa.Column("reserved_for", sa.String(12), nullable=True))
    op.execute(_LIFTED)
    op.execute(_ANSWERED)
    op.execute(_LEVEL)
    op.execute(_LISTED)
    op.create_index(
        "ix_supervision_order_pending",
        "supervision_order",
        ["item_id"],
        sqlite_where=sa.text(_PENDING),
        postgresql_where=sa.text(_PENDING),
    )


def downgrade() -> None:
    op.execute(_NOT_OWED)
    op.execute(_NEXT.format(never=_NEVER[op.get_bind().dialect.name]))
    op.execute(_UNANSWERED)
    op.execute(_NO_MORE)
    op.execute(_OUT)
    op.drop_index("ix_supervision_order_pending", "supervision_order")
    op.drop_column("item", "reserved_for")
    for column in reversed(_columns()):
        op.drop_column("supervision_order", column.name)
    _states(_AFTER, _BEFORE)
