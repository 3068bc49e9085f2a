"""The form of the public, and the receipt, which is the answer to it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from flask import Response, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from caseflow import refs, words
from caseflow.deadlines.tables import Clock
from caseflow.errors import BadInput, Unavailable
from caseflow.intake import tracking
from caseflow.intake.channels import webform
from caseflow.intake.places import Places
from caseflow.intake.receive import Received, known_as, said_the_same, take_in
from caseflow.intake.report import IncomingReport
from caseflow.ledger.report_tables import Report
from caseflow.web import edge, proof
from caseflow.web.locale import chosen, gettext, moment_text
from caseflow.web.promises import promised
from caseflow.web.proof import Proof
from caseflow.web.public import guard, offer
from caseflow.web.public.frame import blueprint, page

_ORDER = ("kind", "category", "unit", "place", "area", "happened_when", "text", "files")

NO_COOKIE = (
    "您写的都在，还没有提交。这一页放得太久，或者浏览器不保存 Cookie。请看一遍，再按一次“提交”。"
)
NO_NUMBER = "您写的都在，还没有提交。这一页不完整，现在补好了，请再按一次“提交”。"
SAID_BEFORE = (
    "这一页之前已经提交过，那一份已经收下（编号 %(number)s）。"
    "您这次改过内容，还没有收下：要作为新的一件提交，请再按一次“提交”。"
    "只是补充的话，请用“查进度”。"
)
NOT_NOW = "系统暂时存不下来，还没有收下。您写的都在，请过一会儿再按一次“提交”；急事请打电话。"


@blueprint.get("/report")
def form() -> Response:
    """Show the empty form."""
    return _form({}, guard.new_nonce())


@blueprint.post("/report")
def submit() -> AnyResponse:
    """Take the form: the receipt, or the form again with everything that was typed."""
    nonce = edge.typed("nonce")
    whole = webform.is_nonce(nonce)
    if not whole:
        nonce = guard.new_nonce()
    key = webform.key_of(nonce)
    try:
        files = proof.gather(key)
    except Unavailable:
        return _not_now(nonce, proof.offered_again(key))
    try:
        if not whole:
            return _form(request.form, nonce, 400, files, gettext(NO_NUMBER))
        if not (guard.proven() or guard.confirmed(key)):
            if _left(key):
                return redirect(url_for("public.ask"), 303)
            return _form(request.form, nonce, 400, files, gettext(NO_COOKIE), vouch=True)
        return _take(nonce, key, files)
    except Unavailable:
        return _not_now(nonce, files)


def _not_now(nonce: str, files: Proof) -> Response:
    errors = {"files": files.words} if files.words else {}
    notice, offered = gettext(NOT_NOW), offer.if_any()
    return _form(request.form, nonce, 503, files, notice, errors=errors, offered=offered)


def _left(key: str) -> bool:
    """Tell whether this form was taken before and left: nobody reads it by going back."""
    with edge.read() as session:
        return tracking.is_known(session, key)


def _take(nonce: str, key: str, files: Proof) -> Response:
    offered = offer.lists()
    incoming, errors = _parsed(offered, key, files)
    if incoming is None:  # a place that the list did not know yet, maybe
        offered = offer.read()
        incoming, errors = _parsed(offered, key, files)
    if incoming is None:
        return _form(request.form, nonce, 422, files, errors=errors, offered=offered)
    incoming = _as_sent_before(incoming)
    kept = _Kept()
    received = take_in(edge.rooms(), incoming, edge.now(), told=kept.look)
    if received.duplicate and not said_the_same(edge.rooms(), incoming):
        fresh = guard.new_nonce()
        files = proof.carry_over(files, webform.key_of(fresh))
        said = gettext(SAID_BEFORE, number=received.report_number)
        return _form(request.form, fresh, 409, files, said)
    guard.remember_sent(incoming.channel_key)
    code, promises = received.code or "", kept.promises
    return _receipt(kept.report, promises, code, len(files.kept), incoming.channel_key)


class _Kept:
    """What the receipt says of a report, read where it is written down: one connection for both."""

    report: Report
    promises: Sequence[Clock]

    def look(self, session: Session, received: Received) -> None:
        """Take report and promises, and let them go: they are said after the commit."""
        session.flush()
        new = received.opened
        if new is not None:
            self.report, self.promises = new.report, tracking.promised_now(new)
        else:
            self.report, self.promises = tracking.kept(session, received.report_number)
        session.expunge_all()


@blueprint.get("/report/language")
def form_in_language() -> AnyResponse:
    """Show the empty form where somebody opens the address of the button below."""
    return redirect(url_for("public.form", lang=chosen()))


@blueprint.post("/report/language")
def report_in_language() -> AnyResponse:
    """Show form or receipt in the other language: with all that was typed, and nothing kept."""
    key = guard.receipt_asked()
    if key:
        return _receipt_of(key)
    if "receipt" in request.form:
        return redirect(url_for("public.ask", lang=chosen()), 303)
    nonce = edge.typed("nonce")
    known = webform.is_nonce(nonce) and (guard.proven() or guard.confirmed(webform.key_of(nonce)))
    if not known:
        fresh, notice = guard.new_nonce(), gettext(NO_COOKIE)
        return _form(request.form, fresh, 400, notice=notice, vouch=True)
    files = proof.offered_again(webform.key_of(nonce))
    errors = {"files": files.words} if files.words else {}
    return _form(request.form, nonce, files=files, errors=errors)


def _receipt_of(key: str) -> AnyResponse:
    with edge.read() as session:
        received = known_as(session, edge.rooms(), webform.CHANNEL, key)
        if received is None:
            return redirect(url_for("public.ask", lang=chosen()), 303)
        report, promises = tracking.kept(session, received.report_number)
        files = tracking.files_of(session, report)
    return _receipt(report, promises, received.code or "", files, key)


def _as_sent_before(incoming: IncomingReport) -> IncomingReport:
    """Return the report under the number of the form that this browser sent last, where both say
    the same: somebody went back from the receipt and pressed once more.
    """
    last = guard.last_sent()
    if not last or last == incoming.channel_key:
        return incoming
    with edge.read() as session:
        if not tracking.is_known(session, last) or tracking.is_known(session, incoming.channel_key):
            return incoming
    before = replace(incoming, channel_key=last)
    return before if said_the_same(edge.rooms(), before) else incoming


def _parsed(
    offered: Places, key: str, files: Proof
) -> tuple[IncomingReport | None, dict[str, str]]:
    """Return the report, or what is wrong in the order of the page."""
    errors = {"files": files.words} if files.words else {}
    incoming = None
    try:
        incoming = webform.parse(
            request.form,
            offered.choices(),
            key,
            edge.now(),
            locale=chosen(),
            files=[file.incoming() for file in files.kept],
        )
    except BadInput as wrong:
        errors |= {name: gettext(said) for name, said in wrong.fields.items()}
    if not errors:
        return incoming, {}
    rank = {name: place for place, name in enumerate(_ORDER)}
    return None, dict(sorted(errors.items(), key=lambda error: rank.get(error[0], len(rank))))


def _receipt(
    report: Report, promises: Sequence[Clock], code: str, files: int, key: str
) -> Response:
    values = {
        "number": report.number,
        "groups": refs.grouped(code).split(),
        "kind_label": gettext(words.KINDS[report.kind]),
        "received_at": moment_text(report.received_at),
        "promises": promised(promises, "received", edge.now()),
        "reachable": not report.anonymous,
        "danger": any(clock.name == "immediate" for clock in promises),
        "files": files,
        "again": guard.receipt_again(key),
    }
    return page("public/receipt.html", receipt=values)


def _form(
    typed: Mapping[str, str],
    nonce: str,
    status: int = 200,
    files: Proof | None = None,
    notice: str = "",
    *,
    errors: Mapping[str, str] | None = None,
    offered: Places | None = None,
    vouch: bool = False,
) -> Response:
    """Return the form with what was typed. `vouch`: the next try counts without a cookie."""
    offered = offered or offer.lists()
    return page(
        "public/report.html",
        status,
        form=typed,
        errors=errors or {},
        notice=notice,
        nonce=nonce,
        confirmation=guard.confirmation(webform.key_of(nonce)) if vouch else _carried(nonce),
        areas=offered.areas,
        units=offered.units,
        categories=[(code, gettext(label)) for code, label in words.CATEGORIES.items()],
        **proof.page_values(files or Proof(), pieces=url_for("public.begin_pieces")),
    )


def _carried(nonce: str) -> str:
    """Return the confirmation that the form carried already, while its number stays the same."""
    key = webform.key_of(nonce)
    return guard.confirmation(key) if request.method == "POST" and guard.confirmed(key) else ""
