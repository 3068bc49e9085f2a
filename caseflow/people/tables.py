"""Tables of people: areas, units, users, posts, absences, recusals."""

from datetime import date, datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.db import Base, Moment


class Area(Base):
    """A node of the division tree, from province down to responsibility district (督学责任区).

    `code` is the GB/T 2260 code; a responsibility district appends two digits to its county's.
    The codes of the levels above stand beside it so that scope needs no walk (engine 14).
    """

    __tablename__ = "area"

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    level: Mapped[str] = mapped_column(String(10))
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("area.code"), index=True)
    province: Mapped[str] = mapped_column(String(12))
    city: Mapped[str | None] = mapped_column(String(12))
    county: Mapped[str | None] = mapped_column(String(12), index=True)
    district: Mapped[str | None] = mapped_column(String(12))

    __table_args__ = (
        CheckConstraint("level IN ('province', 'city', 'county', 'district')", name="level"),
    )

    @property
    def path(self) -> tuple[str, ...]:
        """Codes from the area itself up to its province."""
        codes = (self.district, self.county, self.city, self.province)
        return tuple(code for code in codes if code)


class Unit(Base):
    """A school, institution, bureau section or office: it can be reported, verify, rectify.

    How to reach it matters for the office itself: the public reads it on every page.
    """

    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(20))
    managed_by: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    phone: Mapped[str] = mapped_column(String(60), default="", server_default="")
    email: Mapped[str] = mapped_column(String(120), default="", server_default="")
    address: Mapped[str] = mapped_column(String(200), default="", server_default="")
    hours: Mapped[str] = mapped_column(String(200), default="", server_default="")
    active: Mapped[bool] = mapped_column(Boolean, default=True)

    __table_args__ = (
        CheckConstraint(
            "kind IN ('school', 'kindergarten', 'institution', 'section', 'office')", name="kind"
        ),
        Index("ix_unit_area_code_name", "area_code", "name", unique=True),
    )


class User(Base):
    """Somebody who signs in. The role and the area or unit decide what they may see and do.

    `password_told`: an administrator told the password, so another has to be chosen before
    anything else.
    """

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    username: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    role: Mapped[str] = mapped_column(String(20))
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    password_hash: Mapped[str] = mapped_column(Text)
    password_told: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    session_epoch: Mapped[int] = mapped_column(Integer, default=0)
    locale: Mapped[str] = mapped_column(String(10), default="zh")
    email: Mapped[str | None] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    failed_logins: Mapped[int] = mapped_column(Integer, default=0)
    locked_until: Mapped[datetime | None] = mapped_column(Moment)
    last_seen_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        CheckConstraint(
            "role IN ('operator', 'handler', 'inspector', 'unit', 'reviewer', 'supervisor',"
            " 'leader', 'auditor', 'administrator')",
            name="role",
        ),
    )


class Post(Base):
    """A duty in an area or unit and who holds it now; an empty one is passed over upward.

    `duty` is a ladder's audience word: unit_handler, unit_head, shift_leader, office_handler,
    supervisor, leader.
    """

    __tablename__ = "post"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    duty: Mapped[str] = mapped_column(String(20))
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    __table_args__ = (Index("ix_post_duty", "duty", "area_code", "unit_id"),)


class Absence(Base):
    """Somebody is away from one Shanghai day to another, both counted, and who stands in (代理人).

    `stand_in_id` is empty only where nobody could: the way up of the posts serves then.
    `ended_at`: it was called off, or ended before its last day.
    """

    __tablename__ = "absence"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    stand_in_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date, index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    entered_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        CheckConstraint("first_day <= last_day", name="days"),
        CheckConstraint("stand_in_id <> user_id", name="another"),
    )


class Recusal(Base):
    """A person who must not see or touch matters about a unit (回避)."""

    __tablename__ = "recusal"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    reason: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(Moment)
