"""What the holder of an item does: sign for it, hand in evidence, record a finding, submit."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.deadlines import clocks
from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted
from caseflow.files.tables import Blob
from caseflow.ledger import gate, hands, tips
from caseflow.ledger.at_work import require_at_work
from caseflow.ledger.history import commitment
from caseflow.ledger.moves import assist_promise, extending, items, writing
from caseflow.ledger.moves.items import start_clocks
from caseflow.ledger.moves.record import gathered, matter_of, of_item, record, words
from caseflow.ledger.moves.writing import Answer
from caseflow.ledger.states import FINDINGS, TO_RECTIFY
from caseflow.ledger.tables import Case, Evidence, Finding, Item
from caseflow.people.actor import Actor
from caseflow.people.tables import Unit

_OFFICE_UNITS = ("office", "section")
_FINDS_FOR_TIPS = ("inspector", "handler", "supervisor")


@dataclass(frozen=True)
class Result:
    """A finding: the result, its basis in words, and for what must be put right: by whom.

    `rectify_text` is all that a rectifying unit other than the verifying one will read.
    """

    result: str
    basis: str
    rectifying_unit_id: int | None = None
    rectify_text: str = ""


def _at_work(actor: Actor, case: Case, item: Item) -> None:
    """The case must be at work, and it must be the actor's turn; the office acts for any holder."""
    require_at_work(case)
    if not gate.its_turn(actor, item):
        raise NotPermitted("这个问题项现在不在您这里")


def sign_for(
    session: Session, actor: Actor, item_id: int, now: datetime, *, seen: int | None = None
) -> None:
    """Sign for a dispatched item, or for a rectification notice."""
    case, item = gate.lock_item(session, item_id, seen)
    _at_work(actor, case, item)
    if item.state == "rectifying" and item.signed_at is not None:
        raise MoveNotAllowed("已经签收过了")
    verifies = item.state == "dispatched"
    gate.pass_item(actor, case, item, "sign_for")
    item.signed_at = now
    clocks.meet(session, of_item(item), now, "sign_for")
    if verifies:
        hands.add(session, item, actor.person, "verifier")
    record(session, case, actor, "sign_for", now, item=item)


def hand_in(
    session: Session,
    actor: Actor,
    item_id: int,
    blob_id: str,
    name: str,
    now: datetime,
    *,
    note: str = "",
    seen: int | None = None,
) -> Evidence:
    """Hand in a file as evidence; it lies in the store already.

    Whoever brought evidence has a hand in the item and cannot judge it (design §1). Where the
    office owes the finding from now on, the event says so: once, however many files follow.
    """
    case, item = gate.lock_item(session, item_id, seen)
    _at_work(actor, case, item)
    gate.pass_item(actor, case, item, "hand_in")
    known = tips.to_find(session, case)
    evidence = Evidence(
        item_id=item.id,
        blob_id=blob_id,
        name=name,
        note=note,
        user_id=actor.person,
        unit_id=actor.unit,
        at=now,
    )
    session.add(evidence)
    part = "verifier" if item.state == "verifying" else "submitter"
    hands.add(session, item, actor.person, part)
    session.flush()
    refs = {"to_find": item.id in tips.to_find(session, case) - known}
    facts = {"blob": blob_id, "sha256": session.get_one(Blob, blob_id).sha256}
    record(session, case, actor, "hand_in", now, facts, item=item, refs=refs)
    return evidence


def find(
    session: Session,
    actor: Actor,
    item_id: int,
    result: Result,
    now: datetime,
    *,
    signer: str = "",
    seen: int | None = None,
) -> None:
    """Record the finding: substantiated ones go on to be put right, others to the check.

    A unit's waits for its responsible person's signature first; `signer`: who signed, where nobody
    has that post. Raises BadInput with everything that is missing, so that a form is
    corrected once.
    """
    case, item = gate.lock_item(session, item_id, seen)
    _at_work(actor, case, item)
    target = "rectifying" if result.result in TO_RECTIFY else "submitted"
    if item.state != "verifying":
        gate.pass_item(actor, case, item, "find", target)  # refuses: nobody holds it to verify it
    _may_find(session, actor, case, item)
    gathered(
        lambda: _known(result),
        lambda: words(result.basis, "basis"),
        lambda: _ready(session, case, item, result),
        lambda: writing.signs(session, actor, Answer("find", "", signer=signer), now),
    )
    basis = words(result.basis, "basis")
    unit = result.rectifying_unit_id
    answer = Answer("find", basis, result.result, signer, unit, result.rectify_text)
    name = writing.signs(session, actor, answer, now)
    if name is None:
        writing.wait(session, actor, case, item, answer, now)
        return
    written = writing.signed(session, actor, item, answer, name, now)
    gate.pass_item(actor, case, item, "find", target)
    item.finding = result.result
    session.add(
        Finding(item_id=item.id, result=result.result, basis=basis, user_id=actor.person, at=now)
    )
    hands.add(session, item, actor.person, "finder")
    clocks.meet(session, of_item(item), now, "verify")
    extending.lapse(session, case, item, now)
    refs: dict[str, object] = {"result": result.result}
    if target == "rectifying":
        refs["unit"] = _begin_rectifying(session, case, item, result, now)
    else:
        _submitted(session, actor, case, item, now)
    facts = {**refs, "basis": commitment(basis), **written}
    record(session, case, actor, "find", now, facts, item=item, refs=refs)


def _known(result: Result) -> None:
    if result.result not in FINDINGS:
        raise BadInput({"result": "请选择核查结论"})


def _ready(session: Session, case: Case, item: Item, result: Result) -> None:
    """Raise BadInput unless there is what the result needs: who puts it right, or evidence."""
    if result.result in TO_RECTIFY:
        unit = _rectifier(session, case, item, result)
        if _reads_a_notice(item, unit):
            words(result.rectify_text, "rectify_text")
    elif result.result in FINDINGS:
        _needs_evidence(session, item, item.returned_at)


def _may_find(session: Session, actor: Actor, case: Case, item: Item) -> None:
    """The unit itself for complaints and help, an inspector or handler for tips (design §3)."""
    if case.kind == "tip":
        if actor.role not in _FINDS_FOR_TIPS:
            raise NotPermitted("举报的核查结论由责任督学或承办人作出")
    elif actor.role in ("handler", "supervisor"):
        unit = session.get_one(Unit, item.verifying_unit_id)
        if unit.kind not in _OFFICE_UNITS:
            raise NotPermitted("投诉、求助的核查结论由核查单位作出")


def _begin_rectifying(
    session: Session, case: Case, item: Item, result: Result, now: datetime
) -> int:
    unit = _rectifier(session, case, item, result)
    item.rectifying_unit_id = unit.id
    assist_promise.leads_now(session, case, item, unit.id, now)
    if _reads_a_notice(item, unit):
        item.rectify_text = words(result.rectify_text, "rectify_text")
        item.signed_at = None
        start_clocks(session, case, item, ("sign_for", "rectify"), now)
    else:
        # Whoever found it itself needs no second signature for what it just declared.
        item.rectify_text = result.rectify_text.strip()
        start_clocks(session, case, item, ("rectify",), now)
    return unit.id


def _rectifier(session: Session, case: Case, item: Item, result: Result) -> Unit:
    unit_id = result.rectifying_unit_id
    if unit_id is None and case.kind != "tip":
        unit_id = item.verifying_unit_id
    unit = items.staying(session, unit_id) if unit_id else None
    if unit is None or not unit.active:
        raise BadInput({"rectifying_unit": "请选择整改单位"})
    return unit


def _reads_a_notice(item: Item, unit: Unit) -> bool:
    """Tell whether the unit learns by a notice what to put right: it did not find it itself."""
    return unit.id != item.verifying_unit_id or item.inspector_id is not None


def submit(
    session: Session,
    actor: Actor,
    item_id: int,
    done: str,
    now: datetime,
    *,
    signer: str = "",
    seen: int | None = None,
) -> None:
    """Submit what was put right for the check; needs evidence newer than the last return.

    A unit's waits for its responsible person's signature first, as in `find`. Raises BadInput with
    everything that is missing.
    """
    case, item = gate.lock_item(session, item_id, seen)
    _at_work(actor, case, item)
    if item.state == "rectifying" and item.signed_at is None:
        raise MoveNotAllowed("请先签收整改通知")
    if item.state != "rectifying":
        gate.pass_item(actor, case, item, "submit")  # refuses: there is nothing to put right
    since = _newest(item.returned_at, _found_at(session, item))
    gathered(
        lambda: words(done, "done"),
        lambda: _needs_evidence(session, item, since, own=True),
        lambda: writing.signs(session, actor, Answer("submit", "", signer=signer), now),
    )
    what = words(done, "done")
    answer = Answer("submit", what, signer=signer)
    name = writing.signs(session, actor, answer, now)
    if name is None:
        writing.wait(session, actor, case, item, answer, now)
        return
    written = writing.signed(session, actor, item, answer, name, now)
    gate.pass_item(actor, case, item, "submit")
    clocks.meet(session, of_item(item), now, "rectify")
    extending.lapse(session, case, item, now)
    _submitted(session, actor, case, item, now)
    record(session, case, actor, "submit", now, {"done": what, **written}, item=item)


def _submitted(session: Session, actor: Actor, case: Case, item: Item, now: datetime) -> None:
    item.submitted_at = now
    hands.add(session, item, actor.person, "submitter")
    clocks.start(session, "check", of_item(item), matter_of(case), now)


def _needs_evidence(
    session: Session, item: Item, after: datetime | None, *, own: bool = False
) -> None:
    """Raise BadInput without evidence; `own`: what the office saw on a visit is none of theirs."""
    # What came before was sent by whoever had the item before; what an assisting unit sent, the
    # holder has not seen.
    ours = (Evidence.item_id == item.id, Evidence.at >= item.held_since)
    query = select(Evidence.id).where(*ours, Evidence.assistance_id.is_(None))
    if own:
        query = query.where(Evidence.visit_id.is_(None))
    if after is not None:
        query = query.where(Evidence.at > after)
    if session.execute(query.limit(1)).first() is None:
        raise BadInput({"evidence": "请先上传新的材料：退回或查实之后的照片、文件等"})


def _found_at(session: Session, item: Item) -> datetime | None:
    query = select(Finding.at).where(Finding.item_id == item.id).order_by(Finding.id.desc())
    return session.scalar(query.limit(1))


def _newest(*moments: datetime | None) -> datetime | None:
    return max((moment for moment in moments if moment is not None), default=None)
