"""Circulars: drafted, checked by another person, signed, published, corrected or withdrawn.

Their history is append-only; what has a number keeps its texts; nothing of it is ever deleted.
"""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"

_MOMENT = sa.DateTime(timezone=True)
_TABLES = ("circular_entry", "circular_correction", "circular_item", "circular_unit", "circular")
_WAITS = sa.text("outcome IS NULL")
_KEPT_TEXTS = (
    "OLD.number IS NOT NULL AND (NEW.text <> OLD.text OR NEW.public_text <> OLD.public_text"
    " OR NEW.number <> OLD.number OR NEW.number IS NULL)"
)

_SQLITE = (
    *(
        f"""CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table}
           BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""
        for table, change in (
            ("circular_entry", "UPDATE"),
            ("circular_entry", "DELETE"),
            ("circular", "DELETE"),
            ("circular_correction", "DELETE"),
        )
    ),
    """CREATE TRIGGER circular_entry_no_replace BEFORE INSERT ON circular_entry
       WHEN EXISTS (SELECT 1 FROM circular_entry
         WHERE id = NEW.id OR (circular_id = NEW.circular_id AND n = NEW.n))
       BEGIN SELECT RAISE(ABORT, 'circular_entry is append-only'); END""",
    f"""CREATE TRIGGER circular_keeps_texts BEFORE UPDATE ON circular WHEN {_KEPT_TEXTS}
       BEGIN SELECT RAISE(ABORT, 'a signed circular keeps its texts'); END""",
    """CREATE TRIGGER circular_correction_keeps_text BEFORE UPDATE ON circular_correction
       WHEN NEW.text <> OLD.text OR NEW.circular_id <> OLD.circular_id
       BEGIN SELECT RAISE(ABORT, 'a correction keeps its text'); END""",
)
_POSTGRESQL = (
    *(
        f"""CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table}
           FOR EACH ROW EXECUTE FUNCTION refuse_change()"""
        for table, change in (
            ("circular_entry", "UPDATE"),
            ("circular_entry", "DELETE"),
            ("circular", "DELETE"),
            ("circular_correction", "DELETE"),
        )
    ),
    *(
        f"""CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
           FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"""
        for table in ("circular_entry", "circular", "circular_correction")
    ),
    f"""CREATE FUNCTION circular_keeps_texts() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF {_KEPT_TEXTS} THEN
           RAISE EXCEPTION 'a signed circular keeps its texts' USING ERRCODE = '23514';
         END IF;
         RETURN NEW;
       END $$""",
    """CREATE TRIGGER circular_keeps_texts BEFORE UPDATE ON circular
       FOR EACH ROW EXECUTE FUNCTION circular_keeps_texts()""",
    """CREATE FUNCTION circular_correction_keeps_text() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF NEW.text <> OLD.text OR NEW.circular_id <> OLD.circular_id THEN
           RAISE EXCEPTION 'a correction keeps its text' USING ERRCODE = '23514';
         END IF;
         RETURN NEW;
       END $$""",
    """CREATE TRIGGER circular_correction_keeps_text BEFORE UPDATE ON circular_correction
       FOR EACH ROW EXECUTE FUNCTION circular_correction_keeps_text()""",
)


def _keys(table: str, **others: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([name], [other], name=op.f(f"fk_{table}_{name}"))
        for name, other in others.items()
    ]


def _checks(table: str, **said: str) -> list[sa.CheckConstraint]:
    return [sa.CheckConstraint(one, name=op.f(f"ck_{table}_{name}")) for name, one in said.items()]


def _circular() -> None:
    op.create_table(
        "circular",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_code", sa.String(12), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("public_text", sa.Text(), nullable=False),
        sa.Column("number", sa.String(60), nullable=True),
        sa.Column("drafted_by", sa.Integer(), nullable=False),
        sa.Column("drafted_at", _MOMENT, nullable=False),
        sa.Column("edited_by", sa.Integer(), nullable=True),
        sa.Column("checked_by", sa.Integer(), nullable=True),
        sa.Column("checked_at", _MOMENT, nullable=True),
        sa.Column("issued_by", sa.Integer(), nullable=True),
        sa.Column("issued_at", _MOMENT, nullable=True),
        sa.Column("published_at", _MOMENT, nullable=True),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.Column("returned_for", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("head_n", sa.Integer(), nullable=False),
        *_checks(
            "circular",
            kind="kind IN ('lateness', 'problem')",
            state="state IN ('drafted', 'checked', 'issued', 'published', 'corrected',"
            " 'withdrawn', 'cancelled')",
            days="first_day <= last_day",
            another="checked_by IS NULL OR (checked_by <> drafted_by"
            " AND (edited_by IS NULL OR checked_by <> edited_by))",
            checked="checked_by IS NOT NULL OR state IN ('drafted', 'cancelled')",
            signed="issued_by IS NULL OR issued_by <> drafted_by",
            number="(number IS NULL) = (state IN ('drafted', 'checked', 'cancelled'))",
        ),
        *_keys(
            "circular",
            area_code="area.code",
            drafted_by="user_account.id",
            edited_by="user_account.id",
            checked_by="user_account.id",
            issued_by="user_account.id",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circular")),
        sa.UniqueConstraint("number", name=op.f("uq_circular_number")),
    )
    op.create_index(op.f("ix_circular_area_code"), "circular", ["area_code"])


def _about() -> None:
    op.create_table(
        "circular_unit",
        sa.Column("circular_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("items", "cases", "days", "rung")
        ),
        *_keys("circular_unit", circular_id="circular.id", unit_id="unit.id"),
        sa.PrimaryKeyConstraint("circular_id", "unit_id", name=op.f("pk_circular_unit")),
    )
    op.create_index(op.f("ix_circular_unit_unit_id"), "circular_unit", ["unit_id"])
    op.create_table(
        "circular_item",
        sa.Column("circular_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        *_keys("circular_item", circular_id="circular.id", item_id="item.id"),
        sa.PrimaryKeyConstraint("circular_id", "item_id", name=op.f("pk_circular_item")),
    )
    op.create_index(op.f("ix_circular_item_item_id"), "circular_item", ["item_id"])


def _corrections() -> None:
    op.create_table(
        "circular_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("circular_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("drafted_by", sa.Integer(), nullable=False),
        sa.Column("drafted_at", _MOMENT, nullable=False),
        sa.Column("outcome", sa.String(12), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.Column("refused_for", sa.Text(), server_default="", nullable=False),
        *_checks(
            "circular_correction",
            outcome="outcome IN ('published', 'refused', 'lapsed')",
            another="decided_by IS NULL OR decided_by <> drafted_by",
            decided_by="outcome IS NULL OR (outcome = 'lapsed') = (decided_by IS NULL)",
            decided_at="(outcome IS NULL) = (decided_at IS NULL)",
        ),
        *_keys(
            "circular_correction",
            circular_id="circular.id",
            drafted_by="user_account.id",
            decided_by="user_account.id",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circular_correction")),
    )
    op.create_index(
        op.f("ix_circular_correction_circular_id"), "circular_correction", ["circular_id"]
    )
    op.create_index(
        "uq_circular_correction_waiting",
        "circular_correction",
        ["circular_id"],
        unique=True,
        sqlite_where=_WAITS,
        postgresql_where=_WAITS,
    )


def _history() -> None:
    op.create_table(
        "circular_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("circular_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("verb", sa.String(40), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("prev", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        *_keys("circular_entry", circular_id="circular.id", user_id="user_account.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circular_entry")),
    )
    op.create_index(
        "uq_circular_entry_circular_id_n", "circular_entry", ["circular_id", "n"], unique=True
    )


def upgrade() -> None:
    _circular()
    _about()
    _corrections()
    _history()
    postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in _POSTGRESQL if postgresql else _SQLITE:
        op.execute(statement)


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION circular_keeps_texts()")
        op.execute("DROP FUNCTION circular_correction_keeps_text()")
