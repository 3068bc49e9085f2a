"""What was said after the end, once whoever had the case is gone: it is always somebody's."""

import pytest
from sqlalchemy import delete

from caseflow.errors import MoveNotAllowed
from caseflow.ledger import apart, in_hand
from caseflow.ledger.moves import handing, opening
from caseflow.ledger.moves.handing import Handing
from caseflow.ledger.waiting import waiting
from caseflow.people import staff
from caseflow.people.tables import Post, Recusal, User
from tests.ledger.appeals import Answered, answered
from tests.office import CITY, DISTRICT, OTHER

__all__ = ["answered"]
OFFICE = ("operator", "handler", "reviewer", "supervisor", "leader", "city", "stranger")


def whose(answered: Answered) -> set[str]:
    """Return on whose list the answer is; what is listed is counted."""
    found = set()
    for name in OFFICE:
        listed = apart.listed(answered.session, answered[name])
        counted = waiting(answered.session, answered[name], turns=0).cases
        assert counted == sum(len(cases) for cases in listed.values())
        found |= {name} if listed["later"] else set()
    return found


def had_by(answered: Answered, name: str = "former") -> User:
    """Let somebody have had the case that is over, to which its reporter says more."""
    me = answered.employs(name, "handler", DISTRICT)
    answered.case.handler_id = me.id
    answered.writes_again()
    return answered.session.get_one(User, me.person)


@pytest.mark.parametrize("how", ["left", "moved", "recused", "school"])
def test_whoever_is_gone_leaves_the_answer_to_who_holds_the_post(
    answered: Answered, how: str
) -> None:
    person, session = had_by(answered), answered.session
    assert whose(answered) == set()
    if how == "left":
        person.active = False
    elif how == "moved":
        person.area_code = OTHER
    elif how == "school":
        person.role = "unit"
    else:
        answered.case.unit_id = unit = answered.office.units["school"]
        away = Recusal(user_id=person.id, unit_id=unit, reason="亲属", since=answered.now)
        session.add(away)
    session.flush()
    assert whose(answered) == {"handler"}


def test_where_nobody_holds_the_post_it_is_the_supervisors_and_at_last_the_level_aboves(
    answered: Answered,
) -> None:
    had_by(answered).active = False
    session = answered.session
    session.execute(delete(Post).where(Post.duty == "office_handler", Post.area_code == DISTRICT))
    assert whose(answered) == {"supervisor"}
    session.get_one(User, answered["supervisor"].person).active = False
    session.flush()
    assert "city" in whose(answered)


def test_it_is_counted_and_handed_over_before_somebody_leaves(answered: Answered) -> None:
    person, session, now = had_by(answered), answered.session, answered.now
    boss, case = answered["supervisor"], answered.case
    assert in_hand.open_cases(session, boss, person.id, CITY).count == 1
    [piece] = in_hand.pieces(session, boss, person.id)
    assert (piece.case.id, piece.handles) == (case.id, True)
    given = Handing(case.id, answered["handler"].person)
    handing.hand_over(session, boss, person.id, given, "休假", now)
    assert case.handler_id == answered["handler"].id
    assert in_hand.open_cases(session, boss, person.id, CITY).count == 0
    assert (case.state, whose(answered)) == ("answered", {"handler"})


def test_whoever_leaves_lets_it_fall_to_the_post(answered: Answered) -> None:
    person = had_by(answered)
    staff.close(answered.session, answered["administrator"], person.id, answered.now)
    handing.left_behind(answered.session, answered["administrator"], person.id, answered.now)
    assert answered.case.handler_id == answered["handler"].id


def test_what_is_over_and_owes_nothing_is_nobodys_to_hand_over(answered: Answered) -> None:
    person, session, boss = had_by(answered), answered.session, answered["supervisor"]
    answered.answers(opening.later(session, answered.case)[0])
    given = Handing(answered.case.id, answered["handler"].person)
    with pytest.raises(MoveNotAllowed):
        handing.hand_over(session, boss, person.id, given, "休假", answered.now)
    assert in_hand.open_cases(session, boss, person.id, CITY).count == 0
