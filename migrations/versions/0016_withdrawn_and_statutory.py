"""An item may be withdrawn, or go to a statutory procedure."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

_MOMENT = sa.DateTime(timezone=True)
_BEFORE = "'draft', 'dispatched', 'objected', 'verifying', 'rectifying', 'submitted', 'struck_off'"
_AFTER = f"{_BEFORE}, 'withdrawn', 'statutory'"
_CHECKS = {
    "outcome": "outcome IN ('consented', 'refused', 'lapsed')",
    "decided_at": "(outcome IS NULL) = (decided_at IS NULL)",
    "another": "decided_by IS NULL OR decided_by <> asked_by",
    "decided_by": "outcome IS NULL OR (outcome = 'lapsed') = (decided_by IS NULL)",
}
_OF = {
    "case_id": "case_file.id",
    "item_id": "item.id",
    "asked_by": "user_account.id",
    "decided_by": "user_account.id",
}
_UNDECIDED = "outcome IS NULL"

# An office that is at work gets the rule that a new one begins with.
_RULE = """INSERT INTO policy (clock, amount, unit, pausable, pause_limit_days, extendable_times,
      extendable_amount, minimum_after_return, margin, ladder, version, effective_from)
    SELECT 'consent', 1, 'working_days', false, 10, 0, 0, 2, 0, 'office', 1, min(effective_from)
    FROM policy WHERE NOT EXISTS (SELECT 1 FROM policy WHERE clock = 'consent')
    HAVING count(*) > 0"""

# How often its case had been taken up anew when it ended, by the history.
_ROUND = """UPDATE item SET round = (SELECT count(*) FROM entry again
      WHERE again.case_id = item.case_id AND again.verb = 'reopen' AND again.n < (
        SELECT max(n) FROM entry done WHERE done.case_id = item.case_id
          AND done.item_id = item.id AND done.verb = '{verb}'))
    WHERE state = '{state}'"""

# The older tables know one way for an item to be over, and that somebody else than its hands says
# so: who did, or the first of the office whom the guard lets. The history keeps what really was.
_OVER = """UPDATE item SET state = 'struck_off', outcome = 'unverifiable',
    struck_off_at = (SELECT max(at) FROM entry
      WHERE entry.case_id = item.case_id AND entry.item_id = item.id AND {verb}),
    struck_off_by = COALESCE(
      (SELECT max(user_id) FROM entry WHERE entry.case_id = item.case_id
        AND entry.item_id = item.id AND {verb} AND user_id NOT IN (
        SELECT user_id FROM item_actor WHERE item_actor.item_id = item.id)),
      (SELECT min(id) FROM user_account WHERE role IN ('reviewer', 'supervisor', 'leader')
        AND id NOT IN (SELECT user_id FROM item_actor WHERE item_actor.item_id = item.id)))
    WHERE state IN ('withdrawn', 'statutory')"""
_ENDED = "verb IN ('consent_withdrawal', 'statutory')"

# What had ended so goes on as it was: the history says which items were not struck off.
_AGAIN = """UPDATE item SET state = '{state}', outcome = {outcome}, struck_off_at = NULL,
    struck_off_by = NULL WHERE state = 'struck_off' AND EXISTS (
      SELECT 1 FROM entry WHERE entry.case_id = item.case_id
        AND entry.item_id = item.id AND verb = '{verb}')"""
_NOT_OWED = """UPDATE clock SET state = 'stopped', ended_at = started_at, next_rung = NULL,
    next_rung_at = NULL WHERE name = 'consent' AND state IN ('running', 'paused')"""
_UNUSED = """DELETE FROM policy WHERE clock = 'consent'
    AND NOT EXISTS (SELECT 1 FROM clock WHERE clock.policy_id = policy.id)"""


def _states(before: str, after: str) -> None:
    """Say anew which states an item may be in: on SQLite as revision 0012 does."""
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
        {"before": f"({before})", "after": f"({after})"},
    )
    if changed.rowcount != 1:
        raise RuntimeError("the table of items does not say its states as expected")
    op.execute(f"PRAGMA schema_version = {version + 1}")
    op.execute("PRAGMA writable_schema = OFF")


_ITEM = sa.table("item", *map(sa.column, ("id", "authority", "authority_number")))


def _authorities() -> None:
    """Say again to whom items went and under which number: what was said last counts."""
    bind = op.get_bind()
    entries = sa.text(
        "SELECT item_id, body FROM entry WHERE verb IN ('statutory', 'statutory_outcome')"
        " ORDER BY case_id, n"
    )
    for item, body in bind.execute(entries).all():
        facts = json.loads(body)["facts"]
        told = {"authority": facts.get("authority"), "authority_number": facts.get("number")}
        if said := {column: text for column, text in told.items() if text}:
            bind.execute(_ITEM.update().where(_ITEM.c.id == item).values(**said))


def upgrade() -> None:
    _states(_BEFORE, _AFTER)
    op.add_column("item", sa.Column("round", sa.Integer))
    op.add_column("item", sa.Column("authority", sa.String(200), nullable=False, server_default=""))
    number = sa.Column("authority_number", sa.String(80), nullable=False, server_default="")
    op.add_column("item", number)
    op.execute(_AGAIN.format(state="withdrawn", outcome="NULL", verb="consent_withdrawal"))
    op.execute(_AGAIN.format(state="statutory", outcome="'statutory'", verb="statutory"))
    _authorities()
    for state, verb in (
        ("struck_off", "strike_off"),
        ("withdrawn", "consent_withdrawal"),
        ("statutory", "statutory"),
    ):
        op.execute(_ROUND.format(state=state, verb=verb))
    op.create_table(
        "withdrawal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(12), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", _MOMENT, nullable=True),
        *(
            sa.CheckConstraint(said, name=op.f(f"ck_withdrawal_{name}"))
            for name, said in _CHECKS.items()
        ),
        *(
            sa.ForeignKeyConstraint([name], [other], name=op.f(f"fk_withdrawal_{name}"))
            for name, other in _OF.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawal")),
    )
    for name in ("case_id", "item_id"):
        op.create_index(op.f(f"ix_withdrawal_{name}"), "withdrawal", [name])
    op.create_index(
        "uq_withdrawal_item_id_undecided",
        "withdrawal",
        ["item_id"],
        unique=True,
        sqlite_where=sa.text(_UNDECIDED),
        postgresql_where=sa.text(_UNDECIDED),
    )
    op.execute(_RULE)


def downgrade() -> None:
    op.execute(_NOT_OWED)
    op.execute(_UNUSED)
    op.drop_table("withdrawal")
    op.execute(_OVER.format(verb=_ENDED))
    for name in ("authority_number", "authority", "round"):
        op.drop_column("item", name)
    _states(_AFTER, _BEFORE)
