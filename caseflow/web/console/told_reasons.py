"""Why a case was declined or referred, or is proposed to be, as a line of its story."""

from collections.abc import Callable

from caseflow import words
from caseflow.ledger.dossier import Happened
from caseflow.web.locale import gettext, happened

_MOVES = {
    "decline": "decline",
    "propose_decline": "decline",
    "refer": "refer",
    "propose_refer": "refer",
}
VERBS = tuple(_MOVES)


def told(entry: Happened, person: Callable[[int | None], str]) -> tuple[str, str]:
    """Return what happened and why; before there were codes nothing but a person's words said."""
    facts, what = entry.facts, happened(words.MOVES[entry.verb])
    known = words.REASONS[_MOVES[entry.verb]]
    why = gettext(known[facts["code"]]) if facts.get("code") in known else ""
    head = facts.get("authority") or why
    lines = [why if facts.get("authority") else "", facts["reason"], _by(facts, person)]
    if facts.get("same_as"):
        lines.append(gettext("已终结的办件：%(number)s", number=facts["same_as"]))
    if facts.get("remark"):
        lines.append(gettext("审批意见：%(what)s", what=facts["remark"]))
    if head:
        what = gettext("%(move)s：%(what)s", move=what, what=head)
    return what, "\n".join(line for line in lines if line)


def _by(facts: object, person: Callable[[int | None], str]) -> str:
    who = person(facts.get("proposed_by")) if isinstance(facts, dict) else ""
    return gettext("%(who)s 提出，另一人同意", who=who) if who else ""
