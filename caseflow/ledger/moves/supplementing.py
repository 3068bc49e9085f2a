"""Asking the reporter, before anything is decided, for what is missing (补正): once, for a time.

The case comes back to `received` when they answered, when a person does not wait any longer, or by
itself; then it is to be dealt with at once like a new one. Whoever asked has dealt with the report
until then, but for danger: that only a named person takes over. The promise to say whether it is
accepted (`notice`) runs on.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from caseflow.errors import BadInput, MoveNotAllowed
from caseflow.ledger import gate, supplements
from caseflow.ledger.moves import asking
from caseflow.ledger.moves.record import handled, may_say
from caseflow.ledger.reasons import LACKS
from caseflow.ledger.report_tables import Question
from caseflow.people.actor import Actor
from caseflow.words import LACKS as WORDS


def supplement(
    session: Session,
    actor: Actor,
    case_id: int,
    report_id: int,
    lacks: Mapping[str, str],
    now: datetime,
    *,
    seen: int | None = None,
) -> Question:
    """Ask whoever sent a report for what is missing: by code of `reasons.LACKS`, what exactly.

    Raises BadInput where nothing is asked for, or the sender has no query code; MoveNotAllowed the
    second time.
    """
    case = gate.lock(session, case_id, seen)
    said = {code: may_say(lacks.get(code, ""), f"lack_{code}", 500) for code in LACKS}
    asked = {code: text for code, text in said.items() if text}
    if not asked:
        raise BadInput({f"lack_{LACKS[0]}": "请至少写明一项需要补正的内容"})
    if supplements.ends(session, case.id):
        raise MoveNotAllowed("已经请反映人补正过一次")
    text = "\n".join(f"{WORDS[code]}：{what}" for code, what in asked.items())  # not said
    facts = {"lacks": list(asked)}
    handled(session, case, now)
    return asking.put(session, actor, case, "supplement", report_id, text, now, facts)
