"""Who has a matter that the office above takes up again, and who may judge its answer."""

from sqlalchemy import update

from caseflow.ledger import apart
from caseflow.ledger.moves import closing, excluding
from caseflow.people import staff
from caseflow.people.tables import User
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


def test_whether_figures_count_a_matter_is_no_part_in_how_it_was_handled(
    answered: Answered,
) -> None:
    session, now, number = answered.session, answered.now, answered.case.id
    excluding.ask_exclusion(session, answered["handler"], number, "repeated", "第九次", now)
    excluding.exclude(session, answered["city"], number, "", now)
    above = answered.ask()
    assert above.handler_id == answered["city"].id
    answered.opine(above)
    assert answered.row(above).opined_by == answered["city"].id


def test_the_office_above_looks_again_only_where_nobody_below_could(answered: Answered) -> None:
    session = answered.session

    def looks(who: str) -> bool:
        return answered.case in apart.listed(session, answered[who])["looks"]

    assert (looks("city"), looks("supervisor")) == (False, True)
    below = (User.area_code == answered.case.area_code, User.role != "operator")
    session.execute(update(User).where(*below).values(active=False))
    assert looks("city")
