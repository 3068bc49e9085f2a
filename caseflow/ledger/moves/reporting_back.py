"""The report back to the office that handed a matter down (办结报告).

Written by whoever works on the case, checked by another person, sent, signed for by the sender; or
refused by it, then another one is written. A case closes only when each of them was signed for.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from caseflow.crypto.blind import normal_email
from caseflow.deadlines import clocks
from caseflow.deadlines.policies import ClockName
from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted
from caseflow.ledger import gate, reports_back
from caseflow.ledger.handed_tables import BACK_DONE, BACK_WAYS, ReportBack
from caseflow.ledger.history import commitment
from caseflow.ledger.moves import back_promise, closing
from caseflow.ledger.moves.record import may_say, of_case, record, words
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case
from caseflow.people.actor import SWEEP, Actor

LONGEST = 10_000
OTHER_EYES = "须由拟稿人以外的人核稿"
NO_TIPS = "举报件的办结报告不由本系统发邮件，请用其他方式送出"


def draft_report_back(
    session: Session,
    actor: Actor,
    case_id: int,
    report_id: int,
    text: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> ReportBack:
    """Write what is reported back, or write it anew before it was sent."""
    case = gate.lock(session, case_id, seen)
    report, row = _of(session, case, report_id)
    said = words(text, "text", LONGEST)
    gate.pass_case(actor, case, "draft_report_back")
    waits = row is not None and row.state == "drafted"
    if row is not None and row.state not in ("drafted", "checked"):
        raise MoveNotAllowed("办结报告已经送出，不能再改")
    if row is None:
        row = ReportBack(case_id=case.id, report_id=report.id, round=case.reopened)
        session.add(row)
    row.state, row.text = "drafted", said
    row.drafted_by, row.drafted_at = actor.person, now
    row.checked_by = row.checked_at = None
    told, refs = {"text": commitment(said)}, {"rewritten": waits}
    _record(session, actor, case, report, "draft_report_back", now, told, refs)
    return row


def check_report_back(
    session: Session,
    actor: Actor,
    case_id: int,
    report_id: int,
    now: datetime,
    *,
    remark: str = "",
    seen: int | None = None,
) -> None:
    """Agree, as somebody who did not write it, to what is reported back."""
    case = gate.lock(session, case_id, seen)
    report, row = _in(session, case, report_id, "drafted", "没有等待核稿的办结报告")
    said = may_say(remark, "remark", 2000)
    gate.pass_case(actor, case, "check_report_back")
    _require_another(actor, row)
    row.state, row.checked_by, row.checked_at = "checked", actor.person, now
    _record(session, actor, case, report, "check_report_back", now, {"remark": said})


def return_report_back(
    session: Session,
    actor: Actor,
    case_id: int,
    report_id: int,
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Send it back to whoever writes it, with what is to be changed."""
    case = gate.lock(session, case_id, seen)
    report, row = _in(session, case, report_id, "drafted", "没有等待核稿的办结报告")
    why = words(reason, "reason", 2000)
    gate.pass_case(actor, case, "return_report_back")
    _require_another(actor, row)
    row.state, row.reason = "returned", why
    _record(session, actor, case, report, "return_report_back", now, {"reason": why})


def send_report_back(
    session: Session,
    actor: Actor,
    case_id: int,
    report_id: int,
    way: str,
    now: datetime,
    *,
    proof: str = "",
    address: str = "",
    official: bool = False,
    seen: int | None = None,
) -> None:
    """Send what was checked off, or record that it went; `way`: one of `BACK_WAYS`.

    By `message` it is mailed to `address`, which whoever sends it says is `official`: the other
    office's own mailbox. It counts as sent once the mail server took it.
    """
    case = gate.lock(session, case_id, seen)
    report, row = _in(session, case, report_id, "checked", "办结报告核稿后才能送出")
    if way not in BACK_WAYS:
        raise BadInput({"way": "请选择送出方式"})
    mails = way == "message"
    to = _mailbox(case, address, official=official) if mails else ""
    said = may_say(proof, "proof", 300)
    gate.pass_case(actor, case, "send_report_back")
    row.state, row.way, row.proof = "sending" if mails else "sent", way, said
    row.sent_by, row.sent_at, row.address = actor.person, now, to or row.address
    facts: dict[str, object] = {"way": way, "proof": said}
    facts |= {"address": commitment(to)} if mails else {}
    refs = {"way": way, "back": row.id}
    _record(session, actor, case, report, "send_report_back", now, facts, refs)
    _sent(session, case, now)


def _mailbox(case: Case, address: str, *, official: bool) -> str:
    """Return the address of an office that a report may be mailed to. Raises BadInput."""
    if case.kind == "tip":
        raise BadInput({"way": NO_TIPS})
    found = normal_email(address)
    if found is None:
        raise BadInput({"address": "请写来文机关的公务邮箱"})
    if not official:
        raise BadInput({"official": "请确认这是来文机关的公务邮箱，否则请用其他方式送出"})
    return found


def _sent(session: Session, case: Case, now: datetime) -> None:
    """Keep the promise to report back where everything that is owed was sent, and go on."""
    owed = [row for _, row in reports_back.owed(session, case)]
    if not any(one is None or one.state != "sent" for one in owed):
        clocks.meet(session, of_case(case), now, ClockName.report_back)
    _go_on(session, case, now)


def delivered(session: Session, row_id: int, mailed_at: datetime, now: datetime) -> None:
    """The mail server took what was mailed at `mailed_at` (called by notices, in the transaction
    that marks it sent). That of an earlier round keeps no promise of this one.
    """
    case, report, row = _mailed(session, row_id)
    if row.state == "sending" and row.sent_at == mailed_at:
        row.state = "sent"
        _record(session, SWEEP, case, report, "report_back_delivered", now, {})
        if row.round == case.reopened:
            _sent(session, case, now)


def undelivered(session: Session, row_id: int, mailed_at: datetime, now: datetime) -> None:
    """What was mailed at `mailed_at` was given up, or came back before anybody signed for it:
    it is to be sent anew, and whoever sent it is told; nobody where the matter was taken up anew
    since, for another one will be owed.
    """
    case, report, row = _mailed(session, row_id)
    if row.state not in ("sending", "sent") or row.sent_at != mailed_at:
        return
    sender, stands = row.sent_by, row.round == case.reopened
    row.state, row.way, row.proof, row.sent_by, row.sent_at = "checked", None, "", None, None
    refs = {"to": sender, "earlier": not stands}
    _record(session, SWEEP, case, report, "report_back_failed", now, {}, refs)
    if stands:
        _go_on(session, case, now)


def _mailed(session: Session, row_id: int) -> tuple[Case, Report, ReportBack]:
    row = session.get_one(ReportBack, row_id)
    case = gate.lock(session, row.case_id)
    session.refresh(row)
    return case, session.get_one(Report, row.report_id), row


def sign_report_back(
    session: Session,
    actor: Actor,
    case_id: int,
    report_id: int,
    signed_by: str,
    now: datetime,
    *,
    proof: str = "",
    seen: int | None = None,
) -> None:
    """Record who signed for it at the sender's. Once all of them have, and nothing else is owed,
    the case closes.
    """
    case = gate.lock(session, case_id, seen)
    report, row = _in(session, case, report_id, "sent", "没有等待签收的办结报告")
    who, said = words(signed_by, "signed_by", 60), may_say(proof, "proof", 300)
    gate.pass_case(actor, case, "sign_report_back")
    row.state, row.signed_by, row.signed_at = "signed", who, now
    row.proof = said or row.proof
    session.flush()
    owed = [row for _, row in reports_back.owed(session, case)]
    if not any(one is not None and one.state == "sent" for one in owed):
        clocks.meet(session, of_case(case), now, ClockName.signed_back)
    facts = {"signed_by": commitment(who), "proof": said}
    _record(session, actor, case, report, "sign_report_back", now, facts)
    _go_on(session, case, now)


def refuse_report_back(
    session: Session,
    actor: Actor,
    case_id: int,
    report_id: int,
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Record that the sender does not take what was reported: another report is owed."""
    case = gate.lock(session, case_id, seen)
    report, row = _in(session, case, report_id, "sent", "没有等待签收的办结报告")
    why = words(reason, "reason", 2000)
    gate.pass_case(actor, case, "refuse_report_back")
    row.state, row.reason = "refused", why
    _record(session, actor, case, report, "refuse_report_back", now, {"reason": why})
    _go_on(session, case, now)


def waive_report_back(
    session: Session,
    actor: Actor,
    case_id: int,
    report_id: int,
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Record that the sender wants no report any more, and how it said so."""
    case = gate.lock(session, case_id, seen)
    report, row = _of(session, case, report_id)
    why = words(reason, "reason", 2000)
    gate.pass_case(actor, case, "waive_report_back")
    if row is None:
        row = ReportBack(case_id=case.id, report_id=report.id, round=case.reopened, text="")
        row.drafted_at = now
        session.add(row)
    row.state, row.reason = "waived", why
    session.flush()
    _record(session, actor, case, report, "waive_report_back", now, {"reason": why})
    _go_on(session, case, now)


def _of(session: Session, case: Case, report_id: int) -> tuple[Report, ReportBack | None]:
    """Return a report whose sender is owed one, and what stands for it in this round."""
    report = session.get(Report, report_id)
    ours = report is not None and report.case_id == case.id and report.follows is None
    if report is None or not ours or not report.report_back:
        raise BadInput({"report": "请选择要回报的来件"})
    rows = reports_back.of_case(session, case.id)
    row = reports_back.current(rows, report.id, case.reopened)
    if row is not None and row.state in BACK_DONE:
        raise MoveNotAllowed("来文机关已经签收，或不要回报")
    return report, row


def _in(
    session: Session, case: Case, report_id: int, state: str, why_not: str
) -> tuple[Report, ReportBack]:
    """Return the same where it stands in a state. Raises MoveNotAllowed."""
    report, row = _of(session, case, report_id)
    if row is None or row.state != state:
        raise MoveNotAllowed(why_not)
    return report, row


def _require_another(actor: Actor, row: ReportBack) -> None:
    if actor.person == row.drafted_by:
        raise NotPermitted(OTHER_EYES)


def _go_on(session: Session, case: Case, now: datetime) -> None:
    """Let what is owed now run, and the case go on where nothing is."""
    if case.state in ("replying", "calling_back"):
        closing.signed(session, case, now)
    else:
        back_promise.hold(session, case, now)


def _record(
    session: Session,
    actor: Actor,
    case: Case,
    report: Report,
    verb: str,
    now: datetime,
    facts: Mapping[str, object],
    refs: Mapping[str, object] | None = None,
) -> None:
    session.flush()
    told = {"report": report.number, **facts}
    record(session, case, actor, verb, now, told, refs={"report": report.id, **(refs or {})})
