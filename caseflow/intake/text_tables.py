"""Tables of the text message door."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.db import Base, Moment

PICTURE_OPEN = "state IN ('waiting', 'fetched', 'gone')"


class Erasure(Base):
    """A place at the provider (`telephony.KeptFiles`) that is to be deleted there; the row goes
    with it. `channel_key`: the message whose pictures come first, empty for one of ours.
    """

    __tablename__ = "text_erasure"

    place: Mapped[str] = mapped_column(String(120), primary_key=True)
    channel_key: Mapped[str] = mapped_column(String(200))
    tries: Mapped[int] = mapped_column(Integer)
    not_before: Mapped[datetime] = mapped_column(Moment, index=True)


class Picture(Base):
    """A file that a text message brought and the provider keeps for us, until we have it.

    `channel_key`: of the message; `place`: where the provider keeps it (`telephony.KeptFiles`).
    `state`: waiting; fetched (it lies in `blob_id`, and is deleted at the provider from
    `deleted_at` on); gone (the provider has it no more); joined (with a report, for good).
    """

    __tablename__ = "text_picture"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    channel_key: Mapped[str] = mapped_column(String(200))
    n: Mapped[int] = mapped_column(Integer)
    place: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    blob_id: Mapped[str | None] = mapped_column(ForeignKey("blob.id"))
    tries: Mapped[int] = mapped_column(Integer, default=0)
    not_before: Mapped[datetime] = mapped_column(Moment)
    deleted_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'fetched', 'gone', 'joined')", name="state"),
        Index("uq_text_picture_channel_key_n", "channel_key", "n", unique=True),
        Index(
            "ix_text_picture_open",
            "not_before",
            sqlite_where=text(PICTURE_OPEN),
            postgresql_where=text(PICTURE_OPEN),
        ),
    )
