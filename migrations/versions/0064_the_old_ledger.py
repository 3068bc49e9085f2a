"""The ledger that an office kept before is taken over row by row, and a whole import undone."""

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"

_MOMENT = sa.DateTime(timezone=True)
_FIRST = "'received', 'answered', 'declined', 'referred', 'merged', 'accepted', 'handling', "
_REST = "'awaiting_reporter', 'shelved', 'replying', 'calling_back', 'closed'"
_BEFORE = _FIRST + _REST
_AFTER = _BEFORE + ", 'void'"

# The older tables know no void case: it is one that was not taken up, and nothing is owed in it.
_NOT_TAKEN_UP = "UPDATE case_file SET state = 'declined' WHERE state = 'void'"


def _states(before: str, after: str) -> None:
    """Say anew which states a case may be in: on SQLite as revision 0012 does for items."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE case_file DROP CONSTRAINT ck_case_file_state")
        op.execute(
            f"ALTER TABLE case_file ADD CONSTRAINT ck_case_file_state CHECK (state IN ({after}))"
        )
        return
    version = op.get_bind().scalar(sa.text("PRAGMA schema_version"))
    op.execute("PRAGMA writable_schema = ON")
    changed = op.get_bind().execute(
        sa.text(
            "UPDATE sqlite_master SET sql = replace(sql, :before, :after) "
            "WHERE type = 'table' AND name = 'case_file' AND instr(sql, :before)"
        ),
        {"before": f"({before})", "after": f"({after})"},
    )
    if changed.rowcount != 1:
        raise RuntimeError("the table of cases does not say its states as expected")
    op.execute(f"PRAGMA schema_version = {version + 1}")
    op.execute("PRAGMA writable_schema = OFF")


def _keys(table: str, **others: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([name], [other], name=op.f(f"fk_{table}_{name}"))
        for name, other in others.items()
    ]


def _index(name: str, table: str, columns: list[str], which: str, *, unique: bool = False) -> None:
    where = sa.text(which)
    op.create_index(name, table, columns, unique=unique, sqlite_where=where, postgresql_where=where)


def _imports() -> None:
    op.create_table(
        "ledger_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_code", sa.String(12), nullable=False),
        sa.Column("blob_id", sa.String(64), nullable=True),
        sa.Column("flat_blob_id", sa.String(64), nullable=True),
        sa.Column("report_blob_id", sa.String(64), nullable=True),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("choices", sa.Text(), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("at_row", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("closed", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("done_at", _MOMENT, nullable=True),
        sa.Column("undone_at", _MOMENT, nullable=True),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'checking', 'checked', 'running', 'done', 'undone', 'dropped')",
            name=op.f("ck_ledger_import_state"),
        ),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_by IS NULL)", name=op.f("ck_ledger_import_undone_by")
        ),
        *_keys(
            "ledger_import",
            area_code="area.code",
            blob_id="blob.id",
            flat_blob_id="blob.id",
            report_blob_id="blob.id",
            user_id="user_account.id",
            undone_by="user_account.id",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_import")),
    )
    for column in ("area_code", "blob_id", "flat_blob_id", "report_blob_id"):
        op.create_index(op.f(f"ix_ledger_import_{column}"), "ledger_import", [column])
    which = "state IN ('checking', 'running')"
    _index("ix_ledger_import_worked_on", "ledger_import", ["id"], which)


def _rows() -> None:
    op.create_table(
        "imported_row",
        sa.Column("report_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("area_code", sa.String(12), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("number", sa.String(120), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("as_closed", sa.Boolean(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        *_keys(
            "imported_row",
            report_id="report.id",
            case_id="case_file.id",
            import_id="ledger_import.id",
        ),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_imported_row")),
        sa.UniqueConstraint("case_id", name=op.f("uq_imported_row_case_id")),
    )
    op.create_index("uq_imported_row_import_id_n", "imported_row", ["import_id", "n"], unique=True)
    for name, which in (("fingerprint", "live"), ("number", "live AND number <> ''")):
        columns = ["area_code", name]
        _index(f"uq_imported_row_{name}", "imported_row", columns, which, unique=True)


def _answers() -> None:
    op.create_table(
        "saved_mapping",
        sa.Column("area_code", sa.String(12), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("choices", sa.Text(), nullable=False),
        sa.Column("headings", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=False),
        sa.Column("set_at", _MOMENT, nullable=False),
        *_keys("saved_mapping", area_code="area.code", set_by="user_account.id"),
        sa.PrimaryKeyConstraint("area_code", "fingerprint", name=op.f("pk_saved_mapping")),
    )
    op.create_table(
        "unit_name",
        sa.Column("area_code", sa.String(12), nullable=False),
        sa.Column("words", sa.String(200), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("set_by", sa.Integer(), nullable=False),
        sa.Column("set_at", _MOMENT, nullable=False),
        *_keys("unit_name", area_code="area.code", unit_id="unit.id", set_by="user_account.id"),
        sa.PrimaryKeyConstraint("area_code", "words", name=op.f("pk_unit_name")),
    )


def upgrade() -> None:
    _states(_BEFORE, _AFTER)
    _imports()
    _rows()
    _answers()


def downgrade() -> None:
    for table in ("unit_name", "saved_mapping", "imported_row", "ledger_import"):
        op.drop_table(table)
    op.execute(_NOT_TAKEN_UP)
    _states(_AFTER, _BEFORE)
