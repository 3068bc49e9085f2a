"""A matter taken up from above, and a review, are told to somebody who can act."""

from caseflow.ledger.moves import closing, reviewing, triage
from caseflow.ledger.tables import Case
from caseflow.people.actor import REPORTER
from caseflow.people.tables import Post, User
from caseflow.vault.tables import Original
from tests.notices.desk import Desk, desk
from tests.notices.test_deciders import urged

__all__ = ["desk"]


def asked(desk: Desk, looked: str = "") -> tuple[Case, Case]:
    """Return a complaint that was answered on the spot, and the review of it; `looked`: who looked
    at that answer again and agreed.
    """
    case, report = desk.case(reach="email")
    desk.by(triage.answer, "operator", case.id, "已退费")
    if looked:
        desk.by(triage.second_look, looked, case.id, "")
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


def employs(desk: Desk, name: str, area: str, *, post: bool) -> None:
    user = User(username=name, name=name, role="supervisor", area_code=area, password_hash="!")
    desk.session.add(user)
    desk.session.flush()
    if post:
        desk.session.add(Post(duty="supervisor", area_code=area, user_id=user.id))


def test_a_review_goes_past_whoever_judged_its_answer_to_the_level_above(desk: Desk) -> None:
    employs(desk, "province", "430000", post=True)
    _, above = asked(desk, "city")
    assert "review > province" in desk.told()
    assert above.handler_id not in (None, desk.office["city"].id)
    told = urged(desk, "resolve")
    assert {"rung > province"} in told
    assert "rung > city" not in set().union(*told)


def test_nor_past_a_colleague_who_has_no_post(desk: Desk) -> None:
    employs(desk, "colleague", "430500", post=False)
    asked(desk, "city")
    assert "review > colleague" in desk.told()


def test_where_nobody_could_give_an_opinion_administrators_learn_it(desk: Desk) -> None:
    user = User(
        username="above", name="above", role="administrator", area_code="430500", password_hash="!"
    )
    desk.session.add(user)
    _, above = asked(desk, "city")
    assert above.handler_id is None
    assert "review > above" in desk.told()
