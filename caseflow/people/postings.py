"""Posts as an administrator sees them: who holds which, who gets the messages of a vacant one.

The way past a vacant post is `posts.holder`'s; here it is followed for many posts in few queries.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from caseflow.errors import BadInput, NotFound
from caseflow.people import absences
from caseflow.people.actor import Actor
from caseflow.people.office_changes import in_reach, note
from caseflow.people.permissions import OFFICE, require
from caseflow.people.posts import NOBODY, Away, acting, holder, in_turn
from caseflow.people.tables import Area, Post, Unit, User
from caseflow.refs import whole

OFFICE_DUTIES = ("shift_leader", "office_handler", "supervisor", "leader")
UNIT_DUTIES = ("unit_handler", "unit_head")


@dataclass(frozen=True)
class Posting:
    """One post. `acting` serves now (the holder, else the deputy, else who stands in for one of
    them); `instead` gets the messages while nobody does. `away`: who is not there now.
    """

    duty: str
    area: Area
    unit: Unit | None
    holder: User | None
    deputy: User | None
    stand_ins: Sequence[User] = ()
    away: Away = field(default_factory=dict)
    instead: Sequence[User] = ()

    @property
    def acting(self) -> User | None:
        """Who serves now; None when the post is vacant."""
        unit = self.unit.id if self.unit else None
        people = (self.holder, self.deputy, *self.stand_ins)
        return acting(people, self.area.code, unit, self.away)

    @property
    def key(self) -> str:
        """What names the post in an address: duty, area, unit."""
        return f"{self.duty}-{self.area.code}-{self.unit.id if self.unit else 0}"


@dataclass(frozen=True)
class Duty:
    """A post as one of its people sees it."""

    key: str
    duty: str
    unit: str
    deputy: bool


def of_office(session: Session, actor: Actor, now: datetime) -> list[Posting]:
    """Return the office posts of the actor's own area and of those below where one was ever set."""
    areas = {area.code: area for area in session.scalars(select(Area).where(in_reach(actor)))}
    of = and_(Post.unit_id.is_(None), Post.area_code.in_(areas))
    held = _held(session, of, absences.away(session, now))
    codes = {actor.area, *(str(code) for _, code in held.posts)}
    return [
        _posting(session, duty, areas[code], None, held, now)
        for code in sorted(codes)
        for duty in OFFICE_DUTIES
    ]


def of_units(
    session: Session,
    actor: Actor,
    vacant: bool,
    now: datetime,
    after: int = 0,
    limit: int = 50,
) -> tuple[list[Posting], int]:
    """Return the posts of up to `limit` units, and the id after which the next begin (0 = none).

    `vacant`: only posts that nobody serves now.
    """
    query = (
        select(Unit, Area).join(Area, Area.code == Unit.area_code).where(in_reach(actor))
    ).where(Unit.active.is_(True), Unit.kind != "office", Unit.id > after)
    rows = session.execute(query.order_by(Unit.id).limit(limit + 1)).all()
    page = rows[:limit]
    of = Post.unit_id.in_([unit.id for unit, _ in page])
    held = _held(session, of, absences.away(session, now))
    codes = {area.code for _, area in page}
    filled = {code: holder(session, "office_handler", code, now=now) for code in codes}
    found = [_of_unit(unit, area, held, filled[area.code]) for unit, area in page]
    posts = [post for both in found for post in both if not (vacant and post.acting)]
    return posts, page[-1][0].id if len(rows) > limit else 0


_Filled = tuple[User | None, User | None, Sequence[User]]
_VACANT: _Filled = (None, None, ())


@dataclass(frozen=True)
class _Held:
    """Holder, deputy and stand-ins by duty and unit (area for posts of the office)."""

    posts: Mapping[tuple[str, str | int], _Filled]
    away: Away

    def posting(self, duty: str, area: Area, unit: Unit | None) -> Posting:
        filled = self.posts.get((duty, unit.id if unit else area.code), _VACANT)
        return Posting(duty, area, unit, *filled, self.away)


def _held(session: Session, of: ColumnElement[bool], away: Away = NOBODY) -> _Held:
    """Return who fills some posts, in three statements.

    A unit's post is the unit's whatever area its row names: so `posts.holder` finds it.
    """
    posts = session.scalars(select(Post).where(of).order_by(Post.id.desc())).all()
    ids = {one for post in posts for one in in_turn(post.user_id, post.deputy_id, away)}
    people = {user.id: user for user in session.scalars(select(User).where(User.id.in_(ids)))}
    return _Held(
        {(p.duty, p.unit_id or p.area_code): _filled(p, people, away) for p in posts}, away
    )


def _filled(post: Post, people: Mapping[int, User], away: Away) -> _Filled:
    own = (post.user_id, post.deputy_id)
    stand_ins = [people[one] for one in in_turn(*own, away) if one not in own and one in people]
    return people.get(own[0] or 0), people.get(own[1] or 0), stand_ins


def _of_unit(unit: Unit, area: Area, held: _Held, above: Sequence[User]) -> tuple[Posting, Posting]:
    """Return the two posts of a unit: a vacant handler's messages go to the head, then up."""
    head = held.posting("unit_head", area, unit)
    if head.acting is None:
        head = replace(head, instead=above)
    handler = held.posting("unit_handler", area, unit)
    if handler.acting is None:
        handler = replace(handler, instead=[head.acting] if head.acting else above)
    return handler, head


def _posting(
    session: Session, duty: str, area: Area, unit: Unit | None, held: _Held, now: datetime
) -> Posting:
    post = held.posting(duty, area, unit)
    if post.acting is not None:
        return post
    instead = holder(session, duty, area.code, unit.id if unit else None, now=now)
    return replace(post, instead=instead)


def posting(session: Session, actor: Actor, key: str, now: datetime) -> Posting:
    """Return the post of an address; raises NotFound for none or one outside the areas."""
    duty, _, rest = key.partition("-")
    code, _, unit_id = rest.partition("-")
    known = code.isascii() and code.isdecimal() and duty in (*OFFICE_DUTIES, *UNIT_DUTIES)
    area = session.scalar(select(Area).where(Area.code == code, in_reach(actor))) if known else None
    unit = session.get(Unit, whole(unit_id) or 0) if area and duty in UNIT_DUTIES else None
    of_unit = unit is not None and unit.area_code == code
    if area is None or (duty in UNIT_DUTIES and not of_unit) or (not of_unit and unit_id != "0"):
        raise NotFound("没有这个岗位")
    held = _held(session, _rows(duty, area, unit), absences.away(session, now))
    return _posting(session, duty, area, unit, held, now)


def _rows(duty: str, area: Area, unit: Unit | None) -> ColumnElement[bool]:
    """Return the condition on rows of one post."""
    if unit is not None:
        return and_(Post.duty == duty, Post.unit_id == unit.id)
    return and_(Post.duty == duty, Post.area_code == area.code, Post.unit_id.is_(None))


def candidates(session: Session, post: Posting) -> Sequence[User]:
    """Return who may hold a post (`posts.serves` in SQL): the unit's own people, else the office's
    people of the area.
    """
    query = select(User).where(User.active.is_(True))
    if post.unit is not None:
        query = query.where(User.unit_id == post.unit.id)
    else:
        query = query.where(User.role.in_(OFFICE), User.area_code == post.area.code)
    return session.scalars(query.order_by(User.name, User.id)).all()


def assign(
    session: Session,
    actor: Actor,
    key: str,
    user_id: int | None,
    deputy_id: int | None,
    now: datetime,
) -> Posting:
    """Say who holds a post and who stands in; None leaves it vacant.

    Raises NotPermitted, NotFound, BadInput.
    """
    require(actor, "people.edit")
    post = posting(session, actor, key, now)
    known = {user.id: user for user in candidates(session, post)}
    wrong = {
        field: "请从列表中选择"
        for field, chosen in (("user", user_id), ("deputy", deputy_id))
        if chosen is not None and chosen not in known
    }
    if not wrong and user_id is not None and user_id == deputy_id:
        wrong["deputy"] = "代理人不能是本人"
    if not wrong and user_id is None and deputy_id is not None:
        wrong["user"] = "先选择任职人，再选代理人"
    if wrong:
        raise BadInput(wrong)
    was = _write(session, post, user_id, deputy_id)
    facts = {
        "duty": post.duty,
        "area": post.area.code,
        "unit": post.unit.name if post.unit else None,
        "was": was,
        "now": _names(known, (user_id, deputy_id)),
    }
    note(session, actor, "post_assigned", now, facts, user_id=user_id)
    return posting(session, actor, key, now)


def _write(
    session: Session, post: Posting, user_id: int | None, deputy_id: int | None
) -> list[str]:
    """Write the post's row; return who held it.

    Of two who fill a post for the first time the second waits for the first at its area: there is
    no row yet to wait at.
    """
    session.get_one(Area, post.area.code, with_for_update={"key_share": True})
    query = select(Post).where(_rows(post.duty, post.area, post.unit))
    row = session.scalars(query.order_by(Post.id).limit(1).with_for_update()).first()
    was = [user.name for user in (post.holder, post.deputy) if user]
    if row is None:
        unit_id = post.unit.id if post.unit else None
        row = Post(duty=post.duty, area_code=post.area.code, unit_id=unit_id)
    row.user_id, row.deputy_id = user_id, deputy_id
    session.add(row)
    session.flush()
    return was


def _names(known: Mapping[int, User], ids: Iterable[int | None]) -> list[str]:
    return [known[one].name for one in ids if one is not None]


def duties_of(session: Session, user_ids: Collection[int]) -> dict[int, list[Duty]]:
    """Return what posts some people hold or stand in for."""
    query = (
        select(Post, Unit.name, Unit.area_code)
        .outerjoin(Unit, Unit.id == Post.unit_id)
        .where(or_(Post.user_id.in_(user_ids), Post.deputy_id.in_(user_ids)))
        .order_by(Post.id)
    )
    found: dict[int, list[Duty]] = {}
    for post, unit, area in session.execute(query):
        key = f"{post.duty}-{area or post.area_code}-{post.unit_id or 0}"
        for user_id, deputy in ((post.user_id, False), (post.deputy_id, True)):
            if user_id is not None and user_id in user_ids:
                found.setdefault(user_id, []).append(Duty(key, post.duty, unit or "", deputy))
    return found
