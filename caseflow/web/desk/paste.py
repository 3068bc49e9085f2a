"""What another office sent, pasted or dropped as a file: the desk's sheet filled from its words.

Reading writes nothing. What is taken becomes a draft of the sheet, where a person sees which words
filled which field and what is left over, and saves it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from caseflow.clock import local
from caseflow.deadlines.rules import rules_of
from caseflow.errors import BadInput, Told
from caseflow.files.blobs import Put
from caseflow.intake import drafts, handed, uploads
from caseflow.intake.channels.handed import files, orders
from caseflow.intake.channels.handed.files import Found
from caseflow.intake.channels.handed.orders import Order
from caseflow.intake.channels.handed.sheet import LONGEST_PASTED
from caseflow.intake.channels.webform import legible
from caseflow.intake.handed import Before
from caseflow.intake.uploads import Sent
from caseflow.web import edge, proof
from caseflow.web.desk.frame import Page, blueprint, fresh_nonce, is_nonce, scope
from caseflow.web.edge import needs
from caseflow.web.locale import gettext

CHANNEL = "handed_down"
Lie = Sequence[tuple[str, Put]]
NOTHING = "请粘贴来文的文字，或选一个文件"
TOO_LONG = "文字太长，最多 %(n)d 字；请分几次粘贴，或用表格文件"
GONE = "文件只保留两小时，已经过期，请重新选文件"
NO_WORDS = "里面没有读出文字"
CAME_BEFORE = "已登记为 %(number)s：同一件事不再立第二件，请打开那一件补记。"
CAME_ELSEWHERE = "这个来文机关的这个编号已经登记过，不再立第二件。"
_SHOWN = 60


@dataclass(frozen=True)
class Line:
    """One order as the page lists it: what its fields are, and what it became before."""

    whole: str
    sender: str
    number: str
    title: str
    due: str
    rest: str
    before: Before | None


@blueprint.get("/paste")
@needs("desk.log")
def paste() -> Page:
    """Show where to paste or drop what another office sent."""
    return _page()


@blueprint.post("/paste")
@needs("desk.log")
def read_pasted() -> Page:
    """Read what was pasted: one order goes on to the sheet, several are listed. Writes nothing but
    the draft of that one.
    """
    text = legible(request.form.get("pasted", ""))
    sent = request.files.get("file")
    try:
        name, content = (sent.filename or "", sent.stream.read()) if sent else ("", b"")
        found = _orders(_came(text, name, content))
    except BadInput as wrong:
        return _page(text, wrong.fields), 422
    with edge.read() as session:
        lines = _lines(session, found)
    lie = _put(name, content)
    if len(found) == 1 and not (lines[0].before and lines[0].before.same):
        return _take(found[0], lambda session, to: _keep(session, to, lie))
    return _page("", {}, lines, _kept_for_all(lie))


@blueprint.post("/paste/take")
@needs("desk.log")
def take_pasted() -> Page:
    """Fill a sheet from one order of those that were pasted together."""
    try:
        found = _orders(Found(legible(request.form.get("pasted", ""))))
        return _take(found[0], partial(_shared, request.form.get("file", "")))
    except BadInput as wrong:
        return _page("", wrong.fields), 422


def _came(text: str, name: str, content: bytes) -> Found:
    """Return what was sent: the file where there is one. Raises BadInput."""
    if name or content:
        return files.read(name, content, edge.sheets())
    if not text.strip():
        raise BadInput({"pasted": NOTHING})
    return Found(text)


def _orders(found: Found) -> list[Order]:
    """Return the orders of what was sent. Raises BadInput where it holds none, or too much."""
    if len(found.text) > LONGEST_PASTED:
        raise BadInput({"pasted": Told(TOO_LONG, n=LONGEST_PASTED)})
    with edge.read() as session:
        ends = handed.ends(rules_of(session).calendar)
    today = local(edge.now()).date()
    read = orders.read(found.text, today, ends) if found.text.strip() else []
    for rows in found.sheets:
        read += orders.read_rows(rows, today, ends)
    if not read:
        raise BadInput({"pasted": NO_WORDS})
    return read[: orders.MOST]


def _take(order: Order, files_of: Callable[[Session, str], None]) -> Page:
    """Keep an order as the draft of a sheet, its file beside it, and go there. Raises BadInput."""
    nonce, form = fresh_nonce(), sheet_of(order)
    rooms, me, at = edge.rooms(), edge.actor().person, edge.now()

    def work(session: Session) -> None:
        files_of(session, nonce)
        drafts.save(session, rooms.ring, me, nonce, CHANNEL, form, at)

    edge.change(work)
    return redirect(url_for(".show", channel=CHANNEL, sheet=nonce))


def _put(name: str, content: bytes) -> Lie:
    """Put the file that was read into the store, where there is one."""
    sent = [Sent(name, BytesIO(content), len(content))] if content else []
    return uploads.put(edge.rooms(), uploads.sift(sent, 0, proof.allowed()).good)


def _keep(session: Session, key: str, lie: Lie) -> None:
    uploads.keep(session, edge.rooms(), key, lie, edge.now())


def _kept_for_all(lie: Lie) -> str:
    """Keep a file of many orders for the sheets that are filled from it, and return its key.

    Each of their cases names it, and it lies in the store once. It tells of the others and of who
    reported them, so that it is opened with a reason only.
    """
    if not lie:
        return ""
    key, held = fresh_nonce(), [(name, uploads.hold_for_many(one)) for name, one in lie]
    edge.change(lambda session: _keep(session, key, held))
    return key


def _shared(key: str, session: Session, to: str) -> None:
    """Let the file of many orders go along with a sheet too. Raises BadInput where it is gone."""
    if not key:
        return
    rooms, at = edge.rooms(), edge.now()
    kept = uploads.waiting(session, rooms, key, None, at) if is_nonce(key) else []
    if not kept:
        raise BadInput({"file": GONE})
    uploads.carry_over(session, rooms, to, kept, at)
    uploads.renew(session, key, at)


def sheet_of(order: Order) -> dict[str, str]:
    """Return the fields of the sheet that an order fills, with the whole of it."""
    filled = {name: one.value for name, one in order.fields.items()}
    return {**filled, "pasted": order.whole}


def _lines(session: Session, found: Sequence[Order]) -> list[Line]:
    keys = [handed.key_of(one) for one in found]
    before = handed.before(session, scope(), keys)
    return [_line(one, before.get(key)) for one, key in zip(found, keys, strict=True)]


def _line(order: Order, before: Before | None) -> Line:
    said = {name: one.value for name, one in order.fields.items()}
    title = said.get("title") or said.get("text", "")
    return Line(
        whole=order.whole,
        sender=said.get("sender", ""),
        number=said.get("sender_number", ""),
        title=_cut(title),
        due=said.get("due_day", ""),
        rest=_cut(order.rest),
        before=before,
    )


def _cut(said: str) -> str:
    line = " ".join(said.split())
    return line[:_SHOWN] + ("…" if len(line) > _SHOWN else "")


def came_from(session: Session, form: Mapping[str, str]) -> dict[str, object]:
    """Return for a sheet that was filled from pasted words: for each field the words it came from,
    and what filled none. Nothing for a sheet that was typed.
    """
    pasted = form.get("pasted", "")
    if not pasted.strip():
        return {"came": {}, "rest": ""}
    ends = handed.ends(rules_of(session).calendar)
    found = orders.read(pasted, local(edge.now()).date(), ends)
    if not found:
        return {"came": {}, "rest": pasted}
    came = {name: _told(one.words) for name, one in found[0].fields.items()}
    rest = "\n".join([found[0].rest, *(one.whole for one in found[1:])]).strip()
    return {"came": came, "rest": rest}


def _told(words: str) -> str:
    return gettext("原文：%(words)s", words=_cut(words))


def before_words(session: Session, form: Mapping[str, str]) -> str:
    """Return the message that what a sheet says came before, empty when it did not."""
    key = handed.key(form.get("sender", ""), form.get("sender_number", ""))
    found = handed.before(session, scope(), [key]).get(key) if all(key) else None
    if found is None or not found.same:
        return ""
    return Told(CAME_BEFORE, number=found.case) if found.case else CAME_ELSEWHERE


def _page(
    text: str = "",
    errors: Mapping[str, str] | None = None,
    lines: Sequence[Line] = (),
    file_key: str = "",
) -> str:
    return render_template(
        "desk/paste.html",
        active="desk",
        text=text,
        lines=lines,
        file_key=file_key,
        longest=LONGEST_PASTED,
        errors={name: gettext(told) for name, told in (errors or {}).items()},
    )
