"""The desk's page: an empty or restored sheet, saving it, and the numbers to read aloud.

The code of the receipt stands only in the answer to the POST; the script then gives the page the
address of the next sheet, so that a reload shows that and sends nothing again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from caseflow import words
from caseflow.deadlines.rules import rules_of
from caseflow.deadlines.tables import Clock
from caseflow.errors import BadInput, NotPermitted, Told, Unavailable
from caseflow.intake import call_lists, desk_places, drafts, tracking, uploads
from caseflow.intake.channels import desk as sheets
from caseflow.intake.channels.desk import Logged
from caseflow.intake.desk import saved_before, take_down, written_down
from caseflow.intake.drafts import Kept
from caseflow.intake.owed import owed
from caseflow.intake.receive import Received, said_the_same
from caseflow.ledger.report_tables import Report
from caseflow.refs import grouped
from caseflow.web import edge, proof
from caseflow.web.clocks import clock_views
from caseflow.web.desk import handover, paste
from caseflow.web.desk.frame import (
    Page,
    blueprint,
    channel_of,
    fresh_nonce,
    is_nonce,
    place_of,
    scope,
    sheet,
)
from caseflow.web.desk.lines import debts
from caseflow.web.edge import needs
from caseflow.web.locale import gettext, moment_text
from caseflow.web.promises import Promise, promised, worth_telling
from caseflow.web.proof import Proof

USED = (
    "这一张先前已经保存过（%(number)s），那一份没有变。现在写的还没有存入：是另一件，请再按一次保存；"
    "要补充那一件，请打开办件补记。"
)
NOT_NOW = "系统暂时存不下来，这一张还没有登记。写的都在，请过一会儿再按一次保存。"


@dataclass(frozen=True)
class Saved:
    """What the operator reads aloud. `again`: the sheet had been saved before."""

    report: str
    case: str
    groups: Sequence[str]
    channel: str
    received_at: str
    promises: Sequence[Promise]
    answered: bool
    urgent: bool
    again: bool
    files: int


@dataclass(frozen=True)
class Sheet:
    """One sheet on the screen; `form` and `errors` by field name, `files` that came with it."""

    channel: str
    nonce: str
    form: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    restored_at: str = ""
    files: Proof = field(default_factory=Proof)


@blueprint.get("")
@needs("desk.log")
def show() -> Page:
    """Show the sheet that the address names; without one go on to the newest draft or a new one."""
    channel, nonce = channel_of(request.args.get("channel")), request.args.get("sheet", "")
    me = edge.actor().person
    with edge.read() as session:
        if not is_nonce(nonce):
            kept = () if request.args.get("new") else _waiting(session, channel)
            nonce = kept[0].nonce if kept else fresh_nonce()
            return redirect(url_for(".show", channel=channel, sheet=nonce))
        if saved_before(session, nonce) is not None:  # somebody went back to its address
            return redirect(url_for(".show", channel=channel, new=1))
        draft = drafts.find(session, edge.rooms().ring, me, nonce)
        if draft is None:
            return _page(session, Sheet(channel, nonce))
        waiting = uploads.waiting(session, edge.rooms(), nonce, None, edge.now())
        files, kept_at = Proof(uploads.once(waiting)), moment_text(draft.saved_at)
        return _page(session, Sheet(draft.channel, nonce, draft.form, {}, kept_at, files))


@blueprint.post("")
@needs("desk.log")
def save() -> Page:
    """Save the sheet and show its numbers above the next one; errors keep everything typed."""
    channel, nonce, form = channel_of(request.form.get("channel")), edge.typed("nonce"), sheet()
    nonce = nonce if is_nonce(nonce) else fresh_nonce()
    with edge.read() as session:
        before = saved_before(session, nonce)
    if before is not None and before.logged_by != edge.actor().person:
        # A sheet left open by a colleague: its receipt is nobody else's.
        nonce, before = fresh_nonce(), None
    try:
        files = proof.gather(nonce)
    except Unavailable:
        return _not_now(channel, nonce, form, proof.offered_again(nonce))
    try:
        logged = _read(channel, nonce, form, files, known=before is not None)
        if before is not None and not _same(before, logged):
            fresh, told = fresh_nonce(), Told(USED, number=before.number)
            return _again(channel, fresh, form, {"text": told}, proof.carry_over(files, fresh))
        received = take_down(edge.rooms(), logged, edge.actor(), edge.now())
    except BadInput as error:
        return _again(channel, nonce, form, error.fields, files)
    except NotPermitted:
        recused = "您与这个单位有回避关系，这一项不能由您办理，请交给同事；所写内容已保留"
        return _again(channel, nonce, form, {"unit": recused}, files)
    except Unavailable:
        return _not_now(channel, nonce, form, files)
    with edge.read() as session:
        saved = _saved(session, received, channel, len(files.kept))
        return _page(session, Sheet(channel, fresh_nonce()), saved)


def _same(report: Report, logged: Logged) -> bool:
    same_door = report.channel == logged.incoming.channel
    return same_door and said_the_same(edge.rooms(), logged.incoming)


def _read(
    channel: str, nonce: str, form: Mapping[str, str], files: Proof, *, known: bool
) -> Logged:
    """Parse the sheet. Raises BadInput with what the parser and the house found wrong.

    `known`: this very sheet was saved before.
    """
    now = edge.now()
    with edge.read() as session:
        place = place_of(session, form)
        unit_id = place.unit.id if place.unit else None
        asks = channel == paste.CHANNEL and not known
        came = paste.before_words(session, form) if asks else ""
    seat = sheets.Seat(edge.actor().person, place.area, now, unit_id)
    wrong = {**place.wrong, **({"files": files.words} if files.words else {})}
    wrong |= {"sender_number": came} if came else {}
    try:
        kept = [file.incoming() for file in files.kept]
        logged = sheets.parse(channel, nonce, form, seat, kept)
    except BadInput as error:
        raise BadInput(_in_order({**error.fields, **wrong})) from error
    if wrong:
        raise BadInput(_in_order(wrong))
    return logged


def _in_order(wrong: Mapping[str, str]) -> dict[str, str]:
    return {name: wrong[name] for name in (*sheets.FIELDS, "files") if name in wrong}


def _again(
    channel: str,
    nonce: str,
    form: Mapping[str, str],
    errors: Mapping[str, str],
    files: Proof,
    status: int = 422,
) -> Page:
    with edge.read() as session:
        return str(_page(session, Sheet(channel, nonce, form, errors, files=files))), status


def _not_now(channel: str, nonce: str, form: Mapping[str, str], files: Proof) -> Page:
    told = {"text": NOT_NOW, **({"files": files.words} if files.words else {})}
    return _again(channel, nonce, form, told, files, 503)


def _waiting(session: Session, channel: str) -> list[Kept]:
    mine = drafts.waiting(session, edge.rooms().ring, edge.actor().person)
    return [kept for kept in mine if kept.channel == channel]


def _saved(session: Session, received: Received, channel: str, files: int) -> Saved:
    case, report = written_down(session, received)
    running = tracking.promises(session, report, urgent=case.urgent)
    now = edge.now()
    takes_away = channel != "handed_down"  # somebody hears or carries the receipt
    return Saved(
        report=report.number,
        case=case.number,
        groups=grouped(received.code or "").split() if takes_away else (),
        channel=channel,
        received_at=moment_text(report.received_at),
        promises=promised(running, case.state, now)
        if takes_away
        else _limits(session, running, case.state, now),
        answered=case.state == "answered",
        urgent=case.urgent,
        again=received.duplicate,
        files=files,
    )


def _limits(session: Session, running: Sequence[Clock], state: str, now: datetime) -> list[Promise]:
    """Return the limits of what was handed down: the office reads them, nobody else."""
    views = clock_views(rules_of(session), worth_telling(running, state), now)
    return [Promise(view.label, view.text, view.text) for view in views]


def _page(session: Session, typed: Sheet, saved: Saved | None = None) -> str:
    mine = drafts.waiting(session, edge.rooms().ring, edge.actor().person)
    return render_template(
        "desk/index.html",
        active="desk",
        sheet=typed,
        form=typed.form,
        errors={name: gettext(told) for name, told in typed.errors.items()},
        saved=saved,
        others=[
            {"nonce": kept.nonce, "channel": kept.channel, "at": moment_text(kept.saved_at)}
            for kept in mine
            if kept.nonce != typed.nonce
        ],
        channels=[(code, gettext(words.CHANNELS[code])) for code in sheets.CHANNELS],
        answering=typed.channel in sheets.ANSWERING,
        areas=desk_places.areas(session, scope()),
        unit_names=desk_places.unit_names(session, scope()),
        categories=[(code, gettext(told)) for code, told in words.CATEGORIES.items()],
        kinds=[
            {"value": code, "label": gettext(told), "attrs": {} if n else {"data-key": "k"}}
            for n, (code, told) in enumerate(words.KINDS.items())
        ],
        disclosures=[(code, gettext(told)) for code, told in words.DISCLOSURES.items()],
        owed=debts(session, owed(session, scope())),
        missed=call_lists.count_owed(session, edge.actor()),
        **handover.waiting(session),
        **proof.page_values(typed.files, pieces=url_for("desk.begin_pieces")),
        **paste.came_from(session, typed.form),
    )
