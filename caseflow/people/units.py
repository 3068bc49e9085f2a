"""The register of units: schools, institutions, sections and the office itself, kept by an
administrator for their own areas. What a unit has in hand is the ledger's to say; the edge asks
beforehand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from caseflow.errors import BadInput, MoveNotAllowed, NotFound
from caseflow.people import recusals
from caseflow.people.actor import Actor
from caseflow.people.office import office_of
from caseflow.people.office_changes import in_reach, note
from caseflow.people.permissions import require
from caseflow.people.posts import manages
from caseflow.people.staff import EMAIL
from caseflow.people.tables import Area, Unit, User

PAGE = 50
KINDS = ("school", "kindergarten", "institution", "section", "office")
_LONGEST = {"phone": 60, "email": 120, "address": 200, "hours": 200}
_LONGEST_NAME = 120


@dataclass(frozen=True)
class Details:
    """What an administrator types for a unit; `managed_by` is the id of the unit above it."""

    name: str
    kind: str
    area_code: str
    managed_by: int | None = None
    phone: str = ""
    email: str = ""
    address: str = ""
    hours: str = ""


@dataclass(frozen=True)
class Filters:
    """What the register is narrowed by; empty means all. `state`: active, closed, or all."""

    words: str = ""
    kind: str = ""
    state: str = "active"


@dataclass(frozen=True)
class Registered:
    """One unit with the name of its area and how many people have an account for it."""

    unit: Unit
    area: str
    people: int


def register(
    session: Session, actor: Actor, filters: Filters, after: int = 0
) -> Sequence[Registered]:
    """Return PAGE units of the actor's areas by id, and one more when others follow."""
    people = (
        select(func.count())
        .where(User.unit_id == Unit.id, User.active.is_(True))
        .correlate(Unit)
        .scalar_subquery()
    )
    query = select(Unit, Area.name, people).join(Area, Area.code == Unit.area_code)
    query = query.where(in_reach(actor), Unit.id > after)
    if filters.words:
        query = query.where(Unit.name.contains(filters.words, autoescape=True))
    if filters.kind:
        query = query.where(Unit.kind == filters.kind)
    if filters.state in ("active", "closed"):
        query = query.where(Unit.active.is_(filters.state == "active"))
    rows = session.execute(query.order_by(Unit.id).limit(PAGE + 1))
    return [Registered(*row) for row in rows]


def in_reach_of(session: Session, actor: Actor, unit_id: int, *, lock: bool = False) -> Unit:
    """Return a unit of the actor's areas; raises NotFound for any other."""
    query = select(Unit).join(Area, Area.code == Unit.area_code)
    query = query.where(Unit.id == unit_id, in_reach(actor))
    unit = session.scalar(query.with_for_update(of=Unit) if lock else query)
    if unit is None:
        raise NotFound("没有这个单位")
    return unit


def create(session: Session, actor: Actor, details: Details, now: datetime) -> Unit:
    """Enter a unit. Raises NotPermitted, BadInput."""
    require(actor, "people.edit")
    _check(session, actor, details, None)
    unit = Unit(**asdict(details))
    _keep(session, unit)
    note(session, actor, "unit_created", now, {"unit": unit.id, "kind": unit.kind})
    recusals.follow(session, actor, unit.id, now)
    return unit


def change(session: Session, actor: Actor, unit_id: int, details: Details, now: datetime) -> Unit:
    """Change what the register says of a unit. Raises NotPermitted, NotFound, BadInput."""
    require(actor, "people.edit")
    unit = in_reach_of(session, actor, unit_id, lock=True)
    _check(session, actor, details, unit)
    wanted = asdict(details)
    before = {name: getattr(unit, name) for name in wanted if getattr(unit, name) != wanted[name]}
    if before:
        for name in before:
            setattr(unit, name, wanted[name])
        _keep(session, unit)
        after = {name: wanted[name] for name in before}
        facts = {"unit": unit.id, "before": before, "after": after}
        note(session, actor, "unit_changed", now, facts)
        if "managed_by" in before:  # else what was ended by itself would come back with any change
            recusals.follow(session, actor, unit.id, now)
        _move_people(session, actor, unit, now)
    return unit


def _move_people(session: Session, actor: Actor, unit: Unit, now: datetime) -> None:
    """Take the accounts of a unit along to its area, where theirs is none of it any more."""
    path = session.get_one(Area, unit.area_code).path
    query = select(User).where(User.unit_id == unit.id, User.area_code.not_in(path))
    for user in session.scalars(query.order_by(User.id)).all():
        facts = {"before": {"area": user.area_code}, "after": {"area": unit.area_code}}
        user.area_code = unit.area_code
        user.session_epoch += 1
        note(session, actor, "account_changed", now, facts, user_id=user.id)


def close(session: Session, actor: Actor, unit_id: int, now: datetime) -> Unit:
    """Take a unit off every list; what was done stays. Raises MoveNotAllowed with people in it.

    Its area's office itself stays: the public reads its name and number on every page.
    """
    require(actor, "people.edit")
    unit = in_reach_of(session, actor, unit_id, lock=True)
    if not unit.active:
        raise MoveNotAllowed("这个单位已经停用")
    works = select(User.id).where(User.unit_id == unit.id, User.active.is_(True)).limit(1)
    if session.scalar(works) is not None:
        raise MoveNotAllowed("这个单位还有在用的账号，请先停用或调离")
    if office_of(session, unit.area_code) is unit:
        raise MoveNotAllowed(_OFFICE_ITSELF)
    unit.active = False
    note(session, actor, "unit_closed", now, {"unit": unit.id})
    return unit


def reopen(session: Session, actor: Actor, unit_id: int, now: datetime) -> Unit:
    """Put a closed unit back on the lists. Raises MoveNotAllowed."""
    require(actor, "people.edit")
    unit = in_reach_of(session, actor, unit_id, lock=True)
    if unit.active:
        raise MoveNotAllowed("这个单位正在使用")
    unit.active = True
    note(session, actor, "unit_opened", now, {"unit": unit.id})
    return unit


def above(session: Session, actor: Actor, unit: Unit | None) -> Sequence[Unit]:
    """Return the units that may stand above one: the active ones of the actor's areas, and the one
    that does already, wherever it is."""
    query = select(Unit).join(Area, Area.code == Unit.area_code)
    known = Unit.id == (unit.managed_by if unit else None)
    query = query.where(or_(in_reach(actor) & Unit.active.is_(True), known))
    if unit is not None:
        query = query.where(Unit.id != unit.id)
    return session.scalars(query.order_by(Unit.name, Unit.id)).all()


def _keep(session: Session, unit: Unit) -> None:
    """Write a unit; somebody else may have entered the same one a moment ago."""
    try:
        with session.begin_nested():
            session.add(unit)
    except IntegrityError as error:
        raise BadInput({"name": _TWICE}) from error


_OFFICE_ITSELF = "这是本办公室，公众页面上的名称和电话取自这里，不能停用，也不能改作别的"
_TWICE = "这个辖区里已经有这个名称的单位"


def _check(session: Session, actor: Actor, details: Details, unit: Unit | None) -> None:
    """Raise BadInput with everything that is wrong with what was typed."""
    wrong = {**_wrong_words(details), **_wrong_place(session, actor, details, unit)}
    if wrong:
        raise BadInput(wrong)


def _wrong_words(details: Details) -> Mapping[str, str]:
    wrong = {}
    if not 0 < len(details.name) <= _LONGEST_NAME:
        wrong["name"] = "请填写单位名称，最多 120 字"
    if details.kind not in KINDS:
        wrong["kind"] = "请选择单位类别"
    for name, most in _LONGEST.items():
        if len(getattr(details, name)) > most:
            wrong[name] = "写得太长了"
    if details.email and not EMAIL.fullmatch(details.email):
        wrong["email"] = "邮箱的写法不对"
    return wrong


def _wrong_place(
    session: Session, actor: Actor, details: Details, unit: Unit | None
) -> Mapping[str, str]:
    wrong = {}
    here = select(Area.code).where(Area.code == details.area_code, in_reach(actor))
    if session.scalar(here) is None:
        wrong["area"] = "请选择辖区"
    others = select(Unit.name).where(Unit.area_code == details.area_code)
    others = others.where(Unit.id != (unit.id if unit else 0))
    # The desk finds a unit by its name without spaces: two of one name could never be told apart.
    if _bare(details.name) in {_bare(name) for name in session.scalars(others)}:
        wrong["name"] = _TWICE
    wrong.update(_wrong_office(session, details, unit))
    if details.managed_by is not None and not _may_manage(session, actor, details.managed_by, unit):
        wrong["managed_by"] = "请选择主管单位，不能是它自己或它管理的单位"
    return wrong


def _wrong_office(session: Session, details: Details, unit: Unit | None) -> Mapping[str, str]:
    """One office an area, and it stays what and where it is: the public reads its row."""
    there = office_of(session, details.area_code)
    if details.kind == "office" and there is not None and there is not unit:
        return {"kind": "这个辖区已经有督导办公室"}
    if unit is None or (details.kind, details.area_code) == (unit.kind, unit.area_code):
        return {}
    return {"kind": _OFFICE_ITSELF} if office_of(session, unit.area_code) is unit else {}


def _bare(name: str) -> str:
    return "".join(name.split())


def _may_manage(session: Session, actor: Actor, chosen: int, unit: Unit | None) -> bool:
    """Tell whether a unit may stand above another: on offer, and nowhere below it."""
    if chosen not in {one.id for one in above(session, actor, unit)}:
        return False
    return unit is None or not manages(session, unit.id, chosen)
