"""Who is told of what was proposed for a case, and of what became of it."""

from datetime import timedelta

from caseflow.deadlines import clocks
from caseflow.escalation.sweep import sweep
from caseflow.ledger.moves import proposing, triage
from caseflow.ledger.moves.record import whole
from caseflow.ledger.moves.triage import Because
from caseflow.ledger.tables import Case
from caseflow.people.tables import Recusal
from tests.notices.desk import Desk, desk

__all__ = ["desk"]

OURS_NOT = Because("outside", "不归我们")


def proposes(desk: Desk, who: str = "handler", **more: object) -> tuple[Case, set[str]]:
    case, _ = desk.case(**more)
    return case, desk.by(proposing.propose, who, case.id, "decline", OURS_NOT)


def test_a_supervisor_is_asked_and_whoever_proposed_hears_the_answer(desk: Desk) -> None:
    case, told = proposes(desk, "operator")
    assert told == {"proposal > supervisor"}
    said = desk.by(proposing.refuse_proposal, "supervisor", case.id, "归我们")
    assert said == {"not_approved > operator"}


def test_what_was_approved_is_told_to_the_reporter_and_needs_no_second_look(desk: Desk) -> None:
    case, _ = proposes(desk, reach="email")
    said = desk.by(proposing.approve, "supervisor", case.id, "")
    assert {one.partition(" > ")[0] for one in said} == {"decision", "approved"}
    assert "approved > handler" in said


def test_what_one_person_declines_is_still_looked_at(desk: Desk) -> None:
    case, _ = proposes(desk)
    said = desk.by(triage.decline, "supervisor", case.id, "不归我们")
    assert {one.partition(" > ")[0] for one in said} == {"second_look"}


def test_whoever_keeps_away_from_the_unit_is_not_asked(desk: Desk) -> None:
    boss, school = desk.office["supervisor"], desk.office.units["school"]
    desk.session.add(Recusal(user_id=boss.person, unit_id=school, reason="亲属", since=desk.now))
    desk.session.flush()
    _, told = proposes(desk, unit=school)
    assert told == {"proposal > city"}


def test_a_late_decision_urges_only_who_may_decide_and_those_above(desk: Desk) -> None:
    """Not whoever handles the case, whom the ladder names first: they wait for it themselves."""
    case, _ = proposes(desk)
    others = ("immediate", "notice", "resolve", "reply")
    clocks.stop(desk.session, whole(case), desk.now, *others)
    told = set()
    for days in range(1, 5):
        while sweep(desk.session, desk.now + timedelta(days=days)):
            pass
        told |= desk.told()
    assert told == {"rung > supervisor", "rung > leader", "rung > city"}
