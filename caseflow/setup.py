"""Bringing an installation to where it can be used: tables, divisions, rules (`caseflow init`)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow import migrating
from caseflow.app import Services
from caseflow.deadlines import shipped
from caseflow.escalation.defaults import DEFAULT_LADDERS
from caseflow.ledger import visits
from caseflow.people import accounts, divisions, staff
from caseflow.people.tables import Area, User


def prepare(built: Services) -> None:
    """Migrate where needed and load what every office needs; nothing twice."""
    database = built.database
    if not migrating.is_current(database.engine):
        migrating.upgrade(database.engine)
    with database.read() as session:
        ready = session.scalar(select(Area.code).limit(1)) is not None
    if not ready:
        database.run(load_rules)


def load_rules(session: Session) -> None:
    """Load divisions, default policies, default ladders, and where a visit is demanded."""
    divisions.load(session)
    shipped.load(session, DEFAULT_LADDERS)
    visits.load(session)


def is_empty(built: Services) -> bool:
    """Tell whether nobody has an account yet."""
    with built.database.read() as session:
        return session.scalar(select(User.id).limit(1)) is None


def add_administrator(built: Services, username: str, name: str, now: datetime) -> str:
    """Make an administrator of the installation's area; return the first password. BadInput."""
    password = staff.fresh_password()
    stored = accounts.hash_password(password)
    area = built.rooms.area
    built.database.run(lambda s: staff.first_administrator(s, area, username, name, stored, now).id)
    return password


def fill_with_demo(built: Services, now: datetime) -> None:
    """Make the demo office in an empty database."""
    from caseflow.demo import make

    make(built, now)
