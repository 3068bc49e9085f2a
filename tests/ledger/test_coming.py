"""The dry run says what the sweep does: both on the same office, day for day."""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.deadlines.tables import Clock, Pause
from caseflow.escalation.coming import coming
from caseflow.escalation.sweep import sweep
from caseflow.escalation.tables import Order, Rung
from caseflow.ledger.moves import asking, items, triage
from caseflow.ledger.tables import Case
from tests import demo_office
from tests import office as offices

AHEAD, MONTH = timedelta(days=75), timedelta(days=30)


def swept(session: Session, now: datetime, until: datetime) -> Counter[tuple[object, ...]]:
    """Sweep at every moment at which there is something to do; return the rungs that came."""
    first = session.scalar(select(func.max(Rung.id))) or 0
    moment: datetime | None = now
    while moment is not None and moment <= until:
        while sweep(session, moment):
            pass
        moment = _next(session)
    query = (
        select(Case.number, Clock.name, Rung.n, Rung.action, Rung.planned_at)
        .join(Clock, Clock.id == Rung.clock_id)
        .outerjoin(Case, Case.id == Clock.root_case_id)
        .where(Rung.id > first)
    )
    return Counter((row[0] or "", *row[1:]) for row in session.execute(query))


def _next(session: Session) -> datetime | None:
    rung = select(func.min(Clock.next_rung_at)).where(Clock.state == "running")
    pause = select(func.min(Pause.until)).where(Pause.ended_at.is_(None))
    moments = [session.scalar(rung), session.scalar(pause)]
    return min((moment for moment in moments if moment is not None), default=None)


def foretold(session: Session, now: datetime, until: datetime) -> Counter[tuple[object, ...]]:
    found = coming(session, now, until)
    assert [one.at for one in found] == sorted(one.at for one in found)
    return Counter((o.case_number, o.clock, o.rung, o.action, o.at) for o in found)


def test_every_rung_of_the_demo_office_is_foretold(
    database_url: str, tmp_path: Path, now: datetime
) -> None:
    built = demo_office.make(database_url, tmp_path, now)
    with built.database.transaction() as session:
        said = foretold(session, now, now + MONTH)
        came = swept(session, now, now + MONTH)
        assert said == came
        # Not by leaving out what is hard: drafts of documents yet to come, and ends of pauses.
        stood_still = session.scalars(select(Pause.clock_id).where(Pause.until > now)).all()
        climbed = select(func.count(Rung.id)).where(Rung.clock_id.in_(stood_still), Rung.at > now)
        assert sum(n for key, n in said.items() if key[1] == "draft") > 100
        assert (session.scalar(climbed) or 0) > 10
        session.rollback()
    built.database.close()


@pytest.mark.parametrize("days", [3, 12, 40])
def test_after_a_standstill_only_the_newest_rung_is_foretold_to_draft(
    database: Database, now: datetime, days: int
) -> None:
    late = now + timedelta(days=days)
    with database.transaction() as session:
        office = offices.make(session)
        case, _ = offices.report(session, now)
        triage.accept(session, office["handler"], case.id, now)
        [item] = items.split(session, office["handler"], case.id, ["食堂卫生"], now)
        order = items.Dispatch(office.units["school"], "请核查")
        items.dispatch(session, office["handler"], item.id, order, now)
    with database.transaction() as session:
        said = foretold(session, late, late + AHEAD)
        assert session.scalar(select(func.count(Rung.id))) == 0  # nothing was changed
        assert said == swept(session, late, late + AHEAD)
        assert session.scalar(select(func.count(Order.id))) > 0


def test_a_question_that_is_never_answered_is_foretold_with_what_follows(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        case, report = offices.report(session, now)
        triage.accept(session, office["handler"], case.id, now)
        asking.ask(session, office["handler"], case.id, report.id, "在哪个班？", now)
    with database.transaction() as session:
        said = foretold(session, now, now + AHEAD)
        assert {"resolve", "reply"} <= {key[1] for key in said}
        assert said == swept(session, now, now + AHEAD)
