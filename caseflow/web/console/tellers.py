"""What one entry of the history says in plain words: a teller for each verb.

The facts of an entry are what its verb recorded; long words of a person stand in the history as a
commitment only, so they are taken from the rows that hold them, by the moment they were written.
"""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from caseflow import words
from caseflow.escalation.order_states import ORDER_MOVES
from caseflow.ledger.dossier import Happened
from caseflow.ledger.report_tables import CallBack
from caseflow.ledger.states import BESIDE
from caseflow.web.console import (
    back_forms,
    counted_anew,
    exclusion_forms,
    import_told,
    mediating_forms,
    oversight_forms,
    passing_forms,
    review_forms,
    shelving_forms,
    splitting_forms,
    told_reasons,
    told_rungs,
)
from caseflow.web.console.sentences import Sentence, moved, with_name, worded, written
from caseflow.web.locale import day_text, gettext, series

if TYPE_CHECKING:
    from caseflow.web.console.timeline import Story


def plain(_story: "Story", entry: Happened) -> Sentence:
    return moved(entry), written(entry, "authority", "reason", "remark", "text", "done", "number")


def _open(_story: "Story", entry: Happened) -> Sentence:
    channel = worded(words.CHANNELS, entry.facts.get("channel"))
    name = gettext("%(number)s（%(channel)s）", number=entry.facts.get("report"), channel=channel)
    return with_name(entry, name), ""


def _imported(story: "Story", entry: Happened) -> Sentence:
    return moved(entry), import_told.told(entry, story.dossier.imported)


def _accept(story: "Story", entry: Happened) -> Sentence:
    handler = story.dossier.person(entry.facts.get("handler"))
    return moved(entry), gettext("承办人：%(who)s", who=handler) if handler else ""


def _because(story: "Story", entry: Happened) -> Sentence:
    return told_reasons.told(entry, story.dossier.person)


def _assign(story: "Story", entry: Happened) -> Sentence:
    return with_name(entry, story.dossier.person(entry.facts.get("handler"))), ""


def _handed_on(story: "Story", entry: Happened) -> Sentence:
    """Say from whom to whom, and which items of an inspector went with it."""
    facts, person = entry.facts, story.dossier.person
    to = series(filter(None, (person(facts.get(name)) for name in ("handler", "inspector"))))
    said = {"giver": person(facts.get("giver")), "taker": to or gettext("未分派")}
    numbers = [str(one.n) for one in story.dossier.items if one.id in facts.get("items", ())]
    items = [gettext("核查第 %(n)s 项", n=series(numbers))] if numbers else []
    who = gettext("%(giver)s → %(taker)s", **said)
    return with_name(entry, who), "\n".join([*items, written(entry, "reason")])


def _split(story: "Story", entry: Happened) -> Sentence:
    numbers = {one["n"] for one in entry.facts.get("items", ())}
    known = [(one.n, one.matter) for one in story.dossier.items]
    known += [(one.n, one.matter) for one in story.dossier.gone.values()]
    lines = [f"{n}. {matter}" for n, matter in sorted(known) if n in numbers]
    return moved(entry), "\n".join(lines)


def _dispatch(story: "Story", entry: Happened) -> Sentence:
    unit = story.dossier.unit_name(entry.facts.get("unit"))
    inspector = story.dossier.person(entry.facts.get("inspector"))
    text = gettext("由责任督学 %(who)s 到场核查", who=inspector) if inspector else ""
    return with_name(entry, unit), text


def _reassign(story: "Story", entry: Happened) -> Sentence:
    inspector = story.dossier.person(entry.facts.get("inspector"))
    return with_name(entry, inspector), written(entry, "reason")


def _name_unit(story: "Story", entry: Happened) -> Sentence:
    return with_name(entry, story.dossier.unit_name(entry.facts.get("unit"))), written(
        entry, "reason"
    )


def _find(story: "Story", entry: Happened) -> Sentence:
    found = story.dossier.findings.get(entry.item_id or 0, [])
    basis = next((finding.basis for finding in found if finding.at == entry.at), "")
    unit = story.dossier.unit_name(entry.facts.get("unit"))
    lines = [basis, gettext("整改单位：%(unit)s", unit=unit) if unit else ""]
    signer = entry.facts.get("signer")
    lines.append(gettext("单位负责人 %(who)s 签发", who=signer) if signer else "")
    result = worded(words.FINDINGS, entry.facts.get("result"))
    return with_name(entry, result), "\n".join(line for line in lines if line)


def _return(_story: "Story", entry: Happened) -> Sentence:
    what = gettext("退回，第 %(n)s 次", n=entry.facts.get("times"))
    return what, written(entry, "reason")


def _strike_off(_story: "Story", entry: Happened) -> Sentence:
    outcome = worded(words.OUTCOMES, entry.facts.get("outcome"))
    return with_name(entry, outcome), written(entry, "remark")


WAYS = {
    "message": "发邮件或短信",
    "telephone": "电话",
    "window": "窗口",
    "letter": "信件",
    "track": "查询页面",
    "impossible": "无法送达",
}


def _reply(story: "Story", entry: Happened) -> Sentence:
    reply = next((one for one in story.dossier.replies if one.at == entry.at), None)
    lines = [reply.text, reply.proof] if reply else []
    way = worded(WAYS, entry.facts.get("way"))
    return with_name(entry, way), "\n".join(line for line in lines if line)


def _reply_failed(story: "Story", entry: Happened) -> Sentence:
    reply = next((one for one in story.dossier.replies if one.id == entry.facts["reply"]), None)
    reports = story.dossier.first_reports
    if reply is None or len(reports) < 2:
        return moved(entry), ""
    return with_name(entry, next(x.number for x in reports if x.id == reply.report_id)), ""


def _ask(story: "Story", entry: Happened) -> Sentence:
    asked = [question.text for question in story.dossier.questions if question.asked_at == entry.at]
    return moved(entry), "\n".join(asked)


_RESUMED = {"answer": "反映人已补充", "person": "由人决定", "sweep": "等待期满，自动恢复"}


def _resume(_story: "Story", entry: Happened) -> Sentence:
    return with_name(entry, worded(_RESUMED, entry.facts.get("by"))), ""


def _call_back(story: "Story", entry: Happened) -> Sentence:
    facts, reports = entry.facts, story.dossier.first_reports
    whom = [one.number for one in reports if one.id == facts.get("report") and len(reports) > 1]
    if not facts.get("reached"):
        return with_name(entry, series([*whom, gettext("未接通")])), ""
    solved = gettext("已解决") if facts.get("solved") else gettext("未解决")
    satisfied = gettext("满意") if facts.get("satisfied") else gettext("不满意")
    heard = [_words(call) for call in story.dossier.call_backs if call.at == entry.at]
    how = series([*whom, solved, satisfied])
    return with_name(entry, how), "\n".join(word for word in heard if word)


def _words(call: CallBack) -> str:
    """Return what was heard, and in whose words."""
    if call.whose is None:
        return ""
    return gettext("%(what)s：%(why)s", what=gettext(words.WHOSE[call.whose]), why=call.words)


def _close(_story: "Story", entry: Happened) -> Sentence:
    reason = written(entry, "reason")
    return moved(entry), gettext(reason) if reason else ""


def _reopen(_story: "Story", entry: Happened) -> Sentence:
    what = gettext("重新办理，第 %(n)s 次", n=entry.facts.get("times"))
    return what, written(entry, "reason")


def _acknowledge(_story: "Story", entry: Happened) -> Sentence:
    facts = entry.facts
    police = gettext("未报警")
    if facts.get("police_called"):
        by = [str(facts.get(name) or "") for name in ("police_who", "police_at", "police_number")]
        police = gettext("已报警：%(how)s", how=series(word for word in by if word))
    leader = gettext("已报告分管领导") if facts.get("leader_told") else gettext("未报告分管领导")
    lines = [police, leader, written(entry, "reason")]
    return moved(entry), "\n".join(line for line in lines if line)


def _reveal(_story: "Story", entry: Happened) -> Sentence:
    return with_name(entry, str(entry.facts.get("report") or "")), written(entry, "reason")


def _file_opened(_story: "Story", entry: Happened) -> Sentence:
    return with_name(entry, ""), written(entry, "reason")


def _infected(_story: "Story", entry: Happened) -> Sentence:
    return with_name(entry, str(entry.facts.get("found") or "")), ""


def _extension(_story: "Story", entry: Happened) -> Sentence:
    until = day_text(date.fromisoformat(entry.facts["until"]))
    return with_name(entry, until), written(entry, "grounds", "remark", "reason")


def _written(_story: "Story", entry: Happened) -> Sentence:
    what = worded(words.FINDINGS, entry.facts.get("result"))
    return with_name(entry, what) if what else moved(entry), ""


def _submitted(_story: "Story", entry: Happened) -> Sentence:
    signer = entry.facts.get("signer")
    signed = gettext("单位负责人 %(who)s 签发", who=signer) if signer else ""
    return moved(entry), "\n".join(filter(None, (written(entry, "done"), signed)))


def _visit(story: "Story", entry: Happened) -> Sentence:
    known = (one for one in story.dossier.visits if one.row.id == entry.facts["visit"])
    went = next(known)
    return with_name(entry, series(went.names)), f"{went.row.place}\n{went.row.seen}"


def _assisted(story: "Story", entry: Happened) -> Sentence:
    """Say which unit, with what it was asked or answered, or why it was released.

    Whoever shared an answer said nothing but which. Released without a reason: by the move beside.
    """
    known = story.dossier.assistances
    row = next(one for one in known if one.id == entry.facts["assistance"])
    said = {"ask_assistance": row.text, "answer_assistance": row.answer, "share_assistance": ""}
    said["record_assistance"] = row.answer
    along = gettext("问题项已办结或由其主办，不再需要协办")
    what = with_name(entry, story.dossier.unit_name(row.unit_id))
    return what, said.get(entry.verb, row.reason or along)


def _statutory(_story: "Story", entry: Happened) -> Sentence:
    number = entry.facts.get("number")
    lines = [gettext("对方编号：%(number)s", number=number) if number else ""]
    lines.append(written(entry, "reason", "text"))
    what = with_name(entry, str(entry.facts.get("authority") or ""))
    return what, "\n".join(line for line in lines if line)


def _merger(_story: "Story", entry: Happened) -> Sentence:
    facts = entry.facts
    other = facts.get("into") or facts.get("from") or facts.get("case") or ""
    return with_name(entry, str(other)), written(entry, "reason")


def _apart(_story: "Story", entry: Happened) -> Sentence:
    other = entry.facts.get("into") or entry.facts.get("from")
    return with_name(entry, str(other)), splitting_forms.told(entry)


def _passage(_story: "Story", entry: Happened) -> Sentence:
    return with_name(entry, entry.facts["office"]), passing_forms.story(entry.facts)


def _mediation(_story: "Story", entry: Happened) -> Sentence:
    return moved(entry), mediating_forms.told(entry)


def _shelving(_story: "Story", entry: Happened) -> Sentence:
    return moved(entry), shelving_forms.told(entry)


def _exclusion(story: "Story", entry: Happened) -> Sentence:
    return exclusion_forms.told(entry, story.dossier.person(entry.facts.get("asked_by")))


def _oversight(_story: "Story", entry: Happened) -> Sentence:
    return oversight_forms.told(entry)


def _reported_back(_story: "Story", entry: Happened) -> Sentence:
    return with_name(entry, entry.facts["report"]), back_forms.told(entry)


def _tighten(_story: "Story", entry: Happened) -> Sentence:
    return with_name(entry, worded(words.DISCLOSURES, entry.facts.get("disclosure"))), ""


def _retract(_story: "Story", entry: Happened) -> Sentence:
    why = words.RETRACTED.get(entry.facts.get("why", ""), "")
    return with_name(entry, gettext(why) if why else ""), ""


def _review(_story: "Story", entry: Happened) -> Sentence:
    return with_name(entry, review_forms.named(entry)), review_forms.told(entry)


def _counted_anew(_story: "Story", entry: Happened) -> Sentence:
    return moved(entry), counted_anew.TEXTS[entry.verb](entry.facts)


TELLERS: dict[str, Callable[["Story", Happened], Sentence]] = {
    "open": _open,
    "import": _imported,
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
    "write": _written,
    "submit": _submitted,
    "visit": _visit,
    **dict.fromkeys(BESIDE, _assisted),
    "return": _return,
    "strike_off": _strike_off,
    **dict.fromkeys(("answer", "reply", "answer_later", "explain"), _reply),
    **dict.fromkeys(("ask_review", "review", "opine", "reviewed"), _review),
    "reply_failed": _reply_failed,
    **dict.fromkeys(("ask", "supplement"), _ask),
    "resume": _resume,
    "call_back": _call_back,
    "close": _close,
    "reopen": _reopen,
    "acknowledge": _acknowledge,
    "rung": told_rungs.climbed,
    **dict.fromkeys(ORDER_MOVES, told_rungs.document),
    "reveal": _reveal,
    "open_file": _file_opened,
    "infected": _infected,
    "tighten": _tighten,
    "retract": _retract,
    **dict.fromkeys(counted_anew.TEXTS, _counted_anew),
    **dict.fromkeys(("statutory", "statutory_outcome"), _statutory),
    **dict.fromkeys(("merge", "unmerge", "take_in", "give_back"), _merger),
    **dict.fromkeys(("split_off", "split_from"), _apart),
    **dict.fromkeys(("pass_on", "receive", "go_along"), _passage),
    "mediate": _mediation,
    **dict.fromkeys(("ask_shelving", "shelve", "refuse_shelving", "take_up"), _shelving),
    **dict.fromkeys(("meet_milestone", "ask_milestone"), _shelving),
    **dict.fromkeys(("move_milestone", "refuse_milestone"), _shelving),
    **dict.fromkeys(("go_up", "oversee"), _oversight),
    **dict.fromkeys(back_forms.BUILDERS, _reported_back),
    **dict.fromkeys(("ask_exclusion", "exclude"), _exclusion),
    **dict.fromkeys(("refuse_exclusion", "lift_exclusion"), _exclusion),
    **dict.fromkeys(("ask_step_up", "step_up", "refuse_step_up"), told_rungs.step_up),
    **dict.fromkeys(("extend", "grant", "refuse"), _extension),
    **dict.fromkeys(("extend_case", "grant_case", "refuse_case"), _extension),
}
