"""One reply for many (同一答复): where forty parents reported the same matter.

Each report gets a reply of its own, by a way in which nobody has to speak to anybody; whoever is to
be told by telephone, at the window or by post is told one by one.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.errors import BadInput
from caseflow.ledger import gate
from caseflow.ledger.moves.closing import go_on, send
from caseflow.ledger.moves.notice import BY_MESSAGE, has_receipt
from caseflow.ledger.moves.opening import first_reports
from caseflow.ledger.moves.record import words
from caseflow.ledger.report_tables import Reply, Report
from caseflow.ledger.tables import Case
from caseflow.people.actor import Actor
from caseflow.vault.tables import Identity

TO_MANY = ("message", "track")


def reply_to_all(
    session: Session,
    actor: Actor,
    case_id: int,
    text: str,
    way: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> int:
    """Reply with the same words to every report that is still owed a reply and can be answered this
    way; return to how many. The others stay owed. Raises BadInput, also where there is none.
    """
    case = gate.lock(session, case_id, seen)
    said = words(text)
    if way not in TO_MANY:
        raise BadInput({"way": "同一答复只能发邮件或写在查询页面，电话、窗口、信件请逐份答复"})
    able = [one for one, ways in _unanswered(session, case) if _can(one, ways, way)]
    if not able:
        raise BadInput({"way": "没有能这样答复的来件"})
    for report in able:
        gate.pass_case(actor, case, "reply")
        send(session, actor, case, report, said, way, now, proof="", move="reply")
    go_on(session, case, now)
    return len(able)


def _can(report: Report, ways: tuple[str, ...], way: str) -> bool:
    return bool({*BY_MESSAGE} & {*ways}) if way == "message" else has_receipt(report, ways)


def _unanswered(session: Session, case: Case) -> list[tuple[Report, tuple[str, ...]]]:
    """Return the reports that have no reply of this round, each with how its sender is reached."""
    answered = select(Reply.report_id).where(
        Reply.case_id == case.id, Reply.round == case.reopened, Reply.failed_at.is_(None)
    )
    settled = set(session.scalars(answered))
    owed = [one for one in first_reports(session, case) if one.id not in settled]
    ids = [one.identity_id for one in owed if one.identity_id]
    known = select(Identity.id, Identity.can_be_reached).where(Identity.id.in_(ids))
    reached = dict(session.execute(known).all())
    return [
        (one, tuple(way for way in reached.get(one.identity_id or "", "").split(",") if way))
        for one in owed
    ]
