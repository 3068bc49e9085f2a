"""Bringing an installation to where it can be used: tables, divisions, rules (`caseflow init`)."""

from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from caseflow import migrating
from caseflow.app import Services, Unready
from caseflow.db import Database
from caseflow.deadlines import shipped
from caseflow.errors import BadInput
from caseflow.escalation.defaults import DEFAULT_LADDERS
from caseflow.ledger import visits
from caseflow.people import accounts, divisions, staff
from caseflow.people.tables import Area, User


def prepare(built: Services) -> None:
    """Migrate where needed and load what every office needs; nothing twice.

    Raises Unready where newer code has migrated further than this code knows.
    """
    database = built.database
    found = migrating.current_revision(database.engine)
    if found is not None and found not in migrating.known():
        raise Unready(
            f"the database is at migration {found}: this code is older, install the newer"
        )
    if found != migrating.head():
        migrating.upgrade(database.engine)
    with database.read() as session:
        ready = session.scalar(select(Area.code).limit(1)) is not None
    if not ready:
        database.run(load_rules)


APPEND_ONLY = (
    "entry",
    "item_actor",
    "reveal",
    "file_opening",
    "anchor",
    "circular_entry",
    "accountability_step",
    "accountability_evidence",
    "accountability_inquirer",
)
"""What the application's role may only read and add to. Triggers refuse a change as well, but who
owns a table can switch those off: the promise is made against the application's role (engine 8).
"""


def grant(database: Database, role: str) -> None:
    """Let the application's `role` do what it needs and no more; to be asked by the owner.

    After migrating, for new tables have no rights yet. PostgreSQL only. Raises BadInput for a name
    that no role has.
    """
    if database.is_sqlite:
        raise BadInput({"for": "only PostgreSQL has roles"})
    with database.read() as session:
        known = session.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role})
    if not known:
        raise BadInput({"for": f"there is no role {role}"})
    name = f'"{role.replace(chr(34), chr(34) * 2)}"'
    kept = ", ".join(APPEND_ONLY)
    statements = (
        f"GRANT USAGE ON SCHEMA public TO {name}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}",
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {kept} FROM {name}",
        f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {name}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {name}",
    )
    with database.transaction() as session:
        for statement in statements:
            session.execute(text(statement))


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
