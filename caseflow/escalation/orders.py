"""Orders: the formal documents of the upper rungs, drafted by the sweep, settled by a person.

What they say is in `wording`, what becomes of them in `answers`, and as data in `order_states`.
All go to the unit that is late but the proposal of accountability, which goes to whoever decides:
no unit is its addressee, and none owes it an answer.
"""

from datetime import date, datetime

from sqlalchemy.orm import Session

from caseflow.deadlines import clocks
from caseflow.deadlines.clocks import Subject
from caseflow.deadlines.ladder import Action
from caseflow.deadlines.policies import ClockName
from caseflow.deadlines.rules import rules_of
from caseflow.deadlines.tables import Clock
from caseflow.errors import BadInput, MoveNotAllowed
from caseflow.escalation import answers, order_gate
from caseflow.escalation.tables import Order, Rung
from caseflow.escalation.wording import Late, wording
from caseflow.ledger import assistances, gate, numbers, step_ups
from caseflow.ledger.history import commitment
from caseflow.ledger.moves.record import matter_of, record, words
from caseflow.ledger.states import COUNTED_APART
from caseflow.ledger.tables import Case, Item
from caseflow.people.actor import Actor

# The body that signs, in front of 〔year〕number; each kind of document counts for itself.
_SERIES = {
    "supervision_order": "教督办",
    "circular": "教督通",
    "interview": "教督约",
    "listed": "教督挂",
    "rectification": "教督改",
    "raised": "教督提",
    "accountability": "教督问",
}


def draft(session: Session, case: Case, clock: Clock, rung: Rung, now: datetime) -> Order:
    """Draft the document of a rung and start the office's `draft` clock on it."""
    item_id, unit_id = _about(session, clock)
    order = Order(
        kind=rung.action,
        state="draft",
        case_id=case.id,
        item_id=item_id,
        unit_id=None if rung.action == Action.accountability else unit_id,
        late_unit_id=unit_id,
        rung_id=rung.id,
        area_code=case.area_code,
        text=wording(session, rung.action, Late(clock, item_id, unit_id), now),
        drafted_at=now,
    )
    session.add(order)
    session.flush()
    subject = Subject(order_id=order.id, root_case_id=case.id)
    clocks.start(session, "draft", subject, matter_of(case), now)
    return order


def _about(session: Session, clock: Clock) -> tuple[int | None, int | None]:
    """Return the item and the unit that a document is for; an order left unanswered names both."""
    if clock.order_id is not None:
        unanswered = session.get_one(Order, clock.order_id)
        return unanswered.item_id, unanswered.unit_id
    if clock.name == ClockName.assist:
        asked = assistances.by_clock(session, clock)
        return clock.item_id, asked.unit_id if asked else None
    item = session.get(Item, clock.item_id) if clock.item_id else None
    return clock.item_id, step_ups.addressee(item) if item is not None else None


NOBODY = "这份文书没有收文单位，请撤销，并直接督促责任督学"
RELIEVED = "这一事项已改由他人办理，文书不能再签发，请撤销"
STOPPED = "这一事项已停止办理，单位不再需要办理，文书不能再签发，请撤销"


def kept_back(session: Session, order: Order, case: Case, item: Item | None) -> str:
    """Say why a draft cannot be issued any more, or nothing where it can (decision 9).

    None goes out while an inspector verifies the item in person, whoever held it when the document
    was drafted; none about a unit that the item was taken from since, while the case is shelved
    (decision 36), or (to the unit) about what need not be done any more. What was done late, or
    left undone when its case ended, stays a matter for whoever signs.
    """
    proposal = order.kind == Action.accountability
    if case.state == "shelved":
        return gate.SHELVED
    if item is not None and _beside(session, order, item):
        return STOPPED if item.state in COUNTED_APART else ""
    if item is None or step_ups.in_person(item) or not (proposal or order.unit_id):
        return NOBODY
    if _taken_since(order, item):
        return RELIEVED
    return STOPPED if item.state in COUNTED_APART and not proposal else ""


def _beside(session: Session, order: Order, item: Item) -> bool:
    """Tell whether a document goes to a unit that assists with an item, whoever leads on it."""
    leads = order.unit_id in (None, item.verifying_unit_id, item.rectifying_unit_id)
    return not leads and assistances.assists(session, item.id, order.unit_id)


def _taken_since(order: Order, item: Item) -> bool:
    """Tell whether the item went to somebody else since a document was drafted, or before that:
    an order that a former holder leaves unanswered names them and not whoever has the item.
    """
    if item.held_since is not None and order.drafted_at < item.held_since:
        return True
    ours = (item.verifying_unit_id, item.rectifying_unit_id)
    return order.unit_id is not None and order.unit_id not in ours


def edit(
    session: Session,
    actor: Actor,
    order_id: int,
    text: str,
    now: datetime,
    *,
    began: str | None = None,
) -> Order:
    """Correct the text of a draft. Whoever ever did so does not sign it (design law 4).

    `began`: the text that the corrections were made in. Raises MoveNotAllowed where somebody else
    changed it meanwhile: nobody's words are lost beneath another's.
    """
    case, order = order_gate.lock(session, actor, order_id)
    order_gate.pass_order(actor, case, order, "order_edited")
    if began is not None and plain(began) != plain(order.text):
        raise MoveNotAllowed(ANOTHER)
    said = plain(words(text))
    if said == plain(order.text):
        raise BadInput({"text": "正文没有改动"})
    order.text = said
    order.is_edited_by(actor.person)
    facts = {"order": order.id, "text": commitment(said)}
    record(session, case, actor, "order_edited", now, facts, item=_item(session, order))
    return order


def plain(text: str) -> str:
    """Return a text without what a browser makes of its line ends."""
    return "\n".join(text.strip().splitlines())


def issue(
    session: Session,
    actor: Actor,
    order_id: int,
    text: str,
    now: datetime,
    *,
    began: str | None = None,
    seen: int | None = None,
) -> Order:
    """Issue a drafted document under its number; a unit that gets it has to sign for it and owes
    an answer, each by a clock. `text`: what the person who signs has read; they do not change it.

    `began`: the text that it came from, where the form lets them change it; BadInput where they did
    and did not save it. Raises MoveNotAllowed where somebody else changed it meanwhile, and for one
    that no unit is to get (`kept_back`): while an inspector verifies in person, the unit must not
    learn of it, and nobody else could answer. It can be cancelled. Raises NotPermitted for whoever
    changed its text.
    """
    case, order = order_gate.lock(session, actor, order_id, seen)
    order_gate.edge_of(actor, case, order, "order_issued")
    item = _item(session, order)
    if why := kept_back(session, order, case, item):
        raise MoveNotAllowed(why)
    _require_read(order, text, began)
    order_gate.pass_order(actor, case, order, "order_issued")
    year = numbers.year_of(now)
    seq = numbers.take(session, case.area_code, f"{_CODES[order.kind]}{year}")
    order.number = f"{_SERIES[order.kind]}〔{year}〕{case.area_code}-{seq}号"
    order.issued_at, order.issued_by, order.issued_level = now, actor.person, actor.level
    subject = order_gate.subject(order)
    clocks.meet(session, subject, now, "draft")
    if order.kind == Action.accountability:
        order.unit_id = None  # drafts of earlier versions named the unit
    if order.unit_id is not None:
        clocks.start(session, "sign_for", subject, matter_of(case), now)
        answer = clocks.start(session, "answer", subject, matter_of(case), now)
        order.answer_by = _last_day(session, answer)
    answers.reserve(session, item)
    facts = {"order": order.id, "number": order.number, "text": commitment(order.text)}
    refs_ = {"order": order.id, "unit": order.unit_id}
    record(session, case, actor, "order_issued", now, facts, item=item, refs=refs_)
    return order


def _require_read(order: Order, text: str, began: str | None) -> None:
    """Nobody signs another text than they read, nor words of their own that they did not save."""
    if plain(text if began is None else began) != plain(order.text):
        raise MoveNotAllowed(CHANGED)
    if plain(text) != plain(order.text):
        raise BadInput({"text": UNSAVED})


UNSAVED = "您改了正文，还没有保存：请先保存，由他人签发；不改就签发，请先还原正文"
ANOTHER = "正文刚被他人改过：请对照新的正文再改"
CHANGED = "正文与您读到的不同：要改正文请先保存，由他人签发；或重新打开再签发"


# Counters are kept per area and period of eight characters: kind, then year.
_CODES = {
    "supervision_order": "SO",
    "circular": "CI",
    "interview": "IN",
    "listed": "LI",
    "rectification": "RE",
    "raised": "RA",
    "accountability": "AC",
}


def _last_day(session: Session, clock: Clock) -> date:
    return rules_of(session).calendar.due_day(clock.due)


def _item(session: Session, order: Order) -> Item | None:
    return session.get(Item, order.item_id) if order.item_id else None


def cancel(
    session: Session,
    actor: Actor,
    order_id: int,
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> Order:
    """Cancel a drafted document with a reason. The rung stays on the record."""
    case, order = order_gate.lock(session, actor, order_id, seen)
    order_gate.edge_of(actor, case, order, "order_cancelled")
    why = words(reason, "reason", 2000)
    order_gate.pass_order(actor, case, order, "order_cancelled")
    order.reason = why
    order.cancelled_at, order.cancelled_by = now, actor.person
    answers.owed_no_more(session, order, now)
    facts = {"order": order.id, "reason": why}
    record(session, case, actor, "order_cancelled", now, facts, item=_item(session, order))
    return order
