"""The demo office: some forty cases that really happened to nobody, made by the real moves.

Only ever made by `caseflow demo` and `make run`, in an empty database. Its past is quiet: nobody
is sent a message about it.
"""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from caseflow.app import Services
from caseflow.clock import local
from caseflow.demo import accounts as people
from caseflow.demo import circulars, doors, pictures, places, quarantine
from caseflow.demo.programme import courses
from caseflow.demo.story import Stage
from caseflow.demo.timeline import Days, calendar_of, play
from caseflow.files import blobs
from caseflow.intake import handover
from caseflow.outbox.tables import Event
from caseflow.people import absences
from caseflow.people.actor import Actor
from caseflow.people.tables import User

__all__ = ["accounts", "make"]


def make(built: Services, now: datetime) -> None:
    """Make office and cases in one transaction, all of it or nothing, in an empty database; then
    take over its old ledger.

    Does nothing where somebody has an account already.
    """
    boss = built.database.run(lambda session: _make(session, built, now))
    if boss is not None:
        doors.old_ledger(built, boss, now)  # in transactions of its own, as an office does it
        built.database.run(_mute)


def accounts(built: Services) -> list[str]:
    """Return the lines that say how to sign in; none where this is no demo office."""
    return people.lines(built.settings.home, built.settings.public_url)


def _make(session: Session, built: Services, now: datetime) -> Actor | None:
    """Return the supervisor of the office that was made, None where there was one."""
    if session.scalar(select(User.id).limit(1)) is not None:
        return None
    rooms = built.rooms
    units = places.make(session)
    # Written down before the commit, so that no office exists whose password nobody knows.
    password = people.choose_password(built.settings.home, built.settings.demo_password)
    actors = people.make(session, units, password)
    kept = [blobs.name(session, rooms.accept(pictures.picture(n)), now) for n in range(4)]
    stage = Stage(
        session, rooms, Days(now, calendar_of(session)), units, actors, [blob.id for blob in kept]
    )
    beside = (quarantine.unreadable(stage), doors.telephone(stage))
    play(session, [*courses(stage), *beside], now)
    circulars.make(stage, now)
    _hand_over(session, stage, now)
    _send_away(session, stage, now)
    _mute(session)
    return actors["supervisor"]


def _hand_over(session: Session, stage: Stage, now: datetime) -> None:
    """Let the shift before leave two notes to the one that begins."""
    for hours, text in zip((3, 2), _NOTES, strict=True):
        at = now - timedelta(hours=hours)
        handover.leave(session, stage.rooms.ring, stage.people["operator"], text, at)


def _send_away(session: Session, stage: Stage, now: datetime) -> None:
    """Let one handler be at a training since yesterday, and the other stand in."""
    gone, stays = stage.people["handler2"], stage.people["handler"]
    at = now - timedelta(days=1)
    first = local(at).date()
    days = (first, first + timedelta(days=5))
    absences.enter(session, gone, gone.person, days, stays.person, at)


_NOTES = (
    "下午三点左右有一位家长到窗口补交缴费单据，原件看过退回，复印件交承办人。",
    "二号话机有杂音，已报修，先用一号机。",
)


def _mute(session: Session) -> None:
    """Mark every event as expanded without messages."""
    session.flush()
    session.execute(
        update(Event)
        .where(Event.expanded_at.is_(None))
        .values(quiet=True, expanded_at=Event.at)
        .execution_options(synchronize_session=False)
    )
