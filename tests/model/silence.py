"""The model's ladder: what happens when nobody does anything, and the documents it drafts."""

from datetime import datetime

from tests.model import promises
from tests.model.case_moves import resume
from tests.model.matters import Case, need
from tests.model.office import CITY, MAY, PROVINCE, Person, reaches
from tests.model.things import Document, Item, Said

_KINDS = {n: kind for n, _, kind in promises.UNITS}
_OF_LEVEL_ABOVE = ("listed", "accountability")


def swept(case: Case, now: datetime) -> None:
    """Let everything happen that is due: questions and pauses run out first, then rungs come."""
    if case.asked_until is not None and case.asked_until <= now:
        resume(case, None, Said(), now)
    for one in case.alive("all"):
        if one.paused_until is not None and one.paused_until <= now:
            one.run_on(now)
    _lift_moot(case, now)
    for one in case.alive("all"):
        if one.state == "running":
            happened = [_of_one_silence(case, one, rung) for rung in one.climb(now)]
            case.rungs += happened
            for rung in happened:
                if one.of_units and not rung.superseded and _KINDS[rung.n]:
                    _drafted(case, _KINDS[rung.n], (rung.clock, rung.on, rung.n), now)
    case.brought = [one for one in case.brought if not _stepped_up(case, *one, now)]


def _stepped_up(case: Case, item: Item, unit: str, since: datetime, n: int, now: datetime) -> bool:
    """What an event or a person brings comes before its date, once; the unit must still have the
    item. While the promise stands still, it is not yet time.
    """
    found = [one for one in case.alive(item.on) if one.name in ("verify", "rectify")]
    if case.state == "shelved":
        return False
    if found and found[0].state == "paused":
        return False
    taken = item.held_since is not None and item.held_since > since
    theirs = item.holder == unit and not taken and not (item.inspector and not item.rectifying)
    for one in found if theirs else ():
        receipt = max([other.rung for other in case.alive(item.on, "sign_for")], default=0)
        if max(one.rung, one.entered, receipt) < n:
            one.entered = n
            rung = promises.Rung(one.name, one.on, n, now, superseded=False)
            case.rungs.append(rung)
            _drafted(case, _KINDS[rung.n], (rung.clock, rung.on, rung.n), now)
    return True


def _of_one_silence(case: Case, clock: promises.Promise, rung: promises.Rung) -> promises.Rung:
    """While nobody signs for a document or an item, no other is drafted for what is to be done
    about it; nor a milder one for the receipt than came before its date for the item.
    """
    drafts = clock.of_units and _KINDS[rung.n]
    over = rung.clock == "answer"
    if clock.on.startswith("item"):
        over = rung.clock in ("verify", "rectify") and bool(case.alive(clock.on, "sign_for"))
        beside = case.alive(clock.on, "verify", "rectify") if rung.clock == "sign_for" else []
        over = over or any(one.entered >= rung.n for one in beside)
    return rung._replace(superseded=True) if over and drafts else rung


def _lift_moot(case: Case, now: datetime) -> None:
    """What a unit was sent about an item that it has no longer, or that is off, is lifted."""
    for order in case.documents:
        item = case.item(order.item)
        taken = item.held_since is not None and item.held_since > order.drafted
        taken = taken or order.unit not in (item.verifying, item.rectifying)
        taken = taken and not _assists(item, order)
        off = item.state in ("withdrawn", "statutory")
        if order.unit and order.state in ("issued", "answered") and (taken or off):
            order.state = "lifted"
            _owed_no_more(case, order, now)


def _assists(item: Item, order: Document) -> bool:
    """Tell whether a document goes to a unit that assists, or did until it had answered."""
    return any(one.unit == order.unit and not one.released for one in item.assisted)


def _owed_no_more(case: Case, order: Document, now: datetime) -> None:
    """Nothing is owed for a document, not even once a shelved case is taken up."""
    case.stop(order.on, now)
    if case.shelving is not None:
        case.shelving.stood = [one for one in case.shelving.stood if one.on != order.on]


def _drafted(case: Case, kind: str, by: tuple[str, str, int], now: datetime) -> None:
    """Draft a document to the unit that is late: none where an inspector verifies in person; the
    proposal of accountability goes to no unit.
    """
    n, unit = _about(case, by[1])
    to = "" if kind == "accountability" else unit
    case.documents_ever += 1
    new = Document(case.documents_ever, kind, n, to, now, by)
    case.documents.append(new)
    case.start("draft", new.on, now)


def _about(case: Case, on: str) -> tuple[int, str]:
    n = int(on.split()[1])
    if on.startswith("assistance"):
        return n, case.item(n).assisted[int(on.split()[2]) - 1].unit
    if on.startswith("order"):
        unanswered = next(one for one in case.documents if one.n == n)
        return unanswered.item, unanswered.unit
    item = case.item(n)
    return n, "" if item.inspector and not item.rectifying else item.holder


def _may(case: Case, order: Document, person: Person, move: str) -> None:
    need(person.role in MAY[move], "the role")
    need(reaches(person, case.area, case.about), "out of sight")
    need(order.kind not in _OF_LEVEL_ABOVE or person.area in (CITY, PROVINCE), "the level above's")
    need(order.state == "draft", "settled before")


def issue(case: Case, order: Document, person: Person, now: datetime) -> None:
    """Issued, with an answer owed. Not where no unit is to get it (docs/decisions/0009)."""
    _may(case, order, person, "issue")
    need(case.state != "shelved", "shelved")
    item = case.item(order.item)
    proposal = order.kind == "accountability"
    beside = order.unit not in ("", *item.units) and _assists(item, order)
    need(beside or not (item.inspector and not item.rectifying), "verified in person")
    need(proposal or order.unit != "", "to nobody")
    fresh = item.held_since is None or order.drafted >= item.held_since
    need(beside or (fresh and order.unit in ("", *item.units)), "taken since")
    need(proposal or item.state not in ("withdrawn", "statutory"), "owed no more")
    order.state, order.level = "issued", person.area
    case.meet(order.on, now, "draft")
    if order.unit and not proposal:
        case.start("sign_for", order.on, now)
        case.start("answer", order.on, now)


def cancel(case: Case, order: Document, person: Person, now: datetime) -> None:
    """Cancelled; the rung stays."""
    _may(case, order, person, "cancel")
    order.state = "cancelled"
    _owed_no_more(case, order, now)


def answer(case: Case, order: Document, person: Person, now: datetime) -> None:
    """By the unit that got it, or by the office for what came on paper (the design is silent)."""
    if person.role == "unit":
        need(person.unit == order.unit, "not its document")
    else:
        need(person.role in MAY["issue"], "the role")
        need(reaches(person, case.area, case.about), "out of sight")
    need(case.state != "shelved", "shelved")
    need(order.state == "issued", "no answer owed")
    order.state = "answered"
    case.meet(order.on, now, "sign_for", "answer")
    case.start("check", order.on, now)


MOVES = {"issue": issue, "cancel": cancel, "answer_order": answer}
