"""Tables of ledgers that were kept elsewhere before, and taken over row by row (导入)."""

from datetime import datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.db import Base, Moment

IMPORT_STATES = ("open", "checking", "checked", "running", "done", "undone", "dropped")
_LIVE = "live"
_NUMBERED = "live AND number <> ''"
STANDS, IS_NUMBERED = text(_LIVE), text(_NUMBERED)
"""What a row must say to be found by the indexes of fingerprints and of numbers, in their words:
SQLite knows an index that holds some rows only by its own condition.
"""
_WORKED_ON = "state IN ('checking', 'running')"


class LedgerImport(Base):
    """One file of an old ledger, from its upload to what became of it.

    `state`: `open` until its columns are settled, `checking` and `running` while a job works on it,
    `checked` when whoever imports reads what would come of it, then `done`, and `undone`, or
    `dropped` without anything. `choices`: what was settled about its columns, as JSON; `found`:
    what the check found, in numbers and reasons, never what a row says. `flat_blob_id`: the sheet
    as plain lines, once it was read to its end; `report_blob_id`: what becomes of each row.
    `name`: the name of the file, sealed. `fault`: why a job could not go on.
    """

    __tablename__ = "ledger_import"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"), index=True)
    blob_id: Mapped[str | None] = mapped_column(ForeignKey("blob.id"), index=True)
    flat_blob_id: Mapped[str | None] = mapped_column(ForeignKey("blob.id"), index=True)
    report_blob_id: Mapped[str | None] = mapped_column(ForeignKey("blob.id"), index=True)
    name: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10), default="open")
    choices: Mapped[str] = mapped_column(Text, default="")
    found: Mapped[str] = mapped_column(Text, default="")
    fault: Mapped[str] = mapped_column(Text, default="")
    at_row: Mapped[int] = mapped_column(Integer, default=0)
    rows: Mapped[int] = mapped_column(Integer, default=0)
    closed: Mapped[int] = mapped_column(Integer, default=0)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    undone_at: Mapped[datetime | None] = mapped_column(Moment)
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    __table_args__ = (
        CheckConstraint(
            "state IN ('open', 'checking', 'checked', 'running', 'done', 'undone', 'dropped')",
            name="state",
        ),
        CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone_by"),
        Index(
            "ix_ledger_import_worked_on",
            "id",
            sqlite_where=text(_WORKED_ON),
            postgresql_where=text(_WORKED_ON),
        ),
    )


class ImportedRow(Base):
    """A row of an old ledger, and the report and case that it became.

    `said`: what its columns said, but for who reported, as canonical JSON: an export gives it back.
    `fingerprint`: a keyed hash of all that it said, so that the same row comes in once; `number`:
    the number that it had there. Both bind while the row is `live`: until its import is undone.
    `as_closed`: it was finished there already, and began here as a closed case.
    """

    __tablename__ = "imported_row"

    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), unique=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("ledger_import.id"))
    n: Mapped[int] = mapped_column(Integer)
    area_code: Mapped[str] = mapped_column(String(12))
    fingerprint: Mapped[str] = mapped_column(String(64))
    number: Mapped[str] = mapped_column(String(120), default="")
    said: Mapped[str] = mapped_column(Text)
    as_closed: Mapped[bool] = mapped_column(Boolean)
    live: Mapped[bool] = mapped_column(Boolean, default=True)

    __table_args__ = (
        Index("uq_imported_row_import_id_n", "import_id", "n", unique=True),
        Index(
            "uq_imported_row_fingerprint",
            "area_code",
            "fingerprint",
            unique=True,
            sqlite_where=text(_LIVE),
            postgresql_where=text(_LIVE),
        ),
        Index(
            "uq_imported_row_number",
            "area_code",
            "number",
            unique=True,
            sqlite_where=text(_NUMBERED),
            postgresql_where=text(_NUMBERED),
        ),
    )


class SavedMapping(Base):
    """What an office settled about sheets with the same headings; `choices` is JSON."""

    __tablename__ = "saved_mapping"

    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    choices: Mapped[str] = mapped_column(Text)
    headings: Mapped[str] = mapped_column(Text)
    set_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    set_at: Mapped[datetime] = mapped_column(Moment)


class UnitName(Base):
    """What an office answered when asked which unit a name in its ledger means; none: no unit."""

    __tablename__ = "unit_name"

    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"), primary_key=True)
    words: Mapped[str] = mapped_column(String(200), primary_key=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    set_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    set_at: Mapped[datetime] = mapped_column(Moment)
