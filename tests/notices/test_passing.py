"""Who is told that a case is passed on to another office (移送), and where the message leads."""

from datetime import timedelta

from caseflow.escalation.sweep import sweep
from caseflow.ledger.moves import passing, triage
from tests.notices.desk import Desk, desk
from tests.notices.watch import drafted
from tests.office import CITY, DISTRICT

__all__ = ["desk"]

UP = (CITY, "level", "请市里办")
DOWN = (DISTRICT, "area", "属区里")


def test_the_other_office_is_told_and_what_it_answers_comes_back(desk: Desk) -> None:
    case, _ = desk.case(reach="email")
    desk.by(triage.accept, "handler", case.id)
    assert desk.by(passing.pass_on, "supervisor", case.id, *UP) == {"passed_on > city"}
    told = desk.by(passing.send_back, "city", case.id, "属区里")
    assert told == {"sent_back > handler", "sent_back > supervisor"}
    desk.by(passing.pass_on, "supervisor", case.id, *UP)
    assert desk.by(passing.take_back, "supervisor", case.id, "") == {"not_passed_on > city"}
    desk.by(passing.pass_on, "supervisor", case.id, *UP)
    told = desk.by(passing.receive, "city", case.id)
    assert told == {"received > supervisor", "elsewhere > reporter"}
    told = desk.by(passing.pass_on, "city", case.id, *DOWN)
    assert told == {"passed_on > handler", "passed_on > supervisor"}


def test_the_office_that_must_sign_is_urged_and_then_the_level_above(desk: Desk) -> None:
    case, _ = desk.case(area=CITY)
    desk.by(passing.pass_on, "city", case.id, *DOWN)
    for _ in range(5):
        desk.now += timedelta(days=1)
        while sweep(desk.session, desk.now):
            pass
    urged = [one for one in drafted(desk.session) if "移送签收期限" in one.text]
    ids = {f"user:{desk.office[name].id}": name for name in desk.office.actors}
    assert [ids[one.recipient] for one in urged] == ["handler", "supervisor", "leader", "city"]
    read = f"/console/passages/{case.number}"
    assert [read in one.text for one in urged] == [True, True, True, False]
    assert f"/console/cases/{case.number}" in urged[3].text


def test_whoever_had_it_is_led_to_where_it_went(desk: Desk) -> None:
    case, _ = desk.case()
    desk.by(passing.pass_on, "supervisor", case.id, *UP)
    passing.receive(desk.session, desk.office["city"], case.id, desk.now)
    [draft] = [one for one in drafted(desk.session) if one.rule == "received"]
    assert f"/console/?q={case.number}" in draft.text


def test_a_reporter_reads_in_the_letter_who_has_it_and_not_in_the_message(desk: Desk) -> None:
    case, report = desk.case(reach="email")
    desk.by(passing.pass_on, "supervisor", case.id, *UP)
    passing.receive(desk.session, desk.office["city"], case.id, desk.now)
    [draft] = [one for one in drafted(desk.session) if one.rule == "elsewhere"]
    assert report.number in draft.subject
    assert "邵阳" not in draft.text
