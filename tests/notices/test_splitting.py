"""Who is told that a part of a case is one of its own now."""

from sqlalchemy import select

from caseflow.deadlines import clocks
from caseflow.ledger.moves import merging, notice, splitting, triage
from caseflow.ledger.moves.record import of_report
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case
from caseflow.notices import deliver
from caseflow.outbox.tables import Event, Message
from tests.notices.desk import Desk, desk
from tests.notices.watch import drafted

__all__ = ["desk"]


def test_whoever_told_of_two_matters_learns_both_numbers(desk: Desk) -> None:
    case, report = desk.case(reach="email", kind="tip")
    desk.by(triage.accept, "handler", case.id)
    notice.told(desk.session, report.id, desk.now)
    said = {"shared": [report.number], "matter": "另一件"}
    desk.by(splitting.split_off, "supervisor", case.id, [], "两件事", **said)
    linked = desk.session.scalars(select(Report).where(Report.split_from == report.id)).one()
    [letter] = [one for one in drafted(desk.session) if one.rule == "two_numbers"]
    assert report.number in letter.text
    assert linked.number in letter.text
    assert "另一件事" not in letter.subject + letter.text
    part = desk.session.get_one(Case, linked.case_id)
    owed = clocks.alive(desk.session, of_report(part, linked.id), "notice")
    assert len(owed) == 1
    event = desk.session.scalars(select(Event).where(Event.name == "split_off")).one()
    message = Message(rule=letter.rule, recipient=letter.recipient, event_id=event.id)
    deliver.sent(desk.session, message, desk.now)
    assert not clocks.alive(desk.session, of_report(part, linked.id), "notice")


def test_whoever_has_both_is_told_unless_they_did_it(desk: Desk) -> None:
    first, _ = desk.case(reach="email")
    parts = [desk.case(reach="email") for _ in range(2)]
    for case in (first, *(case for case, _ in parts)):
        desk.by(triage.accept, "handler", case.id)
    for case, _ in parts:
        desk.by(merging.merge, "supervisor", case.id, first.number, "同一件事")
    [one, two] = [report for _, report in parts]
    told = desk.by(splitting.split_off, "supervisor", first.id, [one.number], "两件事")
    assert told == {"split > handler"}
    assert not desk.by(splitting.split_off, "handler", first.id, [two.number], "两件事")
