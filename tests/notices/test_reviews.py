"""Who is told that an answer is challenged, what came of it, and what was written after the end."""

from caseflow.ledger import reviews
from caseflow.ledger.moves import afterwards, closing, opening, reviewing, triage
from caseflow.ledger.tables import Case
from caseflow.people.actor import REPORTER
from caseflow.vault.tables import Original
from tests import office as offices
from tests.notices.desk import Desk, desk

__all__ = ["desk"]


def test_both_offices_and_the_reporter_learn_of_a_review_and_what_came_of_it(desk: Desk) -> None:
    case, report = desk.replying(reach="email")
    case.kind = "help"
    desk.by(closing.reply, "handler", case.id, report.id, "答复", "track")
    desk.told()
    desk.session.add(Original(id="why", sealed=b"-", size=1, received_at=desk.now))
    desk.session.flush()
    said = reviewing.ask_review(
        desk.session, REPORTER, case.id, report.id, "不服", "webform", desk.now, original_id="why"
    )
    assert desk.told() == {"challenged > handler", "review > city", "decision > reporter"}
    above = desk.session.get_one(Case, said.case_id)
    assert reviews.of_case(desk.session, above.id) is not None
    done = desk.by(reviewing.opine, "city", above.id, "redone", "重新办理", "message")
    assert done == {
        *("reply > reporter", "reviewed > handler", "reviewed > supervisor", "reopened > handler"),
    }


def test_what_is_written_after_the_end_is_the_handlers_and_its_answer_the_reporters(
    desk: Desk,
) -> None:
    case, report = desk.case(reach="email")
    desk.by(triage.decline, "supervisor", case.id, "不属于")
    new = offices.new_report(desk.session, desk.now)
    later = opening.join(desk.session, REPORTER, case, report, new, desk.now)
    assert desk.told() == {"added > handler"}
    answer = afterwards.answer_later
    assert desk.by(answer, "handler", case.id, later.id, "已说明", "message") == {
        "reply > reporter"
    }
