"""The story of a case for the screen: what each line of the history says in plain words.

The facts of an entry are what its verb recorded; long words of a person stand in the history as a
commitment only, so they are taken from the rows that hold them, by the moment they were written.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from flask import url_for

from caseflow import words
from caseflow.escalation.tables import Order
from caseflow.ledger.dossier import Dossier, Happened
from caseflow.ledger.tables import Item
from caseflow.people.actor import REPORTER_ROLE, SYSTEM_ROLE
from caseflow.web.clocks import document_label, unspoken, with_state
from caseflow.web.console import counted_anew, passing_forms, told_reasons
from caseflow.web.console.sentences import Sentence, moved, with_name, worded, written
from caseflow.web.locale import day_text, gettext, moment_text, series


@dataclass(frozen=True)
class Line:
    """One entry as `components/timeline.html` expects it."""

    what: str
    who: str
    at: str
    iso: str
    text: str
    machine: bool
    rung: str = ""
    files: Sequence[dict[str, str]] = field(default_factory=tuple)


@dataclass(frozen=True)
class Paper:
    """A document of the case in the list beside it."""

    id: int
    label: str
    number: str
    state: str


def told(dossier: Dossier, orders: Sequence[Order], since: int = 0) -> list[Line]:
    """Return the entries after number `since`, newest first; `orders`: those of the case."""
    story = Story(dossier, orders)
    return [story.line(entry) for entry in dossier.entries if entry.n > since]


def papers(dossier: Dossier, orders: Sequence[Order]) -> list[Paper]:
    """Return the documents of a case, under the names that the screen may give them."""
    story = Story(dossier, orders)
    return [Paper(one.id, story.name(one), one.number or "", one.state) for one in orders]


class Story:
    """Tells the entries of one case."""

    def __init__(self, dossier: Dossier, orders: Sequence[Order]) -> None:
        """Tell from this dossier and the case's orders; nothing is loaded here."""
        self.dossier = dossier
        self.orders = {order.id: order for order in orders}

    @cached_property
    def items(self) -> dict[int, Item]:
        """The items by id."""
        return {item.id: item for item in self.dossier.items}

    @cached_property
    def climbed(self) -> dict[int, Mapping[str, Any]]:
        """What is known of the rung that drafted a document, by the document's id."""
        rungs = [entry.facts for entry in self.dossier.entries if entry.verb == "rung"]
        return {facts["order"]: facts for facts in rungs if facts.get("order")}

    def name(self, order: Order) -> str:
        """Return what the screen calls a document."""
        n = self.climbed.get(order.id, {}).get("rung", "")
        return document_label(order.kind, words.ACTIONS[order.kind], n, order.state)

    def state(self, order_id: object) -> str:
        """Return the state of the document that a rung drafted."""
        order = self.orders.get(order_id) if isinstance(order_id, int) else None
        return order.state if order else "draft"

    def line(self, entry: Happened) -> Line:
        """Return one entry for the screen."""
        tell = _TELLERS.get(entry.verb, _plain)
        what, text = tell(self, entry)
        item = self.items.get(entry.item_id or 0)
        if item is not None:
            what = gettext("问题项 %(n)s：%(what)s", n=item.n, what=what)
        return Line(
            what=what,
            who=self._who(entry),
            at=moment_text(entry.at),
            iso=entry.at.isoformat(),
            text=text,
            machine=entry.role == SYSTEM_ROLE and entry.verb not in _LOUD,
            rung=self._rung(entry),
            files=self._files(entry),
        )

    def _rung(self, entry: Happened) -> str:
        if entry.verb != "rung":
            return ""
        return rung_text(entry.facts, self.state(entry.facts.get("order")))

    def _who(self, entry: Happened) -> str:
        if entry.role == REPORTER_ROLE:
            return gettext("反映人")
        return self.dossier.person(entry.user_id)

    def _files(self, entry: Happened) -> tuple[dict[str, str], ...]:
        if entry.verb != "hand_in":
            return ()
        return tuple(
            {"href": url_for("console.evidence", evidence_id=one.id), "name": one.name}
            for one, _ in self.dossier.evidence.get(entry.item_id or 0, ())
            if one.at == entry.at and one.blob_id == entry.facts.get("blob")
        )


# What the machine noted and somebody must now see to: never folded among its other notes.
_LOUD = ("reply_failed", "go_along")


def rung_text(facts: Mapping[str, Any], state: str = "draft") -> str:
    """Return which rung was climbed, from the facts of its entry; `state`: that of its document."""
    action = str(facts["action"])
    label = document_label(action, words.ACTIONS[action], facts["rung"], state)
    return with_state(label, state) if facts.get("order") else label


def _plain(_story: Story, entry: Happened) -> Sentence:
    return moved(entry), written(entry, "authority", "reason", "remark", "text", "done", "number")


def _open(_story: Story, entry: Happened) -> Sentence:
    channel = worded(words.CHANNELS, entry.facts.get("channel"))
    name = gettext("%(number)s（%(channel)s）", number=entry.facts.get("report"), channel=channel)
    return with_name(entry, name), ""


def _accept(story: Story, entry: Happened) -> Sentence:
    handler = story.dossier.person(entry.facts.get("handler"))
    return moved(entry), gettext("承办人：%(who)s", who=handler) if handler else ""


def _because(story: Story, entry: Happened) -> Sentence:
    return told_reasons.told(entry, story.dossier.person)


def _assign(story: Story, entry: Happened) -> Sentence:
    return with_name(entry, story.dossier.person(entry.facts.get("handler"))), ""


def _handed_on(story: Story, entry: Happened) -> Sentence:
    """Say from whom to whom, and which items of an inspector went with it."""
    facts, person = entry.facts, story.dossier.person
    to = series(filter(None, (person(facts.get(name)) for name in ("handler", "inspector"))))
    said = {"giver": person(facts.get("giver")), "taker": to or gettext("未分派")}
    numbers = [str(one.n) for one in story.dossier.items if one.id in facts.get("items", ())]
    items = [gettext("核查第 %(n)s 项", n=series(numbers))] if numbers else []
    who = gettext("%(giver)s → %(taker)s", **said)
    return with_name(entry, who), "\n".join([*items, written(entry, "reason")])


def _split(story: Story, entry: Happened) -> Sentence:
    numbers = {one["n"] for one in entry.facts.get("items", ())}
    lines = [f"{item.n}. {item.matter}" for item in story.dossier.items if item.n in numbers]
    return moved(entry), "\n".join(lines)


def _dispatch(story: Story, entry: Happened) -> Sentence:
    unit = story.dossier.unit_name(entry.facts.get("unit"))
    inspector = story.dossier.person(entry.facts.get("inspector"))
    text = gettext("由责任督学 %(who)s 到场核查", who=inspector) if inspector else ""
    return with_name(entry, unit), text


def _reassign(story: Story, entry: Happened) -> Sentence:
    inspector = story.dossier.person(entry.facts.get("inspector"))
    return with_name(entry, inspector), written(entry, "reason")


def _name_unit(story: Story, entry: Happened) -> Sentence:
    return with_name(entry, story.dossier.unit_name(entry.facts.get("unit"))), written(
        entry, "reason"
    )


def _find(story: Story, entry: Happened) -> Sentence:
    found = story.dossier.findings.get(entry.item_id or 0, [])
    basis = next((finding.basis for finding in found if finding.at == entry.at), "")
    unit = story.dossier.unit_name(entry.facts.get("unit"))
    lines = [basis, gettext("整改单位：%(unit)s", unit=unit) if unit else ""]
    result = worded(words.FINDINGS, entry.facts.get("result"))
    return with_name(entry, result), "\n".join(line for line in lines if line)


def _return(_story: Story, entry: Happened) -> Sentence:
    what = gettext("退回，第 %(n)s 次", n=entry.facts.get("times"))
    return what, written(entry, "reason")


def _strike_off(_story: Story, entry: Happened) -> Sentence:
    outcome = worded(words.OUTCOMES, entry.facts.get("outcome"))
    return with_name(entry, outcome), written(entry, "remark")


WAYS = {
    "message": "发邮件",
    "telephone": "电话",
    "window": "窗口",
    "letter": "信件",
    "track": "查询页面",
    "impossible": "无法送达",
}


def _reply(story: Story, entry: Happened) -> Sentence:
    reply = next((one for one in story.dossier.replies if one.at == entry.at), None)
    lines = [reply.text, reply.proof] if reply else []
    way = worded(WAYS, entry.facts.get("way"))
    return with_name(entry, way), "\n".join(line for line in lines if line)


def _reply_failed(story: Story, entry: Happened) -> Sentence:
    reply = next((one for one in story.dossier.replies if one.id == entry.facts["reply"]), None)
    reports = story.dossier.first_reports
    if reply is None or len(reports) < 2:
        return moved(entry), ""
    return with_name(entry, next(x.number for x in reports if x.id == reply.report_id)), ""


def _ask(story: Story, entry: Happened) -> Sentence:
    asked = [question.text for question in story.dossier.questions if question.asked_at == entry.at]
    return moved(entry), "\n".join(asked)


_RESUMED = {"answer": "反映人已补充", "person": "由人决定", "sweep": "等待期满，自动恢复"}


def _resume(_story: Story, entry: Happened) -> Sentence:
    return with_name(entry, worded(_RESUMED, entry.facts.get("by"))), ""


def _call_back(story: Story, entry: Happened) -> Sentence:
    facts, reports = entry.facts, story.dossier.first_reports
    whom = [one.number for one in reports if one.id == facts.get("report") and len(reports) > 1]
    if not facts.get("reached"):
        return with_name(entry, series([*whom, gettext("未接通")])), ""
    solved = gettext("已解决") if facts.get("solved") else gettext("未解决")
    satisfied = gettext("满意") if facts.get("satisfied") else gettext("不满意")
    heard = [call.words for call in story.dossier.call_backs if call.at == entry.at]
    how = series([*whom, solved, satisfied])
    return with_name(entry, how), "\n".join(word for word in heard if word)


def _close(_story: Story, entry: Happened) -> Sentence:
    reason = written(entry, "reason")
    return moved(entry), gettext(reason) if reason else ""


def _reopen(_story: Story, entry: Happened) -> Sentence:
    what = gettext("重新办理，第 %(n)s 次", n=entry.facts.get("times"))
    return what, written(entry, "reason")


def _acknowledge(_story: Story, entry: Happened) -> Sentence:
    facts = entry.facts
    police = gettext("未报警")
    if facts.get("police_called"):
        by = [str(facts.get(name) or "") for name in ("police_who", "police_at", "police_number")]
        police = gettext("已报警：%(how)s", how=series(word for word in by if word))
    leader = gettext("已报告分管领导") if facts.get("leader_told") else gettext("未报告分管领导")
    lines = [police, leader, written(entry, "reason")]
    return moved(entry), "\n".join(line for line in lines if line)


def _climbed(_story: Story, entry: Happened) -> Sentence:
    clock = worded(words.CLOCKS, entry.facts.get("clock"))
    late = gettext("补记，未另发通知") if entry.facts.get("superseded") else ""
    return with_name(entry, clock), late


def _document(story: Story, entry: Happened) -> Sentence:
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


def _reveal(_story: Story, entry: Happened) -> Sentence:
    return with_name(entry, str(entry.facts.get("report") or "")), written(entry, "reason")


def _extension(_story: Story, entry: Happened) -> Sentence:
    until = day_text(date.fromisoformat(entry.facts["until"]))
    return with_name(entry, until), written(entry, "grounds", "remark", "reason")


def _statutory(_story: Story, entry: Happened) -> Sentence:
    number = entry.facts.get("number")
    lines = [gettext("对方编号：%(number)s", number=number) if number else ""]
    lines.append(written(entry, "reason", "text"))
    what = with_name(entry, str(entry.facts.get("authority") or ""))
    return what, "\n".join(line for line in lines if line)


def _merger(_story: Story, entry: Happened) -> Sentence:
    facts = entry.facts
    other = facts.get("into") or facts.get("from") or facts.get("case") or ""
    return with_name(entry, str(other)), written(entry, "reason")


def _passage(_story: Story, entry: Happened) -> Sentence:
    return with_name(entry, entry.facts["office"]), passing_forms.story(entry.facts)


def _tighten(_story: Story, entry: Happened) -> Sentence:
    return with_name(entry, worded(words.DISCLOSURES, entry.facts.get("disclosure"))), ""


def _retract(_story: Story, entry: Happened) -> Sentence:
    why = words.RETRACTED.get(entry.facts.get("why", ""), "")
    return with_name(entry, gettext(why) if why else ""), ""


def _counted_anew(_story: Story, entry: Happened) -> Sentence:
    return moved(entry), counted_anew.TEXTS[entry.verb](entry.facts)


_TELLERS: dict[str, Callable[[Story, Happened], Sentence]] = {
    "open": _open,
    "add": _open,
    "retaliation": _open,
    "accept": _accept,
    **dict.fromkeys(told_reasons.VERBS, _because),
    "assign": _assign,
    **dict.fromkeys(("hand_over", "fall_back"), _handed_on),
    "name_unit": _name_unit,
    "split": _split,
    "dispatch": _dispatch,
    "dispatch_anew": _dispatch,
    "designate": _dispatch,
    "reassign": _reassign,
    "find": _find,
    "return": _return,
    "strike_off": _strike_off,
    "answer": _reply,
    "reply": _reply,
    "reply_failed": _reply_failed,
    **dict.fromkeys(("ask", "supplement"), _ask),
    "resume": _resume,
    "call_back": _call_back,
    "close": _close,
    "reopen": _reopen,
    "acknowledge": _acknowledge,
    "rung": _climbed,
    "order_issued": _document,
    "order_cancelled": _document,
    "order_answered": _document,
    "reveal": _reveal,
    "tighten": _tighten,
    "retract": _retract,
    **dict.fromkeys(counted_anew.TEXTS, _counted_anew),
    **dict.fromkeys(("statutory", "statutory_outcome"), _statutory),
    **dict.fromkeys(("merge", "unmerge", "take_in", "give_back"), _merger),
    **dict.fromkeys(("pass_on", "receive", "go_along"), _passage),
    **dict.fromkeys(("extend", "grant", "refuse"), _extension),
    **dict.fromkeys(("extend_case", "grant_case", "refuse_case"), _extension),
}
