"""What is done in a part about what was begun before it was split off (分案)."""

from datetime import timedelta

from caseflow.deadlines import clocks
from caseflow.ledger import split_laws
from caseflow.ledger.moves import check, work
from caseflow.ledger.moves.record import of_item
from tests.ledger.test_splitting import one, split, submitted
from tests.ledger.twice import Two, given

__all__ = ["given", "one"]


def broken(here: Two) -> list[str]:
    return [one for query in split_laws.broken() for one in here.session.scalars(query)]


def test_what_was_handed_in_before_and_is_returned_after_is_owed_in_the_part(one: Two) -> None:
    item, _ = one.dispatched(one.first), one.dispatched(one.first, "academy")
    work.sign_for(one.session, one.office["school"], item.id, one.now)
    submitted(one, item)
    part = split(one, one.two, [item])
    check.return_item(one.session, one.office["reviewer"], item.id, "再查一次", one.now)
    owed = clocks.alive(one.session, of_item(item), "verify")
    assert [clock.root_case_id for clock in owed] == [part.id]
    assert broken(one) == []
    owed[0].root_case_id = one.first.id
    one.session.flush()
    assert broken(one) == [part.number]
    owed[0].root_case_id = part.id
    one.now += timedelta(minutes=1)
    submitted(one, item)
    assert not clocks.alive(one.session, of_item(item), "verify")
