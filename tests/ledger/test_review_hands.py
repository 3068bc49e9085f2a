"""Who has a matter that the office above takes up again, and who may judge its answer."""

from caseflow.ledger.moves import closing
from caseflow.people import staff
from tests.ledger.appeals import Answered, answered
from tests.office import last_entry

__all__ = ["answered"]


def test_what_is_ordered_to_be_done_again_is_the_lower_offices_and_not_who_ordered_its(
    answered: Answered,
) -> None:
    case = answered.case
    assert case.handler_id is None  # answered on the spot
    answered.opine(answered.ask(), "redone")
    assert case.handler_id == answered["handler"].id
    facts = last_entry(answered.session, case, "reopen")["facts"]
    assert facts["handler"] == answered["handler"].id


def test_nor_is_it_where_the_handler_left_or_the_office_above_takes_it_up_by_itself(
    answered: Answered,
) -> None:
    case, session = answered.case, answered.session
    left = answered.employs("former", "handler", case.area_code)
    case.handler_id = left.id
    staff.close(session, answered["administrator"], left.person, answered.now)
    closing.reopen(session, answered["city"], case.id, "有新的事实", answered.now)
    assert case.handler_id == answered["handler"].id


def test_whoever_takes_it_up_in_their_own_office_has_it(answered: Answered) -> None:
    answered.reopen()
    assert answered.case.handler_id == answered["supervisor"].id
