"""What a holder does with an item. Each answer is the item's page: a redirect when it was done,
422 when something is missing, 409 when the item moved meanwhile; what was typed is still there.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted, Stale
from caseflow.intake import desk_places
from caseflow.ledger import holding
from caseflow.ledger.moves import extending, objecting, signing, visiting, work
from caseflow.ledger.moves.record import gathered
from caseflow.ledger.moves.work import Result
from caseflow.ledger.signatures import responsible
from caseflow.ledger.states import TO_RECTIFY
from caseflow.people.actor import Actor
from caseflow.web import edge, visit_typed
from caseflow.web.edge import needs, now, typed, typed_day
from caseflow.web.files import Brought
from caseflow.web.locale import gettext
from caseflow.web.unit import news
from caseflow.web.unit.frame import blueprint, scope
from caseflow.web.unit.items import (
    EXTENSION,
    FINDING,
    OBJECTION,
    SUBMISSION,
    VISIT,
    district,
    first_guess,
    page,
)
from caseflow.web.unit.typed import Typed

FIELDS = tuple(dict.fromkeys(OBJECTION + EXTENSION + FINDING + SUBMISSION + VISIT))

_FILES = "所选的文件需要重新选择"
_CHANGED = "这一事项刚有变化，这次没有保存。请看清现在的情况再操作；您写的还在。"


def _move(
    item_id: int,
    done: str,
    verb: Callable[[Session], object],
    files: Brought | None = None,
    sent: tuple[str, ...] = (),
) -> ResponseReturnValue:
    """Run one move in a transaction behind the item's lock and mark, and answer with the page.

    `sent`: the fields that go with this move, where the others are given back.
    """
    seen, here = typed("seen"), scope()

    def one(session: Session) -> None:
        holding.lock_unmoved(session, here, item_id, seen)
        verb(session)

    try:
        if files is not None:
            with edge.read() as session:  # nobody fills the store for what is not theirs
                holding.sheet(session, here, item_id, now())
            files.put()
        edge.change(one)
    except BadInput as error:
        fields = error.fields
        if files is not None and files.field_name not in fields and _came():
            fields = {**fields, files.field_name: _FILES}
        return _again(item_id, _left(_said(), errors=fields)), 422
    except (Stale, MoveNotAllowed, NotPermitted):
        changed = gettext(_CHANGED)
        if _came():
            changed = f"{changed} {gettext(_FILES)}"
        with edge.read() as session:
            came = news.of_item(session, item_id, seen)
        return _again(item_id, _left(_said(), changed=changed, news=came)), 409
    left = _unsent(item_id, sent) if sent else {}
    told = gettext("您写的还在，还没有提交。") if left else ""
    flash(gettext(done) + told, "success")
    if files is None and request.form.getlist("kept"):  # this move takes none along
        return _again(item_id, _left(left)), 200
    return (
        (_again(item_id, Typed(left)), 200) if left else redirect(url_for(".item", item_id=item_id))
    )


def _left(said: Mapping[str, str], **why: Any) -> Typed:
    """Return what goes back into the form, with the large files that came before it."""
    kept, visit = request.form.getlist("kept"), request.endpoint == "unit.visit"
    return Typed(said, nonce=typed("nonce"), files=kept, visit=visit, **why)


def _came() -> bool:
    """Tell whether files were chosen: a browser does not send them back into their field."""
    return any(file.filename for file in request.files.values())


def _said() -> dict[str, str]:
    said = {name: request.form[name] for name in FIELDS if request.form.get(name)}
    if "grounds" not in said:
        said.pop("until", None)  # the last day there is, as the page itself had put it there
    if not said.keys() & {"result", "basis", "done"}:
        said.pop("signer", None)  # who signed last, as the page itself had put it there
    if "saw" not in said and "place" not in said:
        said.pop("visit_day", None)  # today, as the page itself had put it there
    return said


def _unsent(item_id: int, sent: tuple[str, ...]) -> dict[str, str]:
    """Return what was typed beside the fields `sent`; a guess that the page itself had put there
    is nobody's words.
    """
    left = {name: said for name, said in _said().items() if name not in sent}
    with edge.read() as session:
        item = holding.sheet(session, scope(), item_id, now()).holding.item
        if left == {"rectifying_unit": first_guess(session, item)}:
            return {}
    return left


def _again(item_id: int, left: Typed) -> str:
    with edge.read() as session:
        return page(session, item_id, left)


@blueprint.post("/items/<int:item_id>/sign_for")
@needs("item.hold")
def sign_for(item_id: int) -> ResponseReturnValue:
    """Sign for an item, or for a rectification notice."""
    me, at = edge.actor(), now()
    return _move(item_id, "已签收。", lambda s: work.sign_for(s, me, item_id, at))


@blueprint.post("/items/<int:item_id>/object", endpoint="object")
@needs("item.hold")
def object_to(item_id: int) -> ResponseReturnValue:
    """Say that the unit is not competent (退单)."""
    me, at, reason = edge.actor(), now(), typed("reason")
    return _move(
        item_id,
        "已退单，等待审核；审核期间原期限照常计算。",
        lambda s: objecting.object_to(s, me, item_id, reason, at),
        sent=OBJECTION,
    )


@blueprint.post("/items/<int:item_id>/extend")
@needs("item.hold")
def extend(item_id: int) -> ResponseReturnValue:
    """Ask for more time (申请延期)."""
    me, at, until, grounds = edge.actor(), now(), typed_day("until"), typed("grounds")
    return _move(
        item_id,
        "延期申请已提交，等待审批；审批期间原期限照常计算。",
        lambda s: extending.extend(s, me, item_id, until, grounds, at),
        sent=EXTENSION,
    )


@blueprint.post("/items/<int:item_id>/evidence")
@needs("item.hold")
def hand_in(item_id: int) -> ResponseReturnValue:
    """Hand in files: all of them, or none when one cannot be taken. Words stay in their form."""
    files = Brought("evidence", required=True)
    return _move(item_id, "材料已上传。", lambda s: files.hand_in(s, item_id), files, ("note",))


@blueprint.post("/items/<int:item_id>/find")
@needs("item.hold")
def find(item_id: int) -> ResponseReturnValue:
    """Record the finding; an inspector also names who puts it right, and writes what they read."""
    me, at = edge.actor(), now()
    result, basis, signer = typed("result"), typed("basis"), typed("signer")
    files = Brought("evidence")

    def conclude(session: Session) -> None:
        unit_id, text = None, ""
        if me.unit is None and result in TO_RECTIFY:
            unit_id, text = _rectifying(session)
        found = Result(result, basis, unit_id, text)
        work.find(session, me, item_id, found, at, signer=signer)

    def verb(session: Session) -> None:
        gathered(lambda: files.hand_in(session, item_id), lambda: conclude(session))

    return _move(item_id, _answered(me, at, "核查结论已记录。"), verb, files)


def _answered(me: Actor, at: datetime, done: str) -> str:
    """Return what is said of an answer: that it counts, or waits for somebody's signature."""
    with edge.read() as session:
        people = responsible(session, me.unit, at) if me.unit else ()
        waits = people and all(one.id != me.id for one in people)
    return "已报单位负责人签发；签发前时限照常计算。" if waits else done


@blueprint.post("/items/<int:item_id>/sign_off")
@needs("item.hold")
def sign_off(item_id: int) -> ResponseReturnValue:
    """Sign what a colleague wrote as the unit's answer (签发)."""
    me, at = edge.actor(), now()
    return _move(item_id, "已签发，答复已提交。", lambda s: signing.sign_off(s, me, item_id, at))


@blueprint.post("/items/<int:item_id>/send_back_answer")
@needs("item.hold")
def send_back_answer(item_id: int) -> ResponseReturnValue:
    """Send what a colleague wrote back, with words."""
    me, at, why = edge.actor(), now(), typed("reason")
    return _move(
        item_id,
        "已退回，拟稿人会收到通知。",
        lambda s: signing.send_back_answer(s, me, item_id, why, at),
    )


def _rectifying(session: Session) -> tuple[int, str]:
    """Return the rectifying unit and its text as an inspector wrote them; raises BadInput."""
    wrong = {}
    unit = desk_places.find_unit(session, district(), typed("rectifying_unit"))
    if unit is None:
        wrong["rectifying_unit"] = "请从列表中选择整改单位"
    if not typed("rectify_text"):
        wrong["rectify_text"] = "请写明要整改什么，整改单位只看得到这一段"
    if not typed("basis"):
        wrong["basis"] = "请填写这一项"
    if wrong or unit is None:
        raise BadInput(wrong)
    return unit.id, typed("rectify_text")


@blueprint.post("/items/<int:item_id>/visit")
@needs("item.hold")
def visit(item_id: int) -> ResponseReturnValue:
    """Put on record that the inspector went there with somebody else (实地核查)."""
    me, at, pictures = edge.actor(), now(), Brought("pictures")

    def verb(session: Session) -> None:
        told = visit_typed.told(session, pictures)
        went = replace(told, people=[me.person, *told.people])
        visiting.visit(session, me, item_id, went, at)

    return _move(item_id, "实地核查已记录。", verb, pictures, VISIT)


@blueprint.post("/items/<int:item_id>/submit")
@needs("item.hold")
def submit(item_id: int) -> ResponseReturnValue:
    """Submit what was put right."""
    me, at, done, signer = edge.actor(), now(), typed("done"), typed("signer")
    files = Brought("evidence")

    def verb(session: Session) -> None:
        gathered(
            lambda: files.hand_in(session, item_id),
            lambda: work.submit(session, me, item_id, done, at, signer=signer),
        )

    return _move(item_id, _answered(me, at, "已提交，等待验收。"), verb, files)
