"""Tables of the ledger: cases and items, the counter, and who had a hand in what.

Reports and what is said to reporters stand in `report_tables`, the history in `history_tables`.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Text,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.db import Base, Moment
from caseflow.ledger.states import (
    CASE_STATES,
    ENDS,
    FINDINGS,
    ITEM_STATES,
    KINDS,
    NOT_CLOSED,
    OPEN_CASE_STATES,
)


def _among(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


_OPEN = _among("state", OPEN_CASE_STATES)
_HANDLED = f"handler_id IS NOT NULL AND {_OPEN}"
_SUBMITTED = "state = 'submitted'"
_DRAFTED = "state = 'draft'"
_OBJECTED = "state = 'objected'"
_BOUND = "bound_for IS NOT NULL"
_NOT_CLOSED = _among("state", NOT_CLOSED)
STIRS = (
    f"{_OPEN} AND (state <> 'handling' OR handler_id IS NULL OR urgent OR countersign OR withdrawn)"
)
"""In SQL: a case is open, and is not simply being worked on by whoever has it."""
UNSIGNED = "countersign"
"""In SQL: a reason for not calling the police waits for its countersignature."""

OWING = f"next_clock IS NOT NULL AND {_among('state', ENDS)}"
"""In SQL: a case is over, and something is promised in it all the same."""


def _work_list(level: str) -> Index:
    """Return the index of open cases of one level of the division tree (engine 14)."""
    return Index(
        f"ix_case_file_open_{level}",
        level,
        "rank",
        "next_due",
        "id",
        sqlite_where=text(_OPEN),
        postgresql_where=text(_OPEN),
    )


def _stirring(level: str) -> Index:
    """Return the index of cases of one level whose next step may be anybody's there."""
    where = text(STIRS)
    return Index(f"ix_case_file_stirs_{level}", level, sqlite_where=where, postgresql_where=where)


def _few(name: str, column: str) -> Index:
    """Return the index of a column that few cases fill."""
    filled = text(f"{column} IS NOT NULL")
    return Index(name, column, sqlite_where=filled, postgresql_where=filled)


def _waiting(name: str, which: str) -> Index:
    """Return the index of items that wait for somebody of the office: few, wherever they are."""
    return Index(name, "case_id", sqlite_where=text(which), postgresql_where=text(which))


# What comes first on every list: a leader's instruction, then danger to a child, then the rest.
INSTRUCTED, URGENT, ORDINARY = 0, 1, 2

# Where no clock runs the case sorts last; a real moment keeps the work list's index usable.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


class Case(Base):
    """A matter in the ledger (办件). Named `case_file` in the database: CASE is a word of SQL.

    `head`, `head_n`: hash and number of its last entry; `head_n` is the version number that every
    form carries (engine 4). `next_due`: earliest due moment of its running clocks, else NEVER.
    `registered_in`: the area that counts its number, wherever it lies since; `bound_for`: the area
    whose office has to sign for it, while it waits to go there (`Passage`).
    `withdrawn`: an item of it was withdrawn since it was opened or taken up again, so that perhaps
    nothing else is left: only where this holds anybody looks.
    `reviews`: the case whose answer is reviewed in this one (复查, 复核: `Review`); `same_as`: the
    ended one with the same facts; `ended_at`: since when its answer stands for good (终结).
    """

    __tablename__ = "case_file"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    province: Mapped[str] = mapped_column(String(12))
    city: Mapped[str | None] = mapped_column(String(12))
    county: Mapped[str | None] = mapped_column(String(12))
    district: Mapped[str | None] = mapped_column(String(12))
    registered_in: Mapped[str] = mapped_column(String(12), server_default="")
    bound_for: Mapped[str | None] = mapped_column(String(12))
    year: Mapped[int] = mapped_column(Integer)
    seq: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(20))
    category: Mapped[str | None] = mapped_column(String(40))
    urgent: Mapped[bool] = mapped_column(Boolean, default=False)
    rank: Mapped[int] = mapped_column(SmallInteger, default=ORDINARY)
    state: Mapped[str] = mapped_column(String(20), default="received")
    resume_to: Mapped[str | None] = mapped_column(String(20))
    matter: Mapped[str] = mapped_column(String(80))
    channel: Mapped[str] = mapped_column(String(20))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    place: Mapped[str] = mapped_column(String(200), default="")
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    opened_at: Mapped[datetime] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    moved_at: Mapped[datetime] = mapped_column(Moment)
    next_due: Mapped[datetime] = mapped_column(Moment, default=NEVER)
    next_clock: Mapped[str | None] = mapped_column(String(20))
    rung: Mapped[int] = mapped_column(Integer, default=0)
    reopened: Mapped[int] = mapped_column(Integer, default=0)
    call_back: Mapped[bool] = mapped_column(Boolean, default=False)
    countersign: Mapped[bool] = mapped_column(Boolean, default=False)
    withdrawn: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    head: Mapped[str] = mapped_column(String(64), default="")
    head_n: Mapped[int] = mapped_column(Integer, default=0)
    reviews: Mapped[int | None] = mapped_column(Integer)
    same_as: Mapped[int | None] = mapped_column(Integer)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        CheckConstraint(_among("state", CASE_STATES), name="state"),
        CheckConstraint(_among("kind", KINDS), name="kind"),
        Index("uq_case_file_registered_in_year_seq", "registered_in", "year", "seq", unique=True),
        Index("ix_case_file_opened_at", "opened_at"),
        _work_list("province"),
        _work_list("city"),
        _work_list("county"),
        _work_list("district"),
        _stirring("province"),
        _stirring("city"),
        _stirring("county"),
        _stirring("district"),
        Index(
            "ix_case_file_handler_id",
            "handler_id",
            sqlite_where=text(_HANDLED),
            postgresql_where=text(_HANDLED),
        ),
        Index(
            "ix_case_file_unsigned",
            "id",
            sqlite_where=text(UNSIGNED),
            postgresql_where=text(UNSIGNED),
        ),
        _few("ix_case_file_reviews", "reviews"),
        _few("ix_case_file_same_as", "same_as"),
        _few("ix_case_file_ended_at", "ended_at"),
        Index(
            "ix_case_file_not_closed",
            "state",
            "id",
            sqlite_where=text(_NOT_CLOSED),
            postgresql_where=text(_NOT_CLOSED),
        ),
        Index(
            "ix_case_file_owing",
            "id",
            sqlite_where=text(OWING),
            postgresql_where=text(OWING),
        ),
        Index(
            "ix_case_file_bound_for",
            "bound_for",
            sqlite_where=text(_BOUND),
            postgresql_where=text(_BOUND),
        ),
        {"postgresql_with": {"fillfactor": 80}},  # room for new heads beside the old rows
    )


class Item(Base):
    """One allegation or task of a case (问题项).

    The verifying unit (核查单位) holds it until the finding, the rectifying unit (整改单位) after.
    `dispatch_text` is all the verifying unit reads of the matter, `rectify_text` all that another
    rectifying unit reads; both start empty and are written for them (design law 9).
    `signed_at` and `returned_at` belong to the present holder. `held_since`: when whoever verifies
    got it, be it by dispatch or in another's place; what came before is of somebody else.
    `dispatched_at` also moves where a case taken up anew promises the dispatch again.
    `objections` counts how often units objected to having it (退单); a `designated` one was given
    by the leader after that.
    `round`: the round of its case (see `Reply.round`) in which it was struck off, withdrawn, or
    went to the `authority` whose statutory procedure it is; `authority_number`: its number there.
    `reserved_for`: the level that alone strikes it off, because a document of its stands about it.
    """

    __tablename__ = "item"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    n: Mapped[int] = mapped_column(Integer)
    matter: Mapped[str] = mapped_column(Text)
    dispatch_text: Mapped[str] = mapped_column(Text, default="")
    rectify_text: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(20), default="draft")
    verifying_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    inspector_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    rectifying_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    finding: Mapped[str | None] = mapped_column(String(20))
    outcome: Mapped[str | None] = mapped_column(String(20))
    returns: Mapped[int] = mapped_column(Integer, default=0)
    objections: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    designated: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    follows: Mapped[int | None] = mapped_column(ForeignKey("item.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)
    dispatched_at: Mapped[datetime | None] = mapped_column(Moment)
    held_since: Mapped[datetime | None] = mapped_column(Moment)
    signed_at: Mapped[datetime | None] = mapped_column(Moment)
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)
    returned_at: Mapped[datetime | None] = mapped_column(Moment)
    struck_off_at: Mapped[datetime | None] = mapped_column(Moment)
    struck_off_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    round: Mapped[int | None] = mapped_column(Integer)
    authority: Mapped[str] = mapped_column(String(200), default="", server_default="")
    authority_number: Mapped[str] = mapped_column(String(80), default="", server_default="")
    reserved_for: Mapped[str | None] = mapped_column(String(12))

    __table_args__ = (
        CheckConstraint(_among("state", ITEM_STATES), name="state"),
        CheckConstraint(f"finding IS NULL OR {_among('finding', FINDINGS)}", name="finding"),
        CheckConstraint(
            "(state = 'struck_off') = (struck_off_by IS NOT NULL)", name="struck_off_by"
        ),
        Index("uq_item_case_id_n", "case_id", "n", unique=True),
        Index("ix_item_verifying_unit_id", "verifying_unit_id", "state"),
        Index("ix_item_rectifying_unit_id", "rectifying_unit_id", "state"),
        Index("ix_item_inspector_id", "inspector_id", "state"),
        _waiting("ix_item_submitted", _SUBMITTED),
        _waiting("ix_item_draft", _DRAFTED),
        _waiting("ix_item_objected", _OBJECTED),
    )


class Finding(Base):
    """What the verification of an item came to (核查结论), with its basis. Append-only in use:
    after a return the next finding is a further row and the newest counts.
    """

    __tablename__ = "finding"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    result: Mapped[str] = mapped_column(String(20))
    basis: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (CheckConstraint(_among("result", FINDINGS), name="result"),)


class Evidence(Base):
    """A file that shows what was found or put right, handed in by whoever holds the item.

    `unit_id`: the unit that it was handed in for; none for the office and for inspectors.
    `visit_id`: the visit on which it was taken, if it was. `assistance_id`: what it answers, where
    a unit sent it that assists beside whoever holds the item: theirs it is not.
    """

    __tablename__ = "evidence"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    blob_id: Mapped[str] = mapped_column(ForeignKey("blob.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(Text, default="")
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"))
    assistance_id: Mapped[int | None] = mapped_column(ForeignKey("assistance.id"))
    at: Mapped[datetime] = mapped_column(Moment)


class ItemActor(Base):
    """Everybody with a hand in an item (engine 9); append-only, read by the four-eyes trigger."""

    __tablename__ = "item_actor"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    part: Mapped[str] = mapped_column(String(12), primary_key=True)

    __table_args__ = (
        CheckConstraint("part IN ('handler', 'verifier', 'finder', 'submitter')", name="part"),
    )


class Counter(Base):
    """The last number given out: for an area and Shanghai day (reports) or year (cases)."""

    __tablename__ = "counter"

    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"), primary_key=True)
    period: Mapped[str] = mapped_column(String(8), primary_key=True)
    value: Mapped[int] = mapped_column(Integer)
