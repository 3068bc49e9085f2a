"""What becomes of the documents of cases whose unit lets its time run out."""

from collections.abc import Callable, Sequence

from sqlalchemy import select

from caseflow.demo.scripts import path
from caseflow.demo.story import Story
from caseflow.demo.timeline import Script
from caseflow.escalation import answers, orders
from caseflow.escalation.order_states import OWED
from caseflow.escalation.tables import Order

_ANSWER = "已向家长说明情况，正在整理办学许可和合同材料，预计三日内报送。"
_LIFTED = "已当面约谈，明确了整改措施。"


def neglected(s: Story, signs: bool = True) -> Script:
    """The unit lets its time run out; the ladder climbs by itself."""
    yield from path(s, "signed" if signs else "dispatched")


def warned(s: Story, *desk: tuple[int, str, str]) -> Script:
    """Neglected; documents are issued, answered or cancelled: (working days ago, what, by whom)."""
    yield from neglected(s)
    for ago, what, by in desk:
        s.at = s.stage.days.ago(ago, "09:25")
        yield s.at
        if what in _DOES:
            _DOES[what](s, by)
        else:
            _cancel(s, what, by)


def _issue(s: Story, by: str) -> None:
    for order in _of(s, "draft"):
        orders.issue(s.session, s[by], order.id, order.text, s.at)


def _sign(s: Story, by: str) -> None:
    for order in _to_units(s, "issued"):
        answers.sign_for(s.session, s[by], order.id, s.at)


def _answer(s: Story, by: str) -> None:
    for order in _to_units(s, *OWED):
        answers.answer(s.session, s[by], order.id, _ANSWER, s.at)


def _accept(s: Story, by: str) -> None:
    for order in _to_units(s, "answered"):
        answers.accept(s.session, s[by], order.id, s.at)


def _lift(s: Story, by: str) -> None:
    for order in _to_units(s, *OWED):
        answers.lift(s.session, s[by], order.id, _LIFTED, s.at)


def _cancel(s: Story, reason: str, by: str) -> None:
    for order in _of(s, "draft"):
        orders.cancel(s.session, s[by], order.id, reason, s.at)


_DOES: dict[str, Callable[[Story, str], None]] = {
    "issue": _issue,
    "sign": _sign,
    "answer": _answer,
    "accept": _accept,
    "lift": _lift,
}


def _of(s: Story, *states: str) -> Sequence[Order]:
    query = select(Order).where(Order.case_id == s.case_id, Order.state.in_(states))
    return s.session.scalars(query.order_by(Order.id)).all()


def _to_units(s: Story, *states: str) -> list[Order]:
    return [order for order in _of(s, *states) if order.unit_id is not None]
