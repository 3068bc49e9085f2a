"""The history (办理记录), append-only by trigger and chained by hash per case, and its anchors."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.db import Base, Moment


class Entry(Base):
    """One line of a case's history. `body` is canonical JSON text and holds every hashed fact.

    `at`, `verb`, `user_id`, `item_id` repeat what the body says so that lists need not parse it;
    `ledger verify` compares them.
    """

    __tablename__ = "entry"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    n: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(Moment)
    verb: Mapped[str] = mapped_column(String(30))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))
    body: Mapped[str] = mapped_column(Text)
    prev: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    __table_args__ = (Index("uq_entry_case_id_n", "case_id", "n", unique=True),)


class Anchor(Base):
    """What the histories had come to on a Shanghai day, signed (`anchors`); append-only.

    `heads`: SHA-256 of the file `blob_id`, a line `number n hash` for each history that had grown
    since the ones before (`-` for the number of one that is no case's), and `cases` counts them.
    `previous`: SHA-256 of the statement before, `-` for the first.
    """

    __tablename__ = "anchor"

    n: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    day: Mapped[str] = mapped_column(String(8), unique=True)
    at: Mapped[datetime] = mapped_column(Moment)
    cases: Mapped[int] = mapped_column(Integer)
    heads: Mapped[str] = mapped_column(String(64))
    blob_id: Mapped[str] = mapped_column(ForeignKey("blob.id"), index=True)
    previous: Mapped[str] = mapped_column(String(64))
    key_id: Mapped[str] = mapped_column(String(40))
    signature: Mapped[str] = mapped_column(String(128))


class AnchoredHead(Base):
    """Up to which entry a history is anchored: to know which grew since. What an anchor holds its
    own file says, and `anchored.verify` reads nothing else.
    """

    __tablename__ = "anchored_head"

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    n: Mapped[int] = mapped_column(Integer)


class AnchoredBeside(Base):
    """The end of a history beside those of cases (`beside`) that stands in an anchor, by its hash:
    to know which grew since, and to name one that is gone.
    """

    __tablename__ = "anchored_beside"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    row_id: Mapped[int] = mapped_column(Integer)
    n: Mapped[int] = mapped_column(Integer)
