"""A small office for tests: three areas, units, a person in every role, made without ceremony."""

import json
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Table, func, insert, select, update
from sqlalchemy.orm import Session

from caseflow.db import Base
from caseflow.deadlines import shipped
from caseflow.deadlines.tables import RulesEdition
from caseflow.escalation.defaults import DEFAULT_LADDERS
from caseflow.files.tables import Blob
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.moves import opening
from caseflow.ledger.moves.opening import NewReport
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case
from caseflow.people import accounts, divisions
from caseflow.people.actor import REPORTER, Actor
from caseflow.people.divisions import Division
from caseflow.people.tables import Area, Post, Unit, User
from caseflow.vault.tables import Identity, Original

DISTRICT = "430503"
CITY = "430500"
OTHER = "430502"

_PEOPLE = {
    "operator": ("operator", DISTRICT),
    "handler": ("handler", DISTRICT),
    "inspector": ("inspector", DISTRICT),
    "reviewer": ("reviewer", DISTRICT),
    "supervisor": ("supervisor", DISTRICT),
    "leader": ("leader", DISTRICT),
    "auditor": ("auditor", DISTRICT),
    "administrator": ("administrator", DISTRICT),
    "city": ("supervisor", CITY),
    "stranger": ("supervisor", OTHER),
}
_POSTS = {
    "shift_leader": "operator",
    "office_handler": "handler",
    "supervisor": "supervisor",
    "leader": "leader",
}


@dataclass
class Office:
    """Ids and actors of what `make` put into the database."""

    units: dict[str, int] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Actor:
        """Return the actor of that name: office["handler"]."""
        return self.actors[name]


def make(session: Session, password: str = "") -> Office:
    """Put areas, policies, ladders, units, people and posts into an empty database.

    Made once in each test process; afterwards the same rows are copied in, which is much quicker.
    """
    session.flush()
    if password not in _MADE:
        before = _rows(session)
        if any(before.values()):
            return _make(session, password)
        office = _make(session, password)
        edition = session.scalars(select(RulesEdition.edition)).one()
        _MADE[password] = office, _rows(session), edition
        return deepcopy(office)
    office, rows, edition = _MADE[password]
    for table, values in rows.items():
        if values:
            session.execute(insert(table), values)
    # They are the same rules, so they have the same mark; a process need not read them again.
    session.execute(update(RulesEdition).values(edition=edition))
    _count_on(session, rows)
    return deepcopy(office)


_Rows = dict[Table, list[dict[str, Any]]]
_MADE: dict[str, tuple[Office, _Rows, str]] = {}


def _rows(session: Session) -> _Rows:
    return {
        table: [dict(row) for row in session.execute(select(table)).mappings()]
        for table in Base.metadata.sorted_tables
        if table.name != RulesEdition.__tablename__  # the database writes it
    }


def _count_on(session: Session, rows: _Rows) -> None:
    """Let PostgreSQL give the next row the next id: it counts only the rows that it numbers."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for table, values in rows.items():
        if values and "id" in values[0] and isinstance(values[0]["id"], int):
            sequence = func.pg_get_serial_sequence(table.name, "id")
            session.execute(select(func.setval(sequence, max(row["id"] for row in values))))


def _make(session: Session, password: str) -> Office:
    _areas(session)
    shipped.load(session, DEFAULT_LADDERS)
    office = Office()
    for name, kind in (("school", "school"), ("academy", "institution"), ("section", "office")):
        unit = Unit(area_code=DISTRICT, name=f"测试{name}", kind=kind, active=True)
        session.add(unit)
        session.flush()
        office.units[name] = unit.id
    branch = Unit(
        area_code=DISTRICT, name="测试branch", kind="school", managed_by=office.units["school"]
    )
    session.add(branch)
    session.flush()
    office.units["branch"] = branch.id
    stored = accounts.hash_password(password) if password else "!"
    for name, (role, area) in _PEOPLE.items():
        _person(session, office, name, role, area, None, stored)
    for name in ("school", "academy", "branch"):
        _person(session, office, name, "unit", DISTRICT, office.units[name], stored)
        user = office[name].person
        for duty in ("unit_handler", "unit_head"):
            session.add(
                Post(duty=duty, area_code=DISTRICT, unit_id=office.units[name], user_id=user)
            )
    for duty, name in _POSTS.items():
        session.add(Post(duty=duty, area_code=DISTRICT, user_id=office[name].person))
    session.add(Post(duty="supervisor", area_code=CITY, user_id=office["city"].person))
    session.flush()
    return office


@cache
def _divisions() -> dict[str, Division]:
    return {row.code: row for row in divisions.read()}


def _areas(session: Session) -> None:
    rows = _divisions()
    for code in ("430000", CITY, DISTRICT, OTHER):
        row = rows[code]
        session.add(Area(**divisions.columns(row, rows)))
        session.flush()


def _person(
    session: Session, office: Office, name: str, role: str, area: str, unit: int | None, stored: str
) -> None:
    user = User(
        username=name,
        name=f"测试{name}",
        role=role,
        area_code=area,
        unit_id=unit,
        password_hash=stored,
        email=f"{name}@office.example",
    )
    session.add(user)
    session.flush()
    office.actors[name] = accounts.actor_of(session, user)


_serial = iter(range(1, 10_000_000))


def new_report(
    session: Session,
    now: datetime,
    *,
    kind: str = "complaint",
    reach: str = "",
    urgent: bool = False,
    unit: int | None = None,
    area: str = DISTRICT,
    **more: object,
) -> NewReport:
    """Make up a report that is ready for the ledger.

    `reach`: how its sender can be reached: '', 'email', 'phone' or 'email,phone'.
    """
    key = f"test-{next(_serial)}"
    session.add(Original(id=key, sealed=b"-", size=1, received_at=now))
    identity = None
    if reach:
        identity = f"i-{key}"
        session.add(Identity(id=identity, can_be_reached=reach, created_at=now))
    session.flush()
    return NewReport(
        registered=opening.register(session, area, now),
        channel="webform",
        channel_key=key,
        received_at=now,
        kind=kind,
        text="食堂周三的菜里有虫，孩子吃了肚子疼。",
        original_id=key,
        anonymous=not reach,
        reachable=bool(reach),
        identity_id=identity,
        urgent=urgent,
        unit_id=unit,
        **more,  # type: ignore[arg-type]
    )


def report(session: Session, now: datetime, **more: object) -> tuple[Case, Report]:
    """Open a case for a made-up report; see `new_report` for what can be said."""
    made = new_report(session, now, **more)  # type: ignore[arg-type]
    opened = opening.open_case(session, REPORTER, made, now)
    return opened.case, opened.report


def entries_since(session: Session, case: Case, n: int) -> list[str]:
    """Return the verbs written into a case's history after entry `n`."""
    query = select(Entry.verb).where(Entry.case_id == case.id, Entry.n > n).order_by(Entry.n)
    return list(session.scalars(query))


def last_entry(session: Session, case: Case, verb: str) -> dict[str, Any]:
    """Return the body of the newest entry of that verb."""
    query = select(Entry.body).where(Entry.case_id == case.id, Entry.verb == verb)
    body = session.scalars(query.order_by(Entry.n.desc()).limit(1)).one()
    return dict(json.loads(body))


def first_report(session: Session, case: Case) -> Report:
    """Return the report that opened a case."""
    return opening.first_reports(session, case)[0]


def blob(session: Session, now: datetime) -> str:
    """Name a file that is said to lie in the store, and return its id."""
    key = f"blob-{now:%y%m%d%H%M%S%f}"
    if session.get(Blob, key) is None:
        values = {"sha256": "0" * 64, "size": 1, "media_type": "image/png", "key_id": "k"}
        session.add(Blob(id=key, stored_at=now, **values))
        session.flush()
    return key
