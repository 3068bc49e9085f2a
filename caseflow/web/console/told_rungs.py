"""What the ladder did, as lines of a case's story: rungs, and the documents they drafted."""

from typing import TYPE_CHECKING

from caseflow import words
from caseflow.ledger.dossier import Happened
from caseflow.web.clocks import unspoken
from caseflow.web.console import step_up_forms
from caseflow.web.console.sentences import Sentence, moved, with_name, worded, written
from caseflow.web.locale import gettext

if TYPE_CHECKING:
    from caseflow.web.console.timeline import Story

_UNSIGNED = "问题项还没有签收，按签收期限督办，这一级未另拟文书"
_PUT_OFF = {
    "answer": "文书还没有签收，按签收期限督办，这一级未另拟文书",
    "sign_for": "已有同级或更严的文书，这一级未另拟文书",
}
"""Why a rung drafted no document of its own, by the promise that climbed it."""


def climbed(story: "Story", entry: Happened) -> Sentence:
    """Say which promise climbed to which rung, and why it drafted nothing of its own."""
    clock = worded(words.CLOCKS, entry.facts.get("clock"))
    about = story.orders.get(entry.facts.get("document") or 0)
    if about is not None:  # several promises of one name may run: of the item, and of its documents
        name = about.number or story.name(about)
        clock = gettext("%(what)s（%(more)s）", what=clock, more=name)
    late = gettext("补记，未另发通知") if entry.facts.get("superseded") else ""
    if entry.facts.get("unsigned"):
        late = gettext(_PUT_OFF.get(entry.facts["clock"], _UNSIGNED))
    return with_name(entry, clock), late or step_up_forms.because(entry.facts)


def step_up(_story: "Story", entry: Happened) -> Sentence:
    """Say what was asked for or decided about a rung by hand."""
    return with_name(entry, step_up_forms.named(entry.facts)), step_up_forms.told(entry.facts)


def document(story: "Story", entry: Happened) -> Sentence:
    """Say which document: its kind and the rung that drafted it, for a draft has no number."""
    text = written(entry, "number", "reason")
    order = story.orders.get(entry.facts["order"])
    climbed = story.climbed.get(order.id) if order else None
    if order is None or climbed is None:
        return moved(entry), text
    name, clock = story.name(order), worded(words.CLOCKS, climbed["clock"])
    if unspoken(order.kind, order.state):  # the name is that of the rung
        return with_name(entry, gettext("%(what)s（%(more)s）", what=name, more=clock)), text
    which = gettext(
        "%(document)s（%(clock)s，第 %(n)s 级）", document=name, clock=clock, n=climbed["rung"]
    )
    return with_name(entry, which), text
