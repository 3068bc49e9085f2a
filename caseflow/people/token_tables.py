"""Table of the tokens by which machines of other offices come in."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.db import Base, Moment


class AccessToken(Base):
    """What a machine shows to be let in. The token itself is told once and kept nowhere: `digest`
    is its SHA-256, which is enough for 256 random bits.

    `role`: what it may do; `sender`: in whose name, as it stands on what comes in; `area_code`:
    where that counts. `name`: what the office calls it.
    """

    __tablename__ = "access_token"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    role: Mapped[str] = mapped_column(String(20))
    sender: Mapped[str] = mapped_column(String(120))
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    digest: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (CheckConstraint("role IN ('exchange')", name="role"),)
