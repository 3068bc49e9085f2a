"""What a holder does with an item. Each answer is the item's page: a redirect when it was done,
422 when something is missing, 409 when the item moved meanwhile; what was typed is still there.
"""

from collections.abc import Callable
from typing import IO

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted, Stale
from caseflow.files import blobs
from caseflow.files.names import safe_name
from caseflow.intake import desk_places
from caseflow.ledger import holding
from caseflow.ledger.moves import work
from caseflow.ledger.moves.work import Result
from caseflow.ledger.states import TO_RECTIFY
from caseflow.web import edge
from caseflow.web.edge import needs, now, typed
from caseflow.web.locale import gettext
from caseflow.web.unit.frame import blueprint, scope
from caseflow.web.unit.items import MIB, Typed, district, limits, page

NAME_LENGTH = 200
FIELDS = ("note", "result", "basis", "rectifying_unit", "rectify_text", "done")

_CHANGED = "这一事项刚有变化，这次没有保存。请看清现在的情况再操作；您写的还在。"


def _move(
    item_id: int, name: str, done: str, verb: Callable[[Session], None]
) -> ResponseReturnValue:
    """Run one move in a transaction behind the item's lock and mark, and answer with the page."""
    seen, here = typed("seen"), scope()

    def one(session: Session) -> None:
        holding.lock_unmoved(session, here, item_id, seen)
        verb(session)

    try:
        edge.change(one)
    except BadInput as error:
        return _again(item_id, Typed(name, _said(), error.fields)), 422
    except (Stale, MoveNotAllowed, NotPermitted):
        return _again(item_id, Typed(name, _said(), changed=gettext(_CHANGED))), 409
    flash(gettext(done), "success")
    return redirect(url_for(".item", item_id=item_id))


def _said() -> dict[str, str]:
    return {name: request.form[name] for name in FIELDS if request.form.get(name)}


def _again(item_id: int, failed: Typed) -> str:
    with edge.read() as session:
        return page(session, item_id, failed)


@blueprint.post("/items/<int:item_id>/sign_for")
@needs("item.hold")
def sign_for(item_id: int) -> ResponseReturnValue:
    """Sign for an item, or for a rectification notice."""
    me, at = edge.actor(), now()
    return _move(item_id, "sign_for", "已签收。", lambda s: work.sign_for(s, me, item_id, at))


@blueprint.post("/items/<int:item_id>/evidence")
@needs("item.hold")
def hand_in(item_id: int) -> ResponseReturnValue:
    """Hand in files: all of them, or none when one cannot be taken."""
    files = [file for file in request.files.getlist("files") if file.filename]
    me, at, note = edge.actor(), now(), typed("note")

    def verb(session: Session) -> None:
        _check(files)
        for file in files:
            file.stream.seek(0)
            blob = blobs.keep(session, edge.rooms().store, file.stream, at)
            name = safe_name(file.filename or "")[-NAME_LENGTH:]
            work.hand_in(session, me, item_id, blob.id, name, at, note=note)

    return _move(item_id, "evidence", "材料已上传。", verb)


def _check(files: list[FileStorage]) -> None:
    """Raise BadInput when there is no file, too many, an empty one or one too large."""
    most, largest = limits().max_files, limits().max_file
    if not files:
        raise BadInput({"files": "请选择要上传的照片或文件"})
    if len(files) > most:
        raise BadInput({"files": gettext("一次最多上传 %(n)d 个，请分几次上传", n=most)})
    sizes = [_size(file.stream) for file in files]
    if max(sizes) > largest:
        told = gettext("有文件超过 %(n)d MB，没有上传。请压缩后再试", n=largest // MIB)
        raise BadInput({"files": told})
    if min(sizes) == 0:
        raise BadInput({"files": "有文件是空的，请重新选择"})


def _size(stream: IO[bytes]) -> int:
    size = stream.seek(0, 2)
    stream.seek(0)
    return size


@blueprint.post("/items/<int:item_id>/find")
@needs("item.hold")
def find(item_id: int) -> ResponseReturnValue:
    """Record the finding; an inspector also names who puts it right, and writes what they read."""
    me, at = edge.actor(), now()
    result, basis = typed("result"), typed("basis")

    def verb(session: Session) -> None:
        unit_id, text = None, ""
        if me.unit is None and result in TO_RECTIFY:
            unit_id, text = _rectifying(session)
        work.find(session, me, item_id, Result(result, basis, unit_id, text), at)

    return _move(item_id, "find", "核查结论已记录。", verb)


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


@blueprint.post("/items/<int:item_id>/submit")
@needs("item.hold")
def submit(item_id: int) -> ResponseReturnValue:
    """Submit what was put right."""
    me, at, done = edge.actor(), now(), typed("done")
    told = "已提交，等待验收。"
    return _move(item_id, "submit", told, lambda s: work.submit(s, me, item_id, done, at))
