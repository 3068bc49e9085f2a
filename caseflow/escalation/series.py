"""One silence brings one series of documents (decision 33): which of a promise's own draft nothing.

While something is not signed for, that is what documents are drafted for: an item that its unit
has, or a document that it got. What is to be done about it only reminds and urges meanwhile. And
what came before its date for an item is not followed by a milder one for the receipt (decision 46).
"""

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from caseflow.deadlines.clocks import ALIVE
from caseflow.deadlines.policies import ClockName
from caseflow.deadlines.tables import Clock
from caseflow.escalation.tables import Order
from caseflow.ledger.step_ups import OF_UNITS

EVERY = 1_000
"""Above the number of any rung: no document of the ladder is drafted."""


def passed_over(session: Session, which: ColumnElement[bool]) -> dict[int, int]:
    """Return by id up to which rung a promise drafts no document, where that is so; of those that
    fulfil a condition on `Clock`, by two statements.
    """
    answers = select(Clock.id).join(Order, Order.id == Clock.order_id)
    answers = answers.where(which, Clock.name == ClockName.answer, Order.state == "issued")
    found = dict.fromkeys(session.scalars(answers), EVERY)
    other = aliased(Clock)
    beside = (
        select(Clock.id, Clock.name, other.name, other.entered)
        .join(other, (other.item_id == Clock.item_id) & (other.id != Clock.id))
        .where(which, Clock.name.in_(OF_UNITS))
        .where(other.name.in_(OF_UNITS), other.state.in_(ALIVE))
    )
    for clock_id, name, others_name, entered in session.execute(beside):
        unsigned = others_name == ClockName.sign_for and name != ClockName.sign_for
        above = EVERY if unsigned else entered if name == ClockName.sign_for else 0
        found[clock_id] = max(above, found.get(clock_id, 0))
    return found
