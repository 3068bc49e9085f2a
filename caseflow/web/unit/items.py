"""What a unit or inspector holds: the list, and one item with what is asked and by when."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from flask import render_template
from sqlalchemy.orm import Session

from caseflow import words
from caseflow.clock import local
from caseflow.escalation.received import orders_to
from caseflow.intake import desk_places
from caseflow.ledger import holding, visits
from caseflow.ledger.extensions import Bar
from caseflow.ledger.holding import Sheet
from caseflow.ledger.moves import visiting
from caseflow.ledger.states import FINDINGS
from caseflow.ledger.tables import Case, Item
from caseflow.people.scope import Scope
from caseflow.people.tables import Area, Unit
from caseflow.web import edge, visit_typed
from caseflow.web.clocks import due_text
from caseflow.web.edge import needs
from caseflow.web.locale import day_text, gettext, moment_text, series
from caseflow.web.proof import limits_told
from caseflow.web.unit import assisting, signing
from caseflow.web.unit.evidence import shown
from caseflow.web.unit.frame import (
    Page,
    Times,
    bearer,
    blueprint,
    fresh_nonce,
    large_limits,
    lines,
    scope,
    state_label,
    views,
)
from caseflow.web.unit.orders import order_line
from caseflow.web.unit.signing import Sign
from caseflow.web.unit.typed import Typed

OBJECTION = ("reason",)
EXTENSION = ("until", "grounds")
FINDING = ("note", "result", "basis", "rectifying_unit", "rectify_text", "signer")
SUBMISSION = ("note", "done", "signer")
VISIT = visit_typed.FIELDS
_VISITED = ("verifying", "rectifying", "submitted")


# To a holder there is no case and nobody who reported (design law 9): every reason in other words.
NO_MORE_TIME: Mapping[Bar, str] = MappingProxyType(
    {
        Bar.fixed: "这一时限不能延期",
        Bar.paused: "时限已暂停，恢复后再申请延期。",
        Bar.late: "期限已过，不能再申请延期",
        Bar.used: "已经延期过，不能再延",
        Bar.full: "这已经是能给的最长期限，不能再申请延期；确实办不完的，请尽早联系督导办公室。",
    }
)


@blueprint.get("/")
@needs("item.hold")
def index() -> Page:
    """Show what is owed, what waits for the office, and what is over."""
    with edge.read() as session:
        here = scope()
        under_way = holding.open_items(session, here)
        times = Times.of(session, under_way)
        orders = orders_to(session, here.unit) if here.unit else ()
        asked = assisting.lines(session, here)
        return render_template(
            "unit/index.html",
            unit=bearer(session),
            orders=[order_line(order) for order in orders],
            asked=asked,
            todo=lines(times, [each for each in under_way if each.turn]),
            waiting=lines(times, [each for each in under_way if not each.turn]),
            done=lines(times, holding.done_items(session, here)),
        )


@blueprint.get("/items/<int:item_id>")
@needs("item.hold")
def item(item_id: int) -> Page:
    """Show one item; one that somebody else holds looks like one that does not exist."""
    with edge.read() as session:
        return page(session, item_id, Typed())


def page(session: Session, item_id: int, typed: Typed) -> str:
    """Return the page of one item, with what could not be done in its place."""
    sheet = holding.sheet(session, scope(), item_id, edge.now())
    held = sheet.holding
    sign = signing.look(session, held)
    typed = signing.given_back(sign, typed)
    inspects = edge.actor().unit is None
    nonce, files = typed.brought(visit=False)
    fields = _fields(sheet, sign)
    object_until = sheet.object_until if OBJECTION[0] in fields else None
    return render_template(
        "unit/item.html",
        unit=bearer(session),
        item=held.item,
        reference=holding.reference(item_id),
        sheet=sheet,
        held=held,
        state_label=state_label(held),
        clocks=views(Times.of(session, [held]), held),
        evidence=shown(sheet.evidence),
        returns=[(moment_text(each.at), each.reason) for each in sheet.returns],
        sent=[(moment_text(each.at), each.text) for each in sheet.sent],
        objections=[(moment_text(one.at), one.reason, one.refused) for one in sheet.objections],
        object_until=due_text(object_until) if object_until else "",
        extension=_extension(sheet),
        extended=_extended(sheet),
        extendable=_extendable(sheet),
        no_more_time=_no_more_time(sheet),
        finding=gettext(words.FINDINGS[sheet.finding]) if sheet.finding else "",
        results=_results(inspects),
        inspects=inspects,
        unit_names=desk_places.unit_names(session, district()) if inspects else (),
        rectifying_unit=first_guess(session, held.item) if inspects else "",
        place=_place(session, held.item) if inspects else "",
        sign=sign,
        beside=assisting.beside(session, held),
        visiting=_visiting(session, sheet, typed) if inspects else None,
        visits=_visits(session, held.item) if inspects else [],
        limits_told=limits_told(),
        file_limits=large_limits(),
        nonce=nonce or fresh_nonce(),
        files_before=files,
        unsigned=_unsigned(held.item),
        fields=fields,
        stranded=_stranded(typed, fields),
        typed=typed,
        errors={name: gettext(told) for name, told in typed.errors.items()},
    )


def _extension(sheet: Sheet) -> dict[str, str] | None:
    """Return the application for more time that waits for its decision."""
    row = sheet.extension
    return {"until": due_text(row.until), "grounds": row.grounds} if row else None


def _extendable(sheet: Sheet) -> dict[str, str] | None:
    """Return how far more time can be asked for; None where it cannot, or was asked for already."""
    room = sheet.extendable
    if room.bar or sheet.extension is not None:
        return None
    return {
        "first": room.first.isoformat(),
        "last": room.last.isoformat(),
        "until": day_text(room.last),
    }


def _extended(sheet: Sheet) -> dict[str, object] | None:
    """Return what became of the newest application; nothing while another one waits."""
    one = sheet.decided
    if one is None or sheet.extension is not None or not sheet.holding.turn:
        return None
    return {
        "granted": one.granted,
        "at": moment_text(one.at),
        "until": due_text(one.until),
        "reason": one.reason,
    }


def _no_more_time(sheet: Sheet) -> str:
    """Say why no more time can be asked for."""
    if not sheet.holding.turn or _unsigned(sheet.holding.item) or sheet.extension is not None:
        return ""
    bar = sheet.extendable.bar
    return gettext(NO_MORE_TIME[bar]) if bar else ""


def _unsigned(item: Item) -> bool:
    """Tell whether the holder has to sign first: for the item, or for the rectification."""
    return item.state == "dispatched" or (item.state == "rectifying" and item.signed_at is None)


def _may_visit(sheet: Sheet) -> bool:
    """Tell whether an inspector's visit can be put on record: also what was put right is seen."""
    held = sheet.holding
    over = held.stopped or held.still
    return edge.actor().unit is None and not over and held.item.state in _VISITED


def _visiting(session: Session, sheet: Sheet, typed: Typed) -> dict[str, object] | None:
    """Return who can be named as having gone along, where a visit can be put on record, and what
    came before its form.
    """
    if not _may_visit(sheet):
        return None
    me = edge.actor()
    about = session.get_one(Case, sheet.holding.item.case_id).unit_id
    people = visiting.company(session, session.get_one(Area, me.area), about)
    nonce, files = typed.brought(visit=True)
    return {
        "nonce": nonce or fresh_nonce(),
        "files": files,
        "people": [(str(one.id), one.name) for one in people if one.id != me.id],
        "today": local(edge.now()).date().isoformat(),
    }


def _visits(session: Session, item: Item) -> list[dict[str, str]]:
    """Return the visits of the item: who went, when, where, and what they saw."""
    return [
        {
            "when": moment_text(one.row.at),
            "people": series(one.names),
            "place": one.row.place,
            "saw": one.row.seen,
        }
        for one in visits.of_item(session, item.id)
    ]


def _fields(sheet: Sheet, sign: Sign) -> tuple[str, ...]:
    """Return the fields that the holder is offered now, with those of what else one may ask.

    While an answer waits for its signature all but another answer goes on; who reads it to sign it
    has the reason for sending it back to write, and no other.
    """
    item = sheet.holding.item
    more: tuple[str, ...] = OBJECTION if sheet.object_until and not sign.mine else ()
    more += VISIT if _may_visit(sheet) else ()
    if not sheet.holding.turn or _unsigned(item):
        return more
    more += EXTENSION if _extendable(sheet) else ()
    if sign.waits and sign.anew is None:
        return ("note", *more)
    if item.state == "rectifying":
        return (*SUBMISSION, *more)
    return (*(FINDING if sheet.concludes else ("note",)), *more)


def _stranded(typed: Typed, fields: Sequence[str]) -> list[str]:
    """Return what was typed into a form that is no longer offered, to be read and copied."""
    left = {name: said for name, said in typed.form.items() if name not in fields}
    if left.get("result") in words.FINDINGS:
        left["result"] = gettext(words.FINDINGS[left["result"]])
    return list(left.values())


def district() -> Scope:
    """Return the area in which an inspector may name a rectifying unit."""
    me = edge.actor()
    return Scope("area", level=me.level, code=me.area)


def _results(inspects: bool) -> list[dict[str, str]]:
    by_whom = (
        gettext("进入整改，由整改单位整改")
        if inspects
        else gettext("进入整改，由您单位整改；整改后再上传整改材料，提交验收")
    )
    after = {"substantiated": by_whom, "partly": by_whom}
    closing = gettext("须有核查材料，直接提请验收")
    return [
        {"value": code, "label": gettext(words.FINDINGS[code]), "hint": after.get(code, closing)}
        for code in FINDINGS
    ]


def _place(session: Session, item: Item) -> str:
    """Return the unit where an inspector verifies in person."""
    unit = session.get(Unit, item.verifying_unit_id)
    return unit.name if unit else ""


def first_guess(session: Session, item: Item) -> str:
    """Return the unit that an inspector would most often name: the one the item went to."""
    unit = session.get(Unit, item.verifying_unit_id)
    return unit.name if unit and unit.kind not in ("office", "section") else ""
