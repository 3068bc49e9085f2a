"""The outbox: what is under way, what did not get through, and what a person does about it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, url_for
from sqlalchemy.orm import Session

from caseflow.errors import MoveNotAllowed, NotFound
from caseflow.ledger.outbox_reach import case_numbers, within
from caseflow.notices.sms_budget import SPENT, spent
from caseflow.notices.unreachable import NO_NUMBER, UNDELIVERED
from caseflow.outbox import letters
from caseflow.outbox.folding import SUMMARY
from caseflow.outbox.metrics import figures
from caseflow.outbox.sending import LEASE_RAN_OUT, NO_ADDRESS, NO_TRANSPORT
from caseflow.outbox.tables import Event, Message
from caseflow.people import names
from caseflow.people.office_changes import note
from caseflow.web.admin.frame import Page, after, blueprint
from caseflow.web.edge import actor, change, needs, now, read, rooms, settings
from caseflow.web.locale import gettext, moment_text, ngettext

STATES = {
    "pending": "等待发送",
    "claimed": "正在发送",
    "sent": "已发送",
    "dead": "发送失败",
    "withheld": "无法发送",
    "discarded": "已作废",
}
WAYS = {"email": "邮件", "sms": "短信"}
_REASONS = {
    NO_ADDRESS: "没有留下这种联系方式",
    NO_TRANSPORT: "这种发送方式还没有设置",
    SPENT: "今天的短信额度已用完，明天发出",
    NO_NUMBER: "对方号码收不到短信",
    UNDELIVERED: "短信没有送达",
    LEASE_RAN_OUT: "发送进程中断，可能已经发出",
}

_OUTSIDE = {"report": "反映人", "back": "来文机关"}
_FOLDED = "和其他事情一起，合成一条消息发出"


@blueprint.get("/outbox")
@needs("outbox.read")
def outbox() -> Page:
    """Show the figures, what did not get through, and what waits."""
    with read() as session:
        here = within(session, actor(), rooms().area)
        stuck = letters.stuck_messages(session, after() or None, within=here)
        waiting = letters.waiting_messages(session, within=here) if not after() else []
        dead = letters.dead_events(session, within=here) if not after() else []
        known = _numbers(session, [*stuck, *waiting, *dead])
        people = _people(session, [*stuck, *waiting])
        counted = figures(session, now(), here)
        return render_template(
            "admin/outbox.html",
            active="outbox",
            figures=counted,
            age=_age(counted.oldest_age),
            texts=_texts(session),
            stuck=[_row(one, known, people) for one in stuck],
            waiting=[_row(one, known, people) for one in waiting],
            dead=[_event(one, known) for one in dead],
            next_href=url_for("admin.outbox", after=stuck[-1].id)
            if len(stuck) == letters.PAGE
            else "",
            first_page=not after(),
        )


def _texts(session: Session) -> dict[str, int] | None:
    """Return what text messages cost today and may cost; None where none can be sent."""
    known = settings()
    if not known.sends_texts:
        return None
    return {"spent": spent(session, now()), "daily": known.sms_daily}


def _numbers(session: Session, found: Sequence[Message | Event]) -> dict[int | None, str]:
    return case_numbers(session, actor(), {one.case_id for one in found}, rooms().area)


def _people(session: Session, found: Sequence[Message]) -> Mapping[int, str]:
    sorts = (one.recipient.partition(":") for one in found)
    return names.users(session, {int(n) for sort, _, n in sorts if sort == "user"})


def _age(seconds: float) -> str:
    minutes = int(seconds // 60)
    if minutes < 1:
        return gettext("不到 1 分钟")
    if minutes < 120:
        return ngettext("%(num)d 分钟", "%(num)d 分钟", minutes)
    return ngettext("%(num)d 小时", "%(num)d 小时", minutes // 60)


def reason_text(reason: str | None) -> str:
    """Return why a message did not get through; what a mail server said stays as it is."""
    return gettext(_REASONS[reason]) if reason in _REASONS else reason or ""


def _row(
    one: Message, known: Mapping[int | None, str], people: Mapping[int, str]
) -> dict[str, Any]:
    sort, _, number = one.recipient.partition(":")
    return {
        "id": one.id,
        "href": url_for("admin.outbox_message", message_id=one.id),
        "subject": one.subject,
        "text": one.text,
        "to": people.get(int(number), "") if sort == "user" else gettext(_OUTSIDE[sort]),
        "way": gettext(WAYS.get(one.way, one.way)),
        "number": known[one.case_id],
        "state": one.state,
        "state_label": gettext(STATES[one.state]),
        "reason": gettext(_FOLDED) if one.summary_id else reason_text(one.reason),
        "summary": one.summary_id,
        "attempts": one.attempts,
        "urgent": one.urgent,
        "at": moment_text(one.created_at),
        "next": moment_text(one.not_before),
        "sent": moment_text(one.sent_at) if one.sent_at else "",
    }


def _event(one: Event, known: Mapping[int | None, str]) -> dict[str, Any]:
    return {
        "id": one.id,
        "number": known[one.case_id],
        "name": one.name,
        "error": one.error or "",
        "attempts": one.attempts,
        "at": moment_text(one.at),
    }


@blueprint.get("/outbox/messages/<int:message_id>")
@needs("outbox.read")
def outbox_message(message_id: int) -> Page:
    """Show one message: its words, and every try at sending it."""
    return _shown(message_id)


def _shown(message_id: int, error: str = "", status: int = 200) -> Page:
    with read() as session:
        found, known = _message(session, message_id)
        tries = [
            {"at": moment_text(one.at), "ok": one.ok, "note": reason_text(one.note)}
            for one in letters.attempts(session, message_id)
        ]
        row = _row(found, known, _people(session, [found]))
        if found.rule.startswith(SUMMARY):
            # Its words name cases of every area; of those the reader sees their own.
            here = within(session, actor(), rooms().area)
            told = letters.parts(session, found.id, within=here)
            numbers, people = _numbers(session, told), _people(session, told)
            row["text"] = ""
            row["parts"] = [_row(one, numbers, people) for one in told]
    body = render_template(
        "admin/outbox_message.html",
        active="outbox",
        row=row,
        tries=tries,
        error=error,
        language=not error,
    )
    return body, status


def _message(session: Session, message_id: int) -> tuple[Message, dict[int | None, str]]:
    """Return a message of the actor's areas; raises NotFound."""
    found = session.get(Message, message_id)
    known = _numbers(session, [found]) if found else {}
    if found is None or found.case_id not in known:
        raise NotFound("没有这条消息")
    return found, known


def _settle(message_id: int, what: str, work: Callable[[Session], object], done: str) -> Page:
    def take(session: Session) -> None:
        _message(session, message_id)
        work(session)
        note(session, actor(), what, now(), {"message": message_id})

    try:
        change(take)
    except MoveNotAllowed as gone:
        return _shown(message_id, gone.told, 409)
    flash(done, "success")
    return redirect(url_for("admin.outbox"))


@blueprint.post("/outbox/messages/<int:message_id>/requeue")
@needs("outbox.requeue")
def requeue_message(message_id: int) -> Page:
    """Let a message be tried again."""
    done = gettext("已重新排队，几秒内发送。")
    return _settle(
        message_id, "message_requeued", lambda s: letters.requeue(s, message_id, now()), done
    )


@blueprint.post("/outbox/messages/<int:message_id>/discard")
@needs("outbox.requeue")
def discard_message(message_id: int) -> Page:
    """Let a message go for good."""
    done = gettext("已作废，不再发送。")
    return _settle(
        message_id, "message_discarded", lambda s: letters.discard(s, message_id, now()), done
    )


def _settle_event(event_id: int, what: str, work: Callable[[Session], object], done: str) -> Page:
    def take(session: Session) -> None:
        found = session.get(Event, event_id)
        if found is None or found.case_id not in _numbers(session, [found]):
            raise NotFound("没有这条事件")
        work(session)
        note(session, actor(), what, now(), {"event": event_id})

    change(take)
    flash(done, "success")
    return redirect(url_for("admin.outbox"))


@blueprint.post("/outbox/events/<int:event_id>/requeue")
@needs("outbox.requeue")
def requeue_event(event_id: int) -> Page:
    """Let an event be turned into messages again."""
    done = gettext("已重新处理。")
    return _settle_event(
        event_id, "event_requeued", lambda s: letters.requeue_event(s, event_id, now()), done
    )


@blueprint.post("/outbox/events/<int:event_id>/discard")
@needs("outbox.requeue")
def discard_event(event_id: int) -> Page:
    """Let an event go: nobody will be told of it."""
    done = gettext("已作废，不再通知。")
    return _settle_event(
        event_id, "event_discarded", lambda s: letters.discard_event(s, event_id, now()), done
    )
