"""Who works in the demo office: ten named accounts, some colleagues, one password for all.

The password stands in a file that only the owner can read; where the file is, the office is a
demo one.
"""

import os
import secrets
from pathlib import Path

from sqlalchemy.orm import Session

from caseflow.demo.places import CITY, DISTRICT
from caseflow.people import accounts
from caseflow.people.actor import Actor
from caseflow.people.tables import Post, User
from caseflow.words import ROLES

FILE = "demo-password"

# account: (role, name, area, unit key)
_NAMED: dict[str, tuple[str, str, str, str]] = {
    "operator": ("operator", "周晓岚", DISTRICT, ""),
    "handler": ("handler", "陈立群", DISTRICT, ""),
    "reviewer": ("reviewer", "何静宜", DISTRICT, ""),
    "supervisor": ("supervisor", "罗国平", DISTRICT, ""),
    "leader": ("leader", "谭文远", DISTRICT, ""),
    "inspector": ("inspector", "刘启正", DISTRICT, ""),
    "unit": ("unit", "彭雪梅", DISTRICT, "zhangye"),
    "auditor": ("auditor", "邓少秋", DISTRICT, ""),
    "admin": ("administrator", "宋一凡", DISTRICT, ""),
    "city": ("supervisor", "贺长青", CITY, ""),
}
_COLLEAGUES: dict[str, tuple[str, str, str, str]] = {
    "operator2": ("operator", "唐敏", DISTRICT, ""),
    "handler2": ("handler", "肖宁", DISTRICT, ""),
    "reviewer2": ("reviewer", "曾德厚", DISTRICT, ""),
    "inspector2": ("inspector", "易思源", DISTRICT, ""),
    "inspector3": ("inspector", "石佩兰", DISTRICT, ""),
    "cityleader": ("leader", "蒋致和", CITY, ""),
}
# unit key: (handler, head); a dash means that the post is vacant.
_OF_UNITS = {
    "basic": ("廖红梅", "伍建设"),
    "training": ("欧阳帆", "段志刚"),
    "funding": ("颜小曼", "-"),
    "zhangye": ("", "申玉梁"),
    "zhangye_east": ("尹海燕", "-"),
    "yanchi": ("龙思思", "黎永福"),
    "linxi": ("卿向东", "阳春生"),
    "liyuan": ("付雅琴", "孟广田"),
    "yanhui": ("银丽君", "夏维民"),
    "tingsong": ("翟明亮", "简惠兰"),
    "mingji": ("匡新宇", "戴崇山"),
    "orange": ("岳小荷", "安素云"),
    "sprout": ("-", "米兰芝"),
    "carp": ("屈大江", "-"),
    "ink": ("柏青", "-"),
}
_POSTS = {
    "shift_leader": ("operator", "operator2"),
    "office_handler": ("handler", "handler2"),
    "supervisor": ("supervisor", None),
    "leader": ("leader", None),
}
_CITY_POSTS = {"supervisor": "city", "leader": "cityleader"}
_WITHOUT_EMAIL = ("carp", "ink")


def make(session: Session, units: dict[str, int], password: str) -> dict[str, Actor]:
    """Add people and posts; return actors by account; a unit's handler has the unit's key."""
    stored = accounts.hash_password(password)
    users: dict[str, User] = {}

    def add(username: str, role: str, name: str, area: str, unit: str, mail: bool = True) -> User:
        user = User(
            username=username,
            name=name,
            role=role,
            area_code=area,
            unit_id=units[unit] if unit else None,
            password_hash=stored,
            email=f"{username.replace('_', '-')}@office.example" if mail else None,
        )
        users[username] = user
        return user

    for username, (role, name, area, unit) in (_NAMED | _COLLEAGUES).items():
        add(username, role, name, area, unit)
    heads: dict[str, tuple[User | None, User | None]] = {}
    for unit, (handler, head) in _OF_UNITS.items():
        mail = unit not in _WITHOUT_EMAIL
        named = {"": users["unit"], "-": None}
        heads[unit] = (
            named[handler]
            if handler in named
            else add(unit, "unit", handler, DISTRICT, unit, mail),
            named[head]
            if head in named
            else add(f"{unit}_head", "unit", head, DISTRICT, unit, mail),
        )
    session.add_all(users.values())
    session.flush()
    _posts(session, users)
    _posts_of_units(session, units, heads)
    return {name: accounts.actor_of(session, user) for name, user in users.items()}


def _posts(session: Session, users: dict[str, User]) -> None:
    for duty, (holder, deputy) in _POSTS.items():
        session.add(
            Post(
                duty=duty,
                area_code=DISTRICT,
                user_id=users[holder].id,
                deputy_id=users[deputy].id if deputy else None,
            )
        )
    for duty, holder in _CITY_POSTS.items():
        session.add(Post(duty=duty, area_code=CITY, user_id=users[holder].id))


def _posts_of_units(
    session: Session,
    units: dict[str, int],
    people: dict[str, tuple[User | None, User | None]],
) -> None:
    """Fill the two posts of each unit; a vacant one stands there with nobody in it."""
    for unit, pair in people.items():
        for duty, user in zip(("unit_handler", "unit_head"), pair, strict=True):
            session.add(
                Post(
                    duty=duty,
                    area_code=DISTRICT,
                    unit_id=units[unit],
                    user_id=user.id if user else None,
                )
            )


def choose_password(home: Path, wanted: str) -> str:
    """Return `wanted` or a random password, kept in the home folder for its owner's eyes."""
    password = wanted or secrets.token_urlsafe(9)
    file = home / FILE
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(password + "\n")
    return password


def lines(home: Path, address: str) -> list[str]:
    """Return what to print about the accounts; nothing when this is no demo office."""
    file = home / FILE
    if not file.exists():
        return []
    named = "  ".join(f"{name} {ROLES[role]}" for name, (role, *_) in _NAMED.items())
    return [
        f"演示账号  {address}/login",
        f"  {named}",
        f"  密码 {file.read_text().strip()}",
    ]
