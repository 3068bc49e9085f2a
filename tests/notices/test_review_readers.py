"""A matter taken up from above, and a review, are told to somebody who can act."""

from caseflow.ledger.moves import closing, reviewing, triage
from caseflow.ledger.tables import Case
from caseflow.people.actor import REPORTER
from caseflow.vault.tables import Original
from tests.notices.desk import Desk, desk

__all__ = ["desk"]


def asked(desk: Desk) -> tuple[Case, Case]:
    """Return a complaint that was answered on the spot, and the review of it; told of nobody."""
    case, report = desk.case(reach="email")
    desk.by(triage.answer, "operator", case.id, "已退费")
    desk.session.add(Original(id="why", sealed=b"-", size=1, received_at=desk.now))
    desk.session.flush()
    said = reviewing.ask_review(
        desk.session, REPORTER, case.id, report.id, "不服", "webform", desk.now, original_id="why"
    )
    return case, desk.session.get_one(Case, said.case_id)


def test_what_is_ordered_to_be_done_again_is_told_to_who_has_it_from_then_on(desk: Desk) -> None:
    _, above = asked(desk)
    desk.told()
    assert desk.by(reviewing.opine, "city", above.id, "redone", "重办", "track") == {
        *("reviewed > handler", "reviewed > supervisor", "reopened > handler"),
    }


def test_a_case_of_their_own_that_somebody_above_takes_up_again_is_told_below(desk: Desk) -> None:
    case, _ = desk.case()
    desk.by(triage.answer, "operator", case.id, "已退费")
    case.handler_id = desk.office["city"].id
    desk.told()
    assert desk.by(closing.reopen, "city", case.id, "有新的事实") == {"reopened > handler"}
