"""Files of inquiry behind issued proposals of accountability, step by step.

Their steps are append-only, and nobody decides who inquired. A document remembers which unit was
late, also where it does not go to it; of those that there are, it is worked out from their clock.
"""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0048"

_MOMENT = sa.DateTime(timezone=True)
_TABLES = ("accountability_step", "accountability_inquirer", "accountability_file")
_UNDECIDED = "'opened', 'inquired', 'notified', 'heard', 'consulted', 'discontinued'"

_LATE_UNIT = """ALTER TABLE supervision_order ADD COLUMN late_unit_id INTEGER
    CONSTRAINT fk_supervision_order_late_unit_id REFERENCES unit (id)"""

# Whom a proposal names: the unit of the document that was left unanswered, of the promise to
# assist, or whoever held the item then; as `escalation.orders.draft` does.
_FILLED = """UPDATE supervision_order SET late_unit_id = coalesce(unit_id,
    (SELECT coalesce(
      (SELECT unanswered.unit_id FROM supervision_order unanswered
        WHERE unanswered.id = clock.order_id),
      (SELECT assistance.unit_id FROM assistance WHERE assistance.clock_id = clock.id),
      (SELECT coalesce(item.rectifying_unit_id, item.verifying_unit_id) FROM item
        WHERE item.id = clock.item_id AND clock.name <> 'assist'
          AND (item.held_since IS NULL OR item.held_since <= supervision_order.drafted_at)
          AND (item.inspector_id IS NULL OR item.rectifying_unit_id IS NOT NULL)))
    FROM rung JOIN clock ON clock.id = rung.clock_id
    WHERE rung.id = supervision_order.rung_id))"""

# An office that wrote rules of its own gets those that were not there to be written.
_RULES = (
    ("hearing", 5, "working_days"),
    ("review_ask", 30, "calendar_days"),
    ("review_answer", 30, "calendar_days"),
    ("appeal_ask", 15, "calendar_days"),
    ("appeal_answer", 60, "calendar_days"),
)
_RULE = """INSERT INTO policy (id, clock, amount, unit, pausable, pause_limit_days,
      extendable_times, extendable_amount, minimum_after_return, margin, ladder, version,
      withdrawn, effective_from)
    SELECT max(id) + 1, '{0}', {1}, '{2}', false, 10, 0, 0, 2, 0, 'office', 1,
      false, min(effective_from)
    FROM policy WHERE NOT EXISTS (SELECT 1 FROM policy WHERE clock = '{0}')
    HAVING count(*) > 0"""
_COUNT_ON = """SELECT setval(pg_get_serial_sequence('policy', 'id'), max(id)) FROM policy
    HAVING count(*) > 0"""

_UNUSED = """DELETE FROM policy WHERE clock IN
    ('hearing', 'review_ask', 'review_answer', 'appeal_ask', 'appeal_answer')"""

_OWN = """EXISTS (SELECT 1 FROM accountability_inquirer
    WHERE file_id = NEW.id AND user_id = NEW.decided_by)"""
_SQLITE = (
    *(
        f"""CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table}
           BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""
        for table, change in (
            ("accountability_step", "UPDATE"),
            ("accountability_step", "DELETE"),
            ("accountability_inquirer", "UPDATE"),
            ("accountability_inquirer", "DELETE"),
            ("accountability_file", "DELETE"),
        )
    ),
    """CREATE TRIGGER accountability_step_no_replace BEFORE INSERT ON accountability_step
       WHEN EXISTS (SELECT 1 FROM accountability_step
         WHERE id = NEW.id OR (file_id = NEW.file_id AND n = NEW.n))
       BEGIN SELECT RAISE(ABORT, 'accountability_step is append-only'); END""",
    f"""CREATE TRIGGER accountability_file_other_eyes BEFORE UPDATE ON accountability_file
       WHEN NEW.decided_by IS NOT NULL AND {_OWN}
       BEGIN SELECT RAISE(ABORT, 'who inquired does not decide'); END""",
)
_POSTGRESQL = (
    *(
        f"""CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table}
           FOR EACH ROW EXECUTE FUNCTION refuse_change()"""
        for table, change in (
            ("accountability_step", "UPDATE"),
            ("accountability_step", "DELETE"),
            ("accountability_inquirer", "UPDATE"),
            ("accountability_inquirer", "DELETE"),
            ("accountability_file", "DELETE"),
        )
    ),
    *(
        f"""CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
           FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"""
        for table in _TABLES
    ),
    f"""CREATE FUNCTION accountability_file_other_eyes() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF NEW.decided_by IS NOT NULL AND {_OWN} THEN
           RAISE EXCEPTION 'who inquired does not decide' USING ERRCODE = '23514';
         END IF;
         RETURN NEW;
       END $$""",
    """CREATE TRIGGER accountability_file_other_eyes BEFORE UPDATE ON accountability_file
       FOR EACH ROW EXECUTE FUNCTION accountability_file_other_eyes()""",
)


def _keys(table: str, **others: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([name], [other], name=op.f(f"fk_{table}_{name}"))
        for name, other in others.items()
    ]


def _checks(table: str, **said: str) -> list[sa.CheckConstraint]:
    return [sa.CheckConstraint(one, name=op.f(f"ck_{table}_{name}")) for name, one in said.items()]


def _file() -> None:
    op.create_table(
        "accountability_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("area_code", sa.String(12), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=False),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(12), nullable=True),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("head_n", sa.Integer(), nullable=False),
        *_checks(
            "accountability_file",
            state="state IN ('opened', 'inquired', 'notified', 'heard', 'consulted', 'decided',"
            " 'served', 'reviewing', 'reviewed', 'appealing', 'appealed', 'closed',"
            " 'discontinued')",
            outcome="outcome IN ('none', 'notice', 'interview', 'criticism', 'resources')",
            decided_by="(decided_by IS NULL) = (outcome IS NULL)",
            decided=f"(outcome IS NULL) = (state IN ({_UNDECIDED}))",
        ),
        *_keys(
            "accountability_file",
            order_id="supervision_order.id",
            case_id="case_file.id",
            unit_id="unit.id",
            area_code="area.code",
            opened_by="user_account.id",
            decided_by="user_account.id",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accountability_file")),
        sa.UniqueConstraint("order_id", name=op.f("uq_accountability_file_order_id")),
    )
    for name in ("case_id", "unit_id", "area_code"):
        op.create_index(op.f(f"ix_accountability_file_{name}"), "accountability_file", [name])


def _inquirer() -> None:
    op.create_table(
        "accountability_inquirer",
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        *_keys(
            "accountability_inquirer",
            file_id="accountability_file.id",
            user_id="user_account.id",
        ),
        sa.PrimaryKeyConstraint("file_id", "user_id", name=op.f("pk_accountability_inquirer")),
    )


def _step() -> None:
    op.create_table(
        "accountability_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("verb", sa.String(40), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("choice", sa.String(12), nullable=False),
        sa.Column("people", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("prev", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        *_keys("accountability_step", file_id="accountability_file.id", user_id="user_account.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accountability_step")),
    )
    op.create_index(
        "uq_accountability_step_file_id_n", "accountability_step", ["file_id", "n"], unique=True
    )


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    op.execute(_LATE_UNIT)
    op.execute(_FILLED)
    for rule in _RULES:
        op.execute(_RULE.format(*rule))
    if postgresql:
        op.execute(_COUNT_ON)
    _file()
    _inquirer()
    _step()
    for statement in _POSTGRESQL if postgresql else _SQLITE:
        op.execute(statement)


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION accountability_file_other_eyes()")
    op.execute(_UNUSED)
    with op.batch_alter_table("supervision_order") as batch:
        batch.drop_column("late_unit_id")
