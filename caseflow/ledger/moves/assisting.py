"""Assisting units (协办): asked beside an item's lead, heard, or released.

Each is asked in words written for it, by a promise of its own that never ends after the item's.
The item stays where it is, and its lead goes on: the office reads the answers, shares the words of
one with the lead if it sees fit, and whoever strikes the item off sees what is still open.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.deadlines import clocks
from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted
from caseflow.files.tables import Blob
from caseflow.ledger import assistances, gate, hands
from caseflow.ledger.assistance_tables import Assistance
from caseflow.ledger.at_work import require_at_work
from caseflow.ledger.history import commitment
from caseflow.ledger.moves import naming
from caseflow.ledger.moves.assist_promise import promised, refs_of, release
from caseflow.ledger.moves.items import staying
from caseflow.ledger.moves.record import gathered, record, words
from caseflow.ledger.tables import Case, Evidence, Item
from caseflow.people.actor import Actor
from caseflow.people.posts import manages

MOST = 10
"""So many units owe an answer about one item at once; more would be a meeting."""


def ask_assistance(
    session: Session,
    actor: Actor,
    item_id: int,
    unit_id: int,
    text: str,
    now: datetime,
    *,
    none_listed: bool = False,
    seen: int | None = None,
) -> int:
    """Ask a unit for its part beside the lead and return the id of what was asked.

    A tip never goes to the unit reported, nor to a unit under its management (信访工作条例 §30);
    `none_listed`: somebody made sure that it is about no unit of our list. Raises BadInput with
    everything that is wrong.
    """
    case, item = gate.lock_item(session, item_id, seen)
    require_at_work(case)
    gate.require_free_of(actor, item)
    gathered(
        lambda: _check_unit(session, actor, case, item, unit_id, none_listed),
        lambda: words(text, "text"),
    )
    gate.pass_item(actor, case, item, "ask_assistance")
    clock = promised(session, case, item, now)
    said = words(text, "text")
    row = Assistance(
        item_id=item.id,
        unit_id=unit_id,
        clock_id=clock.id,
        text=said,
        asked_by=actor.person,
        asked_at=now,
    )
    session.add(row)
    session.flush()
    facts = {"assistance": row.id, "unit": unit_id, "text": commitment(said)}
    if none_listed and case.kind == "tip" and case.unit_id is None:
        facts["none_listed"] = True
    refs = {**refs_of(row), "clock_id": clock.id}
    record(session, case, actor, "ask_assistance", now, facts, item=item, refs=refs)
    return row.id


def _check_unit(
    session: Session, actor: Actor, case: Case, item: Item, unit_id: int, none_listed: bool
) -> None:
    """Raise BadInput unless this unit may be asked about this item."""
    unit = staying(session, unit_id)
    if unit is None or not unit.active:
        raise BadInput({"unit": "请选择协办单位"})
    if unit.id in actor.recused:
        raise BadInput({"unit": "您须回避这个单位，请选择其他单位，或由他人决定"})
    if unit.id in (item.verifying_unit_id, item.rectifying_unit_id):
        raise BadInput({"unit": "这个单位已经主办这一项，请选择另一个单位"})
    left = assistances.unanswered(session, item.id)
    if any(row.unit_id == unit.id for row in left):
        raise BadInput({"unit": "这个单位正在协办这一项，还没有答复"})
    if len(left) >= MOST:
        raise BadInput({"unit": "协办单位太多，请等已有的单位答复"})
    if case.kind == "tip":
        _shielded(session, case, unit.id, none_listed)


def _shielded(session: Session, case: Case, unit_id: int, none_listed: bool) -> None:
    """Keep a tip from the unit that it is about, and from any that was ever named as that: with a
    lead that may be a slip to be undone, an assisting unit can always be another one.
    """
    if case.unit_id is None and not none_listed:
        raise BadInput({"none_listed": "请先指明被举报的单位；确实不在名单里的，请确认"})
    if any(manages(session, one, unit_id) for one in naming.shield(session, case).units):
        raise BadInput({"unit": "举报不得交给被举报单位或其管理的单位协办"})


def answer_assistance(
    session: Session,
    actor: Actor,
    item_id: int,
    answer: str,
    now: datetime,
    *,
    files: Sequence[tuple[str, str]] = (),
    seen: int | None = None,
) -> None:
    """Answer, as an assisting unit, what it was asked: that is its signature too. Whoever answers
    has a hand in the item. `files`: blob and name of what comes with the words; they lie in the
    store already, and the office alone reads them. Raises MoveNotAllowed where nothing is owed.
    """
    case, item = gate.lock_item(session, item_id, seen)
    row = assistances.of_unit(session, item.id, actor.unit) if actor.unit is not None else None
    if row is None:
        raise MoveNotAllowed("这一协办事项现在不需要答复")
    require_at_work(case)
    said = words(answer, "answer")
    gate.pass_item(actor, case, item, "answer_assistance")
    row.answer, row.answered_by, row.answered_at = said, actor.person, now
    hands.add(session, item, actor.person, "verifier")
    clocks.end(assistances.promise(session, row), "met", now)
    sums = _kept(session, actor, row, files, now)
    facts = {"assistance": row.id, "unit": row.unit_id, "answer": commitment(said), "files": sums}
    record(session, case, actor, "answer_assistance", now, facts, item=item, refs=refs_of(row))


def record_assistance(
    session: Session,
    actor: Actor,
    item_id: int,
    unit_id: int,
    answer: str,
    said_by: str,
    heard_at: datetime | None,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Write down what an assisting unit answered by telephone (电话答复): who said it, and when.

    Its promise is kept when it was said, not when somebody found the time to write. Whoever wrote
    it down has a hand in the item, as whoever answers has. Raises BadInput for a moment to come, or
    before the unit was asked.
    """
    case, item = gate.lock_item(session, item_id, seen)
    require_at_work(case)
    gate.require_free_of(actor, item)
    row = assistances.of_unit(session, item.id, unit_id)
    gathered(
        lambda: _known(session, item, unit_id, "heard_of"),
        lambda: words(said_by, "said_by", 100),
        lambda: _heard(row, heard_at, now),
        lambda: words(answer, "answer"),
    )
    row = _known(session, item, unit_id, "heard_of")
    if row.unit_id in actor.recused:
        raise NotPermitted("您须回避这个协办单位，请由他人记录")
    heard, said = _heard(row, heard_at, now), words(answer, "answer")
    gate.pass_item(actor, case, item, "record_assistance")
    row.answer, row.answered_by, row.answered_at = said, actor.person, heard
    row.said_by = words(said_by, "said_by", 100)
    hands.add(session, item, actor.person, "verifier")
    clock = assistances.promise(session, row)
    kept = max(heard, clock.started_at)
    clocks.end(clock, "met", kept)
    facts = {"assistance": row.id, "unit": row.unit_id, "answer": commitment(said)}
    facts |= {"said_by": commitment(row.said_by), "kept_at": kept.isoformat()}
    record(session, case, actor, "record_assistance", now, facts, item=item, refs=refs_of(row))


def _heard(row: Assistance | None, at: datetime | None, now: datetime) -> datetime:
    """Return when an answer was said, which people tell by the minute. Raises BadInput where it
    cannot have been then.
    """
    if at is None:
        raise BadInput({"heard_time": "请填写对方答复的时间"})
    if at > now:
        raise BadInput({"heard_time": "对方答复的时间还没有到"})
    if row is not None and at < row.asked_at.replace(second=0, microsecond=0):
        raise BadInput({"heard_time": "对方答复的时间早于请其协办"})
    return at


def _kept(
    session: Session,
    actor: Actor,
    row: Assistance,
    files: Sequence[tuple[str, str]],
    now: datetime,
) -> list[str]:
    """Keep what came with an answer as evidence of the item; return the sums."""
    for blob_id, name in files:
        session.add(
            Evidence(
                item_id=row.item_id,
                blob_id=blob_id,
                name=name,
                user_id=actor.person,
                unit_id=row.unit_id,
                assistance_id=row.id,
                at=now,
            )
        )
    session.flush()
    ids = [blob_id for blob_id, _ in files]
    return list(session.scalars(select(Blob.sha256).where(Blob.id.in_(ids)).order_by(Blob.id)))


def release_assistance(
    session: Session,
    actor: Actor,
    item_id: int,
    unit_id: int,
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Let an assisting unit owe nothing any more, and say why; the unit is told that it is over,
    not why.
    """
    case, item = gate.lock_item(session, item_id, seen)
    require_at_work(case)
    gate.require_free_of(actor, item)
    gathered(
        lambda: _known(session, item, unit_id),
        lambda: words(reason, "reason", 2000),
    )
    gate.pass_item(actor, case, item, "release_assistance")
    release(session, actor, case, item, _known(session, item, unit_id), now, reason.strip())


def _known(session: Session, item: Item, unit_id: int, field: str = "assisting") -> Assistance:
    row = assistances.of_unit(session, item.id, unit_id)
    if row is None:
        raise BadInput({field: "请选择还没有答复的协办单位"})
    return row


def share_assistance(
    session: Session,
    actor: Actor,
    item_id: int,
    unit_id: int,
    now: datetime,
    *,
    nth: int = 0,
    seen: int | None = None,
) -> None:
    """Let an item's lead read the words of one answer of a unit, never what it was sent nor its
    files. Until somebody does, they are the office's (law 9): an answer may name who reported.

    `nth`: which of the unit's answers about the item, the oldest is 1; 0 is the newest.
    """
    case, item = gate.lock_item(session, item_id, seen)
    require_at_work(case)
    gate.require_free_of(actor, item)
    known = [row for row in assistances.answered(session, item.id) if row.unit_id == unit_id]
    if not known:
        raise BadInput({"answered": "请选择已经答复的协办单位"})
    if not 0 <= nth <= len(known):
        raise BadInput({"answered": "这个单位没有这份答复，请从列表中选"})
    gate.pass_item(actor, case, item, "share_assistance")
    row = known[nth - 1]
    if row.shared_at is not None:
        raise MoveNotAllowed("这份协办答复已经转给主办单位")
    row.shared_by, row.shared_at = actor.person, now
    facts = {"assistance": row.id, "unit": row.unit_id}
    record(session, case, actor, "share_assistance", now, facts, item=item, refs=refs_of(row))
