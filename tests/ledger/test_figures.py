"""The figures of `docs/figures.md`, against an example counted by hand."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from caseflow.clock import Period
from caseflow.db import Database
from caseflow.insight.figures import Figures, Share, figures
from caseflow.ledger.moves import check, closing, excluding, triage
from caseflow.ledger.moves.heard import Heard
from caseflow.ledger.report_tables import CallBack
from caseflow.ledger.tables import Case, Item
from caseflow.people.scope import scope_of
from tests import office as offices
from tests.ledger.test_main_job import dispatched, submitted
from tests.office import Office

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))


def lived(session: Session, now: datetime) -> Office:
    """Live an example. Of three that were dispatched one is submitted in time, one too late and
    returned, one nobody signs for; two are answered and called back, one of them in vain; one is
    anonymous and stays where it is, one is declined.
    """
    office = offices.make(session)
    supervisor = office["supervisor"]
    submitted(session, office, dispatched(session, office, now, reach="phone"), now + HOUR)
    again = dispatched(session, office, now, reach="phone")
    submitted(session, office, again, now + 20 * DAY)
    check.return_item(session, office["reviewer"], again.id, "材料不全", now + 21 * DAY)
    dispatched(session, office, now - DAY, reach="phone")  # nobody signs for it
    offices.report(session, now)  # anonymous
    case, _ = offices.report(session, now, reach="phone")
    case.state = "declined"  # how it got there is not what this is about
    for answer in (True, False):
        case, report = offices.report(session, now, reach="phone")
        triage.accept(session, supervisor, case.id, now)
        case.state = "replying"  # how it got there is not what this is about
        closing.reply(session, supervisor, case.id, report.id, "已整改", "telephone", now + HOUR)
        told = (
            Heard(True, solved=True, satisfied=False, words="慢")
            if answer
            else Heard(reached=False)
        )
        for _ in range(2):
            closing.call_back(session, supervisor, case.id, told, now + 2 * HOUR)
    return office


def seen(database: Database, office: Office, period: Period, now: datetime) -> Figures:
    with database.read() as session:
        return figures(session, scope_of(office["supervisor"]), period, now)


def test_each_figure_is_as_counted_by_hand(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        office = lived(session, now)
    found = seen(database, office, MARCH, now + 30 * DAY)
    assert found.every.counts == {
        "reports": 7,
        "anonymous": 1,
        "not_ours": 1,
        "called": 1,
        "unreached": 1,
        "imported": 0,
    }
    assert found.kept == found.every
    assert found.every.shares == {
        "response": Share(2, 5),
        "repeated": Share(0, 7),
        "solution": Share(1, 1),
        "satisfaction": Share(0, 1),
        "substantiated": Share(2, 2),
        "sent_back": Share(1, 2),
        "submission": Share(1, 2),
        "signing": Share(1, 3),
        "acceptance": Share(3, 7),
        "closure": Share(2, 7),
    }
    assert found.late_units == [("测试school", 2)]  # the returned one, and what nobody signed for
    assert [n for _, n in found.late_areas] == [6]  # all but the declined one


def test_what_was_left_out_is_shown_beside_and_counts_again_once_lifted(
    database: Database, now: datetime
) -> None:
    """Left out: the first item's case, and that of the reporter who was reached."""
    with database.transaction() as session:
        office = lived(session, now)
        before = figures(session, scope_of(office["supervisor"]), MARCH, now + 30 * DAY)
        item = session.scalars(select(Item.case_id).order_by(Item.id)).first() or 0
        called = session.scalars(select(CallBack.case_id).where(CallBack.reached)).first() or 0
        for case in (item, called):
            session.get_one(Case, case).state = "closed"  # how it got there is not the point
            why = ("repeated", "第九次", now + DAY)
            excluding.ask_exclusion(session, office["handler"], case, *why)
        half = figures(session, scope_of(office["supervisor"]), MARCH, now + 30 * DAY)
        assert half == replace(before, late_areas=half.late_areas)  # nobody has decided yet
        for case in (item, called):
            excluding.exclude(session, office["leader"], case, "", now + DAY)
    found = seen(database, office, MARCH, now + 30 * DAY)
    assert found.every == before.every
    assert found.kept.counts == {
        "reports": 5,
        "anonymous": 1,
        "not_ours": 1,
        "called": 0,
        "unreached": 1,
        "imported": 0,
    }
    assert found.kept.shares == {
        "response": Share(1, 3),
        "repeated": Share(0, 5),
        "solution": Share(0, 0),
        "satisfaction": Share(0, 0),
        "substantiated": Share(1, 1),
        "sent_back": Share(1, 1),
        "submission": Share(0, 1),
        "signing": Share(0, 2),
        "acceptance": Share(2, 5),
        "closure": Share(1, 5),
    }
    with database.transaction() as session:
        excluding.lift_exclusion(session, office["leader"], called, "应计入", now + DAY)
    again = seen(database, office, MARCH, now + 30 * DAY)
    assert again.kept.shares["satisfaction"] == Share(0, 1)
    assert again.kept.counts["reports"] == 6


def test_a_period_is_of_shanghai_days_and_both_ends_belong_to_it(
    database: Database, now: datetime
) -> None:
    midnight = Period(date(2026, 3, 3), date(2026, 3, 3)).since
    with database.transaction() as session:
        office = offices.make(session)
        for moment in (midnight - HOUR / 60, midnight, midnight + DAY - HOUR / 60, midnight + DAY):
            offices.report(session, moment)
    day = Period(date(2026, 3, 3), date(2026, 3, 3))
    assert seen(database, office, day, now).every.counts["reports"] == 2


def test_another_areas_are_counted_there_and_the_level_above_counts_both(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        offices.report(session, now)
        offices.report(session, now, area=offices.OTHER)
    counted = {}
    for who in ("supervisor", "city", "stranger", "school"):
        with database.read() as session:
            found = figures(session, scope_of(office[who]), MARCH, now)
        counted[who] = found.every.counts["reports"]
    assert counted == {"supervisor": 1, "city": 2, "stranger": 1, "school": 0}


def test_a_fixed_number_of_statements(sqlite_database: Database, now: datetime) -> None:
    with sqlite_database.transaction() as session:
        office = lived(session, now)
    sent: list[str] = []
    scope = scope_of(office["supervisor"])

    def note(_link: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.startswith("SELECT"):
            sent.append(statement)

    event.listen(sqlite_database.engine, "before_cursor_execute", note)
    try:
        with sqlite_database.read() as session:
            figures(session, scope, MARCH, now)
    finally:
        event.remove(sqlite_database.engine, "before_cursor_execute", note)
    assert len(sent) == 7


@pytest.mark.parametrize("part", [0, 1])
def test_a_share_of_nothing_is_no_share(part: int) -> None:
    assert Share(part, 0).percent is None
    assert Share(part, 4).percent == part * 25
