"""Too many messages from one sender, or from machines altogether, become one row and an alarm.

The first `FREE` within an hour are taken as ever. The next one stands for the storm; what follows
is kept whole, and folded into one row of quarantine beside it, until there was an hour's calm. So
nobody's earlier case is filled by whoever writes under their address, nothing is lost, and a person
can take out of it what is worth a case.
"""

from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import and_, bindparam, case, delete, null, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from caseflow.crypto import blind
from caseflow.db import Moment
from caseflow.intake.filters.letter import Aside, Letter
from caseflow.intake.mail_tables import Storm
from caseflow.intake.rooms import Rooms

FREE = 20
HOUR = timedelta(hours=1)
TOO_MANY = "同一发件人一小时内来信过多，其余来信归在这里，未逐件登记"
MACHINES = "系统自动发出的邮件过多，归在这里"


def of_sender(session: Session, rooms: Rooms, letter: Letter, now: datetime) -> Storm:
    """Count a person's letter; of whoever has no address all count together."""
    contact = letter.report.contact
    who = blind.normal_email(contact.email) or contact.email or contact.name or "nobody"
    return _count(session, rooms, f"sender:{who}", now)


def of_number(session: Session, rooms: Rooms, number: str, now: datetime) -> Storm:
    """Count a text message from a telephone number in normal form."""
    return _count(session, rooms, f"number:{number}", now)


def of_machines(session: Session, rooms: Rooms, aside: Aside, now: datetime) -> Storm:
    """Count what is set aside, all of one reason together: bounces come from everywhere."""
    return _count(session, rooms, f"aside:{aside.reason}", now)


def stands_for(session: Session, storm: Storm, **what: int) -> None:
    """Say which report stands for a storm, or which row of quarantine takes in the rest."""
    session.execute(
        update(Storm)
        .where(Storm.key == storm.key)
        .values(**what)
        .execution_options(synchronize_session=False)
    )


def forget(session: Session, now: datetime) -> None:
    """Drop the counts of whoever wrote nothing for a day; what was folded stays where it is."""
    session.execute(delete(Storm).where(Storm.last_at <= now - 24 * HOUR))


def _count(session: Session, rooms: Rooms, who: str, now: datetime) -> Storm:
    """Count one and return how it stands; one statement, and whoever counts there waits for it."""
    ring = rooms.ring
    key = ring.mac("storm", who.encode(), ring.oldest_key).hex()
    counting = _counting(session.get_bind().dialect.name == "sqlite")
    said = {"who": key, "at": now, "hour_ago": now - HOUR}
    row = session.connection().execute(counting, said).one()
    return Storm(key=key, n=row.n, quarantine_id=row.quarantine_id, report_id=row.report_id)


@cache
def _counting(on_sqlite: bool) -> ReturningInsert[int, int | None, int | None]:
    """Return the statement that counts, built once."""
    at, hour_ago = bindparam("at", type_=Moment()), bindparam("hour_ago", type_=Moment())
    anew = or_(Storm.last_at <= hour_ago, and_(Storm.n <= FREE, Storm.since <= hour_ago))
    insert = sqlite.insert(Storm) if on_sqlite else postgresql.insert(Storm)
    return (
        insert.values(key=bindparam("who"), n=1, since=at, last_at=at)
        .on_conflict_do_update(
            index_elements=[Storm.key],
            set_={
                "n": case((anew, 1), else_=Storm.n + 1),
                "since": case((anew, at), else_=Storm.since),
                "last_at": at,
                "quarantine_id": case((anew, null()), else_=Storm.quarantine_id),
                "report_id": case((anew, null()), else_=Storm.report_id),
            },
        )
        .returning(Storm.n, Storm.quarantine_id, Storm.report_id)
    )
