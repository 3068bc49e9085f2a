"""What a colleague answers to a notice of the system: a note in the case, where they may write one.

Their own words only: the history below them is our notice. The letter is kept whole all the same.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from caseflow.errors import CaseflowError
from caseflow.intake.channels.mailbox.quoted import fold
from caseflow.intake.filters.letter import Aside, Letter
from caseflow.ledger import gate
from caseflow.ledger.moves import triage
from caseflow.ledger.tables import Case
from caseflow.outbox.tables import Message
from caseflow.people.accounts import actor_of
from caseflow.people.scope import scope_of
from caseflow.people.tables import User

REASON = "工作人员用邮件回复了系统通知"
NOTED = "已补记到办件"
NOT_NOTED = "工作人员用邮件回复了系统通知，未能记入办件，请转告本人在系统中填写"
WITH_FILES = "工作人员用邮件回复了系统通知，带有附件，请转告本人在系统中上传"
BY_MAIL = "（邮件回复）"  # not said


def note(
    session: Session, user: User, answered: Message, letter: Letter, now: datetime
) -> Letter | Aside:
    """Write what somebody answered into the case, as a note of theirs; else it waits, and why."""
    said = fold(letter.report.text, letter.report.subject).own.strip()
    if letter.report.files:
        return Aside(WITH_FILES, case_id=answered.case_id)
    if answered.case_id is None or letter.parsed.automatic:
        return Aside(NOT_NOTED)
    actor = actor_of(session, user)
    try:
        with session.begin_nested():
            case = session.get_one(Case, answered.case_id)
            if not gate.covers(scope_of(actor), case, None):
                return Aside(NOT_NOTED)
            triage.note(session, actor, case.id, f"{BY_MAIL}{said}", now)
    except CaseflowError:
        return Aside(NOT_NOTED, case_id=answered.case_id)
    return Aside(REASON, NOTED, answered.case_id)
