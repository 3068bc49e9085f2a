"""Tables of text messages that were sent: what each came to, and what a day may cost."""

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.db import Base, Moment

FATES = ("handed", "queued", "sending", "sent", "delivered", "undelivered", "failed")
FINAL = ("delivered", "undelivered", "failed")


class TextSent(Base):
    """A text message that was handed over, or was about to be; `day`: whose budget paid for its
    `segments`; `fate`: what its provider last said of it, since `at`; `never`: that its
    number takes none at all.
    """

    __tablename__ = "text_sent"

    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), primary_key=True)
    day: Mapped[str] = mapped_column(String(8))
    segments: Mapped[int] = mapped_column(Integer)
    fate: Mapped[str] = mapped_column(String(12), default="handed")
    never: Mapped[bool] = mapped_column(Boolean, default=False)
    at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (
        CheckConstraint(
            "fate IN ('handed', 'queued', 'sending', 'sent', 'delivered', 'undelivered', 'failed')",
            name="fate",
        ),
    )


class TextDay(Base):
    """How many segments a Shanghai day has cost so far; `told`: that it was too few was told."""

    __tablename__ = "text_day"

    day: Mapped[str] = mapped_column(String(8), primary_key=True)
    segments: Mapped[int] = mapped_column(Integer)
    told: Mapped[bool] = mapped_column(Boolean, default=False)
