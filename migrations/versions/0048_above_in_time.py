"""The level above looks into what came back too often by a clock of its own.

What waits already stands on its list as before; it is urged from the next time on that it comes
back.
"""

from alembic import op

revision = "0048"
down_revision = "0046"

# An office that wrote rules of its own gets the one that was not there to be written.
_RULE = """INSERT INTO policy (id, clock, amount, unit, pausable, pause_limit_days,
      extendable_times, extendable_amount, minimum_after_return, margin, ladder, version,
      withdrawn, effective_from)
    SELECT max(id) + 1, 'oversee', 3, 'working_days', false, 10, 0, 0, 2, 0, 'office', 1,
      false, min(effective_from)
    FROM policy WHERE NOT EXISTS (SELECT 1 FROM policy WHERE clock = 'oversee')
    HAVING count(*) > 0"""
_COUNT_ON = """SELECT setval(pg_get_serial_sequence('policy', 'id'), max(id)) FROM policy
    HAVING count(*) > 0"""
_UNUSED = """DELETE FROM policy WHERE clock = 'oversee'
    AND NOT EXISTS (SELECT 1 FROM clock WHERE clock.policy_id = policy.id)"""

# The older code knows no such promise: nobody is urged, the case waits on the list all the same.
_NOT_OWED = """UPDATE clock SET state = 'stopped', ended_at = started_at, next_rung = NULL,
    next_rung_at = NULL WHERE name = 'oversee' AND state IN ('running', 'paused')"""
# Of a case that is over and owes nothing else, nothing is due any more.
_SOONEST = """UPDATE case_file SET
    next_due = COALESCE((SELECT min(due) FROM clock WHERE root_case_id = case_file.id
      AND state = 'running'), {never}),
    next_clock = (SELECT name FROM clock WHERE root_case_id = case_file.id
      AND state = 'running' ORDER BY due, id LIMIT 1)
    WHERE next_clock = 'oversee'"""
_NEVER = {
    "sqlite": "'9999-01-01 00:00:00.000000'",
    "postgresql": "TIMESTAMPTZ '9999-01-01 00:00:00+00'",
}


def upgrade() -> None:
    op.execute(_RULE)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_COUNT_ON)


def downgrade() -> None:
    op.execute(_NOT_OWED)
    op.execute(_SOONEST.format(never=_NEVER[op.get_bind().dialect.name]))
    op.execute(_UNUSED)
