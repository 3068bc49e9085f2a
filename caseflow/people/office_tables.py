"""The table of what administrators changed: accounts, posts, calendar, rules, dead letters."""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.db import Base, Moment


class OfficeChange(Base):
    """One change that an administrator made outside any case. Append-only.

    `what` is a key of `office_changes.CHANGES`; `user_id` the account it is about, where it is
    about one; `facts` canonical JSON: ids and words of the house, never a password, never case
    text.
    """

    __tablename__ = "office_change"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"), index=True)
    what: Mapped[str] = mapped_column(String(30))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    facts: Mapped[str] = mapped_column(Text, default="{}")
