"""Tracking: number and code open a letter; from it one adds, answers, calls for help, takes back
a consent, leaves.

The code is asked for once; from then on a sealed ticket in the forms proves it, for 30 minutes
since the last step. Nothing of it stands in an address.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from caseflow import refs
from caseflow.errors import BadInput, MoveNotAllowed, NotFound, Unavailable
from caseflow.intake import adding, mail_stops, reviewing, tracking
from caseflow.intake.adding import Joined
from caseflow.intake.channels import webform
from caseflow.intake.receive import said_the_same
from caseflow.intake.reviewing import Appeals
from caseflow.intake.rooms import Rooms
from caseflow.intake.tracking import Story
from caseflow.web import edge, proof
from caseflow.web.files import attached
from caseflow.web.locale import chosen, gettext, in_chinese
from caseflow.web.proof import Proof
from caseflow.web.public import appeal, guard, letter
from caseflow.web.public.decision import decision
from caseflow.web.public.frame import blueprint, page
from caseflow.web.public.guard import Ticket
from caseflow.web.shell import office

_CODE_DIGITS = 16
# The two fields are good for 30 minutes too: a browser that is asked to send them again later, by
# whoever sits there then, opens nothing.
_LEFT_SECONDS = 3600
_ASKED, _ASKED_LOOSELY = "track", "track without a cookie"
_PARTS = ("add", "answer", "retaliation", "review")

WRONG = "来件编号和查询码对不上，请对照回执再输入一次。"
INTERNAL = "这是办件编号，只在我们内部使用。请输入回执上的来件编号，像这样：430503-20261123-0007"
TOO_MANY = "输错的查询太多，暂时打不开。请过一分钟再试。"
OVER = "为了您的安全，打开 30 分钟不动就会关上。请再输入一次编号和查询码。"
OVER_DRAFT = (
    "为了您的安全，打开 30 分钟不动就会关上。请再输入一次编号和查询码，您刚才写的还在下面。"
)
NO_COOKIE = "这一页放得太久，或者浏览器不保存 Cookie。请再输入一次查询码。"
NOT_NOW = "系统暂时存不下来，还没有收下。您写的都在，请过一会儿再试；急事请打电话。"
FILES_LEFT = "选好的文件没有收下，打开以后请重新选。"
SENT_BEFORE = "这一段之前已经收下了。您后来改过的还没有收下：请删去重复的，再按一次提交。"
TOO_LATE = "现在不能再撤回了：您已经撤回过，或者我们已经在答复。"
THANKS = {
    "add": "已收到您的补充，会和原来的来件一起办理。",
    "answer": "已收到您的回答，我们继续办理。",
    "late": "提问已经结束，您的回答作为补充收下了。",
    "retaliation": "已收到，并已报告负责人。有人身危险，请马上打 110。",
    "disclosure": "已按您的要求改好，从现在起照此办理。",
    "after": "已收到。这件事已经办结，我们会单独答复您；有新的事实的，会再次审查。",
    "review": "已收到您的请求，由上一级机关书面答复您。编号和期限写在下面，查询码不变。",
    "mail": "已记下，不再给您发邮件。进展请用编号和查询码在这里查看。",
    "retract": "已记下您的撤回。要不要继续查，由我们按规定决定，结果仍会答复您。",
}


@dataclass(frozen=True)
class Tried:
    """A form of the letter that could not be taken: which one, what was typed, and why."""

    part: str = ""
    text: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    notice: str = ""
    nonce: str = ""
    files: Proof = field(default_factory=Proof)


@blueprint.get("/track")
def ask() -> Response:
    """Show the two fields."""
    return _asked()


@blueprint.post("/track")
def show() -> Response:
    """Show the letter that number and code open; every wrong pair gets the same answer."""
    number, code = refs.plain(edge.typed("number")), edge.typed("code")
    loose = not guard.proven()
    if not _still_good(loose=loose):
        return _asked(400, number, notice=gettext(NO_COOKIE), loose=loose)
    errors = _shape(number, code)
    if errors:
        return _asked(422, number, errors)
    rooms, now = edge.rooms(), edge.now()
    found = edge.change(lambda session: tracking.look_up(session, rooms, number, code, now))
    if not found.open:
        return _asked(429, number, notice=gettext(TOO_MANY))
    if found.report_id is None:
        return _asked(422, number, notice=gettext(WRONG))
    part, text = _draft()
    return _letter(found.report_id, Tried(part=part, text=text), loose=loose)


def _still_good(*, loose: bool) -> bool:
    """Tell whether the two fields come from a page of ours that is not too old."""
    if loose:
        return guard.confirmed(_ASKED_LOOSELY, guard.TICKET_FOR)
    return not edge.typed("confirmation") or any(
        guard.confirmed(about, guard.TICKET_FOR) for about in (_ASKED, _ASKED_LOOSELY)
    )


@blueprint.get("/track/language")
def ask_in_language() -> AnyResponse:
    """Show the two fields where somebody opens the address of the button below."""
    return redirect(url_for("public.ask", lang=chosen()))


@blueprint.post("/track/language")
def track_in_language() -> Response:
    """Show the letter or the two fields in the other language; nothing is looked up or kept."""
    open_ = guard.ticket()
    if open_ is not None:
        return _letter(open_.report_id, Tried(), loose=open_.loose)
    number, loose = refs.plain(edge.typed("number")), not guard.proven()
    if not _still_good(loose=loose):
        return _asked(400, number, notice=gettext(NO_COOKIE), loose=loose)
    return _asked(200, number)


@blueprint.post("/track/add")
def add() -> Response:
    """Add words or files to what was reported."""
    return _join("add")


@blueprint.post("/track/answer")
def answer() -> Response:
    """Answer the office's question; the case goes on."""
    return _join("answer")


@blueprint.post("/track/retaliation")
def retaliation() -> Response:
    """Call for help: urgent, whatever the state of the matter."""
    return _join("retaliation")


@blueprint.post("/track/disclosure")
def tighten() -> Response:
    """Let fewer people know who reported; sent twice it is done once."""
    return _wished("disclosure", tracking.tighten, edge.typed("disclosure"))


@blueprint.post("/track/retract")
def retract() -> Response:
    """Take the report back; sent twice it is done once."""
    return _wished("retract", tracking.retract, edge.typed("why"))


@blueprint.post("/track/mail")
def stop_mail() -> Response:
    """Send no more mail; sent twice it is done once."""
    return _wished("mail", mail_stops.stop, "")


@blueprint.post("/track/review")
def ask_review() -> Response:
    """Ask the office above to review the last answer (复查, 复核); sent twice it is done once."""
    proven, text = guard.ticket(), webform.cleaned(request.form.get("text", ""))
    if proven is None:
        return _asked(403, notice=gettext(OVER_DRAFT if text else OVER), draft=("review", text))
    tried = Tried("review", text)
    try:
        stage = refs.whole(edge.typed("stage")) or 0
        reviewing.ask_here(edge.rooms(), proven.report_id, stage, text, edge.now())
    except BadInput as wrong:
        errors = {name: gettext(said) for name, said in wrong.fields.items()}
        return _letter(proven.report_id, replace(tried, errors=errors), 422, loose=proven.loose)
    except MoveNotAllowed as gone:
        refused = Tried(notice=gettext(gone.told))
        return _letter(proven.report_id, refused, 409, loose=proven.loose)
    except Unavailable:
        return _not_now(proven, tried)
    return _letter(proven.report_id, Tried(), thanks=gettext(THANKS["review"]), loose=proven.loose)


def _wished(part: str, work: Callable[[Rooms, int, str, datetime], None], chosen: str) -> Response:
    """Do what the reporter chose in a form without words of their own."""
    proven, tried = guard.ticket(), Tried(part)
    if proven is None:
        return _asked(403, notice=gettext(OVER))
    try:
        work(edge.rooms(), proven.report_id, chosen, edge.now())
    except BadInput as wrong:
        errors = {name: gettext(said) for name, said in wrong.fields.items()}
        return _letter(proven.report_id, replace(tried, errors=errors), 422, loose=proven.loose)
    except MoveNotAllowed:
        gone = Tried(notice=gettext(TOO_LATE))
        return _letter(proven.report_id, gone, 409, loose=proven.loose)
    except Unavailable:
        return _not_now(proven, tried)
    thanks = gettext(THANKS[part])
    return _letter(proven.report_id, Tried(), thanks=thanks, loose=proven.loose)


@blueprint.post("/track/letter")
def keep() -> Response:
    """Hand out what was decided as PDF; nothing that proves the code stands in its address."""
    proven = guard.ticket()
    if proven is None:
        return _asked(403, notice=gettext(OVER))
    with edge.read() as session, in_chinese():
        told = tracking.story(session, proven.report_id)
        known = reviewing.appeals(session, proven.report_id, told)
        decided = appeal.opinion(known, refs.whole(edge.typed("stage")) or 0)
        if decided is None:
            told = _standing(told, known)
            decided = decision(told, office().name, appeal.remedy_line(known.first))
    if decided is None:
        raise NotFound("还没有可以下载的答复")
    sheet, at = decided
    return attached(edge.typesetter().pdf(sheet, at), "application/pdf", f"{sheet.title}.pdf")


def _standing(story: Story, known: Appeals) -> Story:
    """Return a story with the answer that stands: what was annulled is handed out no more."""
    return replace(story, reply="") if known.annulled else story


@blueprint.post("/track/leave")
def leave() -> AnyResponse:
    """Close the letter; going back and sending the old form again opens nothing.

    The browser itself fills a form again on going back; a mark tells its script to empty it
    (static/js/form.js), which no script of ours need know more about.
    """
    guard.forget()
    answer = redirect(url_for("public.home"), 303)
    answer.set_cookie("left", "1", max_age=_LEFT_SECONDS, samesite="Lax", secure=request.is_secure)
    return answer


def _join(part: str) -> Response:
    text, nonce = webform.cleaned(request.form.get("text", "")), edge.typed("nonce")
    proven = guard.ticket()
    if proven is None:
        said = gettext(OVER_DRAFT if text else OVER)
        if any(file.filename for file in request.files.getlist("files")):
            said = f"{said} {gettext(FILES_LEFT)}"
        return _asked(403, notice=said, draft=(part, text))
    nonce = nonce if webform.is_nonce(nonce) else guard.new_nonce()
    key = webform.key_of(nonce)
    try:
        files = proof.gather(key)
    except Unavailable:
        return _not_now(proven, Tried(part, text, nonce=nonce, files=proof.offered_again(key)))
    tried = Tried(part, text, nonce=nonce, files=files)
    try:
        joined = _taken(proven.report_id, part, key, files)
    except BadInput as wrong:
        errors = {name: gettext(said) for name, said in wrong.fields.items()}
        return _letter(proven.report_id, replace(tried, errors=errors), 422, loose=proven.loose)
    except Unavailable:
        return _not_now(proven, tried)
    if joined is None:
        fresh = guard.new_nonce()
        files = proof.carry_over(files, webform.key_of(fresh))
        tried = Tried(part, text, notice=gettext(SENT_BEFORE), nonce=fresh, files=files)
        return _letter(proven.report_id, tried, 409, loose=proven.loose)
    told = part if joined.open else "late"
    thanks = gettext(THANKS["after" if part == "add" and joined.over else told])
    return _letter(proven.report_id, Tried(), thanks=thanks, loose=proven.loose)


def _not_now(proven: Ticket, tried: Tried) -> Response:
    errors = {"files": tried.files.words} if tried.files.words else {}
    tried = replace(tried, errors=errors, notice=gettext(NOT_NOW))
    return _letter(proven.report_id, tried, 503, loose=proven.loose)


def _taken(report_id: int, part: str, key: str, files: Proof) -> Joined | None:
    """Join what was sent; None where this form was taken before and says something else now.

    Raises BadInput.
    """
    with edge.read() as session:
        first = tracking.first_of(session, report_id)
    errors = {"files": files.words} if files.words else {}
    try:
        incoming = webform.parse_more(
            request.form,
            first,
            key,
            edge.now(),
            files=[file.incoming() for file in files.kept],
            urgent=part == "retaliation",
        )
    except BadInput as wrong:
        raise BadInput({**wrong.fields, **errors}) from wrong
    if errors:
        raise BadInput(errors)
    question = edge.typed("question") if part == "answer" else ""
    joined = adding.add(edge.rooms(), incoming, edge.now(), refs.whole(question))
    changed = joined.again and not said_the_same(edge.rooms(), incoming)
    return None if changed else joined


def _letter(
    report_id: int, tried: Tried, status: int = 200, thanks: str = "", *, loose: bool
) -> Response:
    with edge.read() as session:
        story = tracking.story(session, report_id)
        known = reviewing.appeals(session, report_id, story)
        mailed = mail_stops.is_offered(session, report_id)
    shown, now = {part: guard.new_nonce() for part in _PARTS}, edge.now()
    errored = _errored(tried.part, waiting=story.question is not None)
    if errored and tried.nonce:
        shown[errored] = tried.nonce  # files wait under the number of the form that keeps the words
    return page(
        "public/track_case.html",
        status,
        letter=letter.letter(story, now, known),
        decided=known.own is None and decision(_standing(story, known), "") is not None,
        steps=letter.steps(story),
        question=letter.question(story),
        told=letter.told(story.added),
        secrecy=letter.secrecy(story),
        retracting=letter.may_retract(story),
        mailed=mailed,
        mail_is_read=bool(edge.settings().imap_url),
        appeal=appeal.shown(known, now),
        errors=tried.errors,
        errored=errored,
        form={"text": tried.text},
        notice=tried.notice,
        thanks=thanks,
        nonces=shown,
        ticket=guard.ticket_for(report_id, loose=loose),
        **proof.page_values(tried.files, pieces=url_for("public.begin_pieces")),
    )


def _errored(part: str, *, waiting: bool) -> str:
    """Return the form that keeps what was typed: an answer without a question is an addition."""
    return "add" if part == "answer" and not waiting else part


def _asked(
    status: int = 200,
    number: str = "",
    errors: Mapping[str, str] | None = None,
    notice: str = "",
    draft: tuple[str, str] | None = None,
    *,
    loose: bool = False,
) -> Response:
    """Return the two fields; never the code, and beside them what was written for the letter."""
    part, text = draft or _draft()
    loose = loose or (request.method == "POST" and guard.confirmed(_ASKED_LOOSELY))
    return page(
        "public/track.html",
        status,
        form={"number": number},
        errors=errors or {},
        notice=notice,
        confirmation=guard.confirmation(_ASKED_LOOSELY if loose else _ASKED),
        draft_part=part,
        draft=text,
    )


def _draft() -> tuple[str, str]:
    """Return what was written in a letter that closed meanwhile, and for which form."""
    part = edge.typed("draft_part") if request.method == "POST" else ""
    if part not in _PARTS:
        return "", ""
    return part, webform.cleaned(request.form.get("draft", ""))


def _shape(number: str, code: str) -> dict[str, str]:
    errors = {}
    if refs.parse_case(number) is not None:
        errors["number"] = gettext(INTERNAL)
    elif refs.parse_report(number) is None:
        errors["number"] = gettext("编号像这样：430503-20261123-0007，请对照回执输入")
    if len(refs.ungrouped(code)) != _CODE_DIGITS:
        errors["code"] = gettext("查询码是 16 位数字，请对照回执输入")
    return errors
