"""What would go to somebody who is away reaches somebody who is there (notices.standing_in)."""

from caseflow.ledger.moves import triage
from caseflow.people.tables import Recusal
from tests.ledger.test_absences import colleague, send_away
from tests.notices.desk import Desk, desk
from tests.notices.watch import drafted

__all__ = ["desk"]


def test_the_handlers_messages_go_to_who_stands_in_as_well(desk: Desk) -> None:
    session, office = desk.session, desk.office
    colleague(session, office, "handler")
    case, _ = desk.case()
    desk.by(triage.accept, "handler", case.id)
    send_away(session, office, "handler", "twin", desk.now)
    told = desk.by(triage.assign, "supervisor", case.id, office["handler"].person)
    assert told == {"assigned > handler", "assigned > twin"}
    texts = {draft.recipient: draft.text for draft in drafted(session)}
    by_name = {name: texts[f"user:{office[name].person}"] for name in ("handler", "twin")}
    assert {name for name, text in by_name.items() if "由您代理" in text} == {"twin"}
    # Somebody who must keep away from the matter gets nothing: the post is told.
    case.unit_id = school = office.units["school"]
    twin = office["twin"].person
    session.add(Recusal(user_id=twin, unit_id=school, reason="亲属", since=desk.now))
    session.flush()
    told = desk.by(triage.assign, "supervisor", case.id, office["handler"].person)
    assert told == {"assigned > handler", "assigned > operator"}


def test_an_inspectors_messages_reach_the_office(desk: Desk) -> None:
    send_away(desk.session, desk.office, "inspector", "supervisor", desk.now)
    desk.dispatched("section")
    assert desk.told() == {"dispatched > inspector", "dispatched > supervisor"}


def test_reviewers_who_are_there_are_asked(desk: Desk) -> None:
    send_away(desk.session, desk.office, "reviewer", "supervisor", desk.now)
    desk.submitted()
    assert desk.told() == {"check > supervisor"}
