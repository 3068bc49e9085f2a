"""Tables of the vault. Nothing here is readable without the key ring (design law 9)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.db import Base, Moment


class Identity(Base):
    """Who reported: each field ciphertext bound to this row; blind indexes find the same number.

    `id` is a random token made before the insert because it is part of what is authenticated.
    `can_be_reached` says which ways exist without opening anything, parted by commas: 'email',
    'phone', 'letter', 'text'. `bounced_at`, `unreachable_at`: since when the address takes no mail
    any more, the number no text message.
    """

    __tablename__ = "identity"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone: Mapped[bytes | None] = mapped_column(LargeBinary)
    email: Mapped[bytes | None] = mapped_column(LargeBinary)
    address: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_index: Mapped[str | None] = mapped_column(String(64))
    email_index: Mapped[str | None] = mapped_column(String(64))
    can_be_reached: Mapped[str] = mapped_column(String(40), default="")
    bounced_at: Mapped[datetime | None] = mapped_column(Moment)
    unreachable_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (
        Index("ix_identity_phone_index", "phone_index"),
        Index("ix_identity_email_index", "email_index"),
    )


class TextStop(Base):
    """A number that asked for no more text messages (退订); `index` is its blind index."""

    __tablename__ = "text_stop"

    index: Mapped[str] = mapped_column(String(64), primary_key=True)
    since: Mapped[datetime] = mapped_column(Moment)


class MailStop(Base):
    """An address that asked for no more mail, until something is written from it; `index` is its
    blind index.
    """

    __tablename__ = "mail_stop"

    index: Mapped[str] = mapped_column(String(64), primary_key=True)
    since: Mapped[datetime] = mapped_column(Moment)


class Original(Base):
    """The bytes as they came in: in the row when small, else in the file store as a blob."""

    __tablename__ = "original"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    blob_id: Mapped[str | None] = mapped_column(ForeignKey("blob.id"))
    size: Mapped[int] = mapped_column(Integer)
    received_at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (CheckConstraint("(sealed IS NULL) <> (blob_id IS NULL)", name="one_place"),)


class Reveal(Base):
    """One opening of an identity or an original: who, when, why. Append-only."""

    __tablename__ = "reveal"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    identity_id: Mapped[str | None] = mapped_column(ForeignKey("identity.id"), index=True)
    original_id: Mapped[str | None] = mapped_column(ForeignKey("original.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (
        CheckConstraint("(identity_id IS NULL) <> (original_id IS NULL)", name="one_thing"),
    )


class FileOpening(Base):
    """One handing out of a file that is held back or sealed: who, when, why. Append-only."""

    __tablename__ = "file_opening"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    blob_id: Mapped[str] = mapped_column(ForeignKey("blob.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(Moment)
