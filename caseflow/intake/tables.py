"""Tables of intake: quarantine, the desk's drafts and notes, uploads before their form, tallies."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.db import Base, Moment
from caseflow.errors import NotFound

IS_WAITING = "quarantine.state = 'waiting'"
"""Nobody has looked at it, in the very words of the index that finds it."""
_WAITING = IS_WAITING.replace("quarantine.", "")


class Quarantine(Base):
    """Something that came in and could not be taken: kept whole, with why, and with a clock; or a
    file that a case has and nobody is handed (`QuarantinedFile`), which stays with its case and has
    no `original_id`.

    `folded`: so many others lie with it (`mail_tables.Folded`). Where the system settled it itself,
    nobody looked, and `note` says what was done.
    """

    __tablename__ = "quarantine"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    channel: Mapped[str] = mapped_column(String(20))
    channel_key: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(500))
    original_id: Mapped[str | None] = mapped_column(ForeignKey("original.id"))
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    received_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))
    looked_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    looked_at: Mapped[datetime | None] = mapped_column(Moment)
    note: Mapped[str] = mapped_column(String(500), default="")
    folded: Mapped[int] = mapped_column(Integer, default=0, server_default="0")

    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'taken', 'discarded')", name="state"),
        Index("uq_quarantine_channel_key", "channel", "channel_key", unique=True),
        Index(
            "ix_quarantine_waiting",
            "id",
            sqlite_where=text(_WAITING),
            postgresql_where=text(_WAITING),
        ),
    )

    @property
    def whole(self) -> str:
        """The original that lies here. Raises NotFound for a file, which lies with its case."""
        if self.original_id is None:
            raise NotFound("隔离区中没有这一条")
        return self.original_id


class QuarantinedFile(Base):
    """Which file of a case a row of quarantine stands for: it came with a report, or was handed in.

    A table of its own, since evidence rests on clocks, and clocks on what they stand on.
    """

    __tablename__ = "quarantine_file"

    quarantine_id: Mapped[int] = mapped_column(
        ForeignKey("quarantine.id"), primary_key=True, autoincrement=False
    )
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"), unique=True)
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"), unique=True)

    __table_args__ = (
        CheckConstraint("(attachment_id IS NULL) <> (evidence_id IS NULL)", name="one_file"),
    )


class Draft(Base):
    """What an operator has typed and not yet saved; sealed, one per person and desk tab."""

    __tablename__ = "draft"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    nonce: Mapped[str] = mapped_column(String(40))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    saved_at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (Index("uq_draft_user_id_nonce", "user_id", "nonce", unique=True),)


class ShiftNote(Base):
    """What one shift leaves to the next in words, sealed; `done_at` says that it was seen to.

    `nonce`: the form that it came with, so that nothing comes in twice; older notes have none.
    """

    __tablename__ = "shift_note"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(Moment)
    done_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    nonce: Mapped[str | None] = mapped_column(String(40))

    __table_args__ = (
        CheckConstraint("(done_at IS NULL) = (done_by IS NULL)", name="done_by"),
        Index("uq_shift_note_user_id_nonce", "user_id", "nonce", unique=True),
        Index("ix_shift_note_area_code", "area_code", "id"),
    )


class Upload(Base):
    """A file sent with a form that had an error elsewhere, kept so that it is not sent twice."""

    __tablename__ = "upload"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    nonce: Mapped[str] = mapped_column(String(40), index=True)
    blob_id: Mapped[str] = mapped_column(ForeignKey("blob.id"))
    name: Mapped[bytes] = mapped_column(LargeBinary)
    uploaded_at: Mapped[datetime] = mapped_column(Moment)


class UploadPart(Base):
    """A large file of which some has come: the first `received` bytes of `size`.

    `token`: keyed hash of the secret by which its sender goes on. `nonce`: key of the form that it
    is for. `upload_id`: the `Upload` that it became.
    """

    __tablename__ = "upload_part"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    token: Mapped[str] = mapped_column(String(64))
    nonce: Mapped[str] = mapped_column(String(40), index=True)
    name: Mapped[bytes] = mapped_column(LargeBinary)
    size: Mapped[int] = mapped_column(BigInteger)
    received: Mapped[int] = mapped_column(BigInteger)
    touched_at: Mapped[datetime] = mapped_column(Moment, index=True)
    upload_id: Mapped[int | None] = mapped_column(Integer)

    __table_args__ = (Index("uq_upload_part_token", "token", unique=True),)


class UploadPiece(Base):
    """Bytes of a large file from `place` on, kept in the store like any other."""

    __tablename__ = "upload_piece"

    part_id: Mapped[int] = mapped_column(ForeignKey("upload_part.id"), primary_key=True)
    place: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    blob_id: Mapped[str] = mapped_column(ForeignKey("blob.id"), index=True)


class Tally(Base):
    """How often something was tried in a stretch of time; `key` is a keyed hash of what."""

    __tablename__ = "tally"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    n: Mapped[int] = mapped_column(Integer)
    until: Mapped[datetime] = mapped_column(Moment, index=True)
