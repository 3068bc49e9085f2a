"""What else can be named at the machine: documents, circulars, files of inquiry, what an assisting
unit was asked; each by the number that stands in the address of its page (`order/12`).

Whoever may read the page may name it, and a move goes through the function that the page's button
calls. So does drafting a circular, which is about none yet: that is a move of `circulars`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from caseflow import typed_values
from caseflow.clock import local
from caseflow.errors import BadInput, MoveNotAllowed, NotFound
from caseflow.escalation import (
    accountability,
    accountability_gate,
    accountability_reading,
    accountability_record,
    answers,
    order_gate,
    orders,
    reading,
    received,
)
from caseflow.escalation.accountability_states import ACCOUNTABILITY_MOVES, OPENED
from caseflow.escalation.accountability_tables import AccountabilityFile
from caseflow.escalation.order_states import ORDER_STATES, STANDS
from caseflow.ledger import assistances, queries, verbs
from caseflow.ledger.moves import assisting
from caseflow.ledger.tables import Case
from caseflow.ledger.verbs import Said, Verb
from caseflow.people.actor import Actor
from caseflow.people.permissions import may, require
from caseflow.people.scope import scope_of
from caseflow.publishing import circular_gate, circulars, corrections, drafting
from caseflow.publishing import reading as circular_reading
from caseflow.publishing.tables import Circular
from caseflow.refs import whole

NO_MOVE = "没有这一步"
Files = Sequence[tuple[str, str]]
"""Blob and name of what was brought along; it lies in the store already."""


def _order(session: Session, actor: Actor, order_id: int) -> Any:
    """Return a document that somebody reads: as its unit, or within their area."""
    if actor.role == "unit":
        return received.order_to(session, actor.unit, order_id).order
    require(actor, "order.read")
    return reading.order(session, scope_of(actor), order_id).order


def _order_moves(session: Session, actor: Actor, order: Any, _now: datetime) -> Iterable[str]:
    case = session.get_one(Case, order.case_id)
    found = order_gate.offers(actor, case, order)
    known = accountability.of_order(session, order.id)
    opens = not accountability_gate.not_opened(actor, case, order, known)
    return [move for move in ORDER_VERBS if move in found or (move == OPENED and opens)]


ORDER_VERBS: Mapping[str, Verb] = {
    "order_edited": orders.edit,
    "order_issued": orders.issue,
    "order_cancelled": orders.cancel,
    "order_signed": answers.sign_for,
    "order_answered": answers.answer,
    "order_accepted": answers.accept,
    "order_returned": answers.send_back,
    "order_lifted": answers.lift,
    OPENED: accountability.open_file,
}


def _orders(session: Session, actor: Actor) -> Iterable[str]:
    """Yield what somebody finds among documents: those that are drafted, or bind somebody."""
    if actor.role == "unit":
        for one in received.orders_to(session, actor.unit or 0):
            yield f"order/{one.order.id} {one.order.kind} {one.order.state} {one.order.number}"
        return
    require(actor, "order.read")
    for state in ORDER_STATES:
        if state == "draft" or state in STANDS:
            for row in reading.orders(session, scope_of(actor), state):
                number = row.order.number or row.case.number
                yield f"order/{row.order.id} {row.order.kind} {row.order.state} {number}"


CIRCULAR_VERBS: Mapping[str, Verb] = {
    "circular_edited": circulars.edit,
    "circular_checked": circulars.check,
    "circular_returned": circulars.send_back,
    "circular_cancelled": circulars.cancel,
    "circular_issued": circulars.issue,
    "circular_published": circulars.publish,
    "circular_withdrawn": circulars.withdraw,
    "correction_drafted": corrections.draft_correction,
    "circular_corrected": corrections.publish_correction,
    "correction_refused": corrections.refuse_correction,
}


def _circular(session: Session, actor: Actor, circular_id: int) -> Circular:
    require(actor, "circular.read")
    return circular_reading.one(session, scope_of(actor), circular_id)


def _circular_moves(
    session: Session, actor: Actor, circular: Circular, _now: datetime
) -> Iterable[str]:
    found = circular_gate.offers(actor, circular_gate.standing(session, circular))
    return [move for move in CIRCULAR_VERBS if move in found]


def _circulars(session: Session, actor: Actor) -> Iterable[str]:
    require(actor, "circular.read")
    for row in circular_reading.circulars(session, scope_of(actor)):
        one = row.circular
        days = f"{one.first_day} {one.last_day}"
        yield f"circular/{one.id} {one.kind} {one.state} {days} {one.number or ''}".rstrip()


def draft_lateness(
    session: Session, actor: Actor, first: date, last: date, now: datetime
) -> Circular:
    """Draft a circular on lateness in a period."""
    period = drafting.check_period(first, last, local(now).date())
    return drafting.draft_lateness(session, actor, period, now)


def draft_problem(
    session: Session,
    actor: Actor,
    first: date,
    last: date,
    items: Sequence[str],
    text: str,
    now: datetime,
) -> Circular:
    """Draft a circular that states what was found of items, each named as `NUMBER/N`."""
    period = drafting.check_period(first, last, local(now).date())
    ids = {_item(session, actor, one) for one in items}
    return drafting.draft_problem(session, actor, period, ids, text, now)


def _item(session: Session, actor: Actor, about: str) -> int:
    """Return the id of an item by the number of its case and its own. Raises BadInput."""
    number, _, n = about.partition("/")
    try:
        known = queries.items_of(session, queries.case_by_number(session, scope_of(actor), number))
    except NotFound:
        known = ()
    for item in known:
        if item.n == whole(n):
            return item.id
    raise BadInput({"items": drafting.NOT_PROVEN})


DRAFTS: Mapping[str, Verb] = {"draft_lateness": draft_lateness, "draft_problem": draft_problem}


def _file(session: Session, actor: Actor, file_id: int) -> Any:
    require(actor, "accountability.read")
    return accountability_reading.one(session, scope_of(actor), file_id)


def _file_moves(session: Session, actor: Actor, file: Any, now: datetime) -> Iterable[str]:
    standing = accountability_gate.standing(session, file)
    return accountability_gate.offers(actor, standing, local(now).date())


def _files(session: Session, actor: Actor) -> Iterable[str]:
    require(actor, "accountability.read")
    for row in accountability_reading.open_files(session, scope_of(actor)):
        yield f"inquiry/{row.file.id} {row.file.state} {row.number}"


def _step(move: str) -> Verb:
    """Return the step of a file of inquiry as a verb; what it asks for is data (`ASKED`)."""

    def take(session: Session, actor: Actor, about: int, now: datetime, **said: Any) -> None:
        if "accounts" in said:
            said["accounts"] = typed_values.accounts(session, "accounts", said["accounts"])
        accountability.take(session, actor, about, move, accountability.Said(**said), now)

    return take


def _wants_of_step(move: str) -> tuple[Said, ...]:
    asked = accountability.ASKED[move]
    known = (
        (asked.dated, Said("day", date, needed=True)),
        (asked.inquirers, Said("accounts", Sequence[str], needed=False)),
        (asked.inquirers or asked.people, Said("people", str, needed=asked.people)),
        (bool(asked.choices), Said("choice", str, needed=True)),
        (True, Said("text", str, needed=asked.text)),
        (True, Said("files", Sequence[str], needed=False)),
    )
    return tuple(said for is_asked, said in known if is_asked)


def _assistance(session: Session, actor: Actor, assistance_id: int) -> Any:
    return assistances.one(session, scope_of(actor), assistance_id)


def _assistance_moves(_session: Session, actor: Actor, asked: Any, _now: datetime) -> Iterable[str]:
    owed = asked.owed and may(actor, "item.answer_assistance")
    return ["answer_assistance"] if owed else []


def _assistances(session: Session, actor: Actor) -> Iterable[str]:
    for one in assistances.to_unit(session, scope_of(actor)):
        yield f"assistance/{one.row.id} {'owed' if one.owed else 'over'}"


def answer_assistance(
    session: Session, actor: Actor, about: int, answer: str, now: datetime, *, files: Files = ()
) -> None:
    """Answer what the actor's own unit was asked (协办答复)."""
    asked = assistances.one(session, scope_of(actor), about)
    if not asked.owed:
        raise MoveNotAllowed("这一协办事项现在不需要答复")
    assisting.answer_assistance(session, actor, asked.row.item_id, answer, now, files=files)


@dataclass(frozen=True)
class Kind:
    """One kind of thing that can be named.

    `find` returns one by its number, as far as somebody may read it; `offers` the moves that they
    may make with it now; `listed` what they can name, a line each; `texts` what its page says, by
    name.
    """

    verbs: Mapping[str, Verb]
    find: Callable[[Session, Actor, int], Any]
    offers: Callable[[Session, Actor, Any, datetime], Iterable[str]]
    listed: Callable[[Session, Actor], Iterable[str]]
    texts: Callable[[Session, Any], Mapping[str, str]]
    state: Callable[[Any], str] = lambda one: str(one.state)

    def wants(self, move: str) -> tuple[Said, ...]:
        """Return what a move wants to be told. Raises NotFound for a move of nothing here."""
        if move not in self.verbs:
            raise NotFound(NO_MOVE)
        if move in accountability.ASKED:
            return _wants_of_step(move)
        return tuple(one for one in verbs.wants(self.verbs[move]) if one.name not in _FORM)


_FORM = ("began", "returns")
"""What a page tells of the form that it was made from, and nobody types."""


def _order_texts(session: Session, order: Any) -> Mapping[str, str]:
    given = reading.answers(session, order.id)
    return {"text": order.text, "answer": given[0].text if given else ""}


def _circular_texts(session: Session, circular: Circular) -> Mapping[str, str]:
    waits = circular_gate.standing(session, circular).waiting
    texts = {"text": circular.text, "public_text": circular.public_text}
    return texts | ({"correction": waits.text} if waits is not None else {})


def _file_texts(session: Session, file: Any) -> Mapping[str, str]:
    told = [
        (f"{one.day} {one.verb} {one.choice}".rstrip(), one.people, one.text)
        for one in accountability_record.steps(session, file)
    ]
    return {"text": "\n\n".join("\n".join(filter(None, lines)) for lines in told)}


def _assistance_texts(_session: Session, asked: Any) -> Mapping[str, str]:
    return {"text": asked.row.text, "answer": asked.row.answer}


KINDS: Mapping[str, Kind] = {
    "order": Kind(ORDER_VERBS, _order, _order_moves, _orders, _order_texts),
    "circular": Kind(CIRCULAR_VERBS, _circular, _circular_moves, _circulars, _circular_texts),
    "inquiry": Kind(
        {move: _step(move) for move in ACCOUNTABILITY_MOVES},
        _file,
        _file_moves,
        _files,
        _file_texts,
    ),
    "assistance": Kind(
        {"answer_assistance": answer_assistance},
        _assistance,
        _assistance_moves,
        _assistances,
        _assistance_texts,
        lambda asked: "answered" if asked.row.answered_at else "asked",
    ),
}


_LISTS: Mapping[str, Kind] = {
    "orders": KINDS["order"],
    "circulars": KINDS["circular"],
    "inquiries": KINDS["inquiry"],
    "assistances": KINDS["assistance"],
}


def is_ours(about: str) -> bool:
    """Tell whether something is named that is no case or item, whether it is there or not."""
    return about in _LISTS or about.partition("/")[0] in KINDS


def offered(
    session: Session, actor: Actor, about: str, now: datetime
) -> list[tuple[str, tuple[Said, ...]]]:
    """Return the moves that somebody may make with what they name, as it stands now, with what each
    wants to be told; of a list what can be named. Raises NotFound.
    """
    if about in _LISTS:
        drafts = may(actor, "circular.draft") and about == "circulars"
        begin = [(move, verbs.wants(verb)) for move, verb in DRAFTS.items()] if drafts else []
        return [*begin, *((line, ()) for line in _LISTS[about].listed(session, actor))]
    kind, number = _named(about)
    found = kind.find(session, actor, number)
    return [(move, kind.wants(move)) for move in kind.offers(session, actor, found, now)]


def wanted(about: str, move: str) -> tuple[Said, ...]:
    """Return what a move wants to be told. Raises NotFound for one that there is not."""
    if about == "circulars" and move in DRAFTS:
        return verbs.wants(DRAFTS[move])
    if about in _LISTS:
        raise NotFound(NO_MOVE)
    return _named(about)[0].wants(move)


def make(
    session: Session,
    actor: Actor,
    about: str,
    move: str,
    said: Mapping[str, object],
    now: datetime,
) -> str:
    """Make a move and return the state that it led to; of what it made, by what that is named.

    Raises NotFound for what somebody may not read, and what the move itself raises.
    """
    if about in _LISTS:
        made = DRAFTS[move](session=session, actor=actor, now=now, **said)
        return f"circular/{made.id}"  # type: ignore[attr-defined]
    kind, number = _named(about)
    kind.find(session, actor, number)
    made = verbs.call(kind.verbs[move], session, actor, number, said, now)
    if isinstance(made, AccountabilityFile) and kind is KINDS["order"]:
        return f"inquiry/{made.id}"
    session.flush()
    return kind.state(kind.find(session, actor, number))


def read(session: Session, actor: Actor, about: str, what: str) -> str:
    """Return what the page of something says, by its name. Raises NotFound."""
    kind, number = _named(about)
    texts = kind.texts(session, kind.find(session, actor, number))
    if what not in texts:
        raise NotFound("没有这一段文字")
    return texts[what]


def _named(about: str) -> tuple[Kind, int]:
    """Return what is named and which: 0, which nothing has, where that is no number."""
    name, _, n = about.partition("/")
    if name not in KINDS:
        raise NotFound(NO_MOVE)
    return KINDS[name], whole(n) or 0
