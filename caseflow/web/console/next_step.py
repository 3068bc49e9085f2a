"""The one thing to do next on a case: a sentence, and the form that does it where one may."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import takewhile

from caseflow.ledger import reasons, splits, supplements
from caseflow.ledger.moves.calling import Calls
from caseflow.ledger.report_tables import Report
from caseflow.ledger.states import UNANSWERED
from caseflow.ledger.tables import Item
from caseflow.web.clocks import due_text
from caseflow.web.console import (
    awaited,
    back_forms,
    exclusion_forms,
    passing_forms,
    retracting_forms,
    review_forms,
    shelving_forms,
    undelivered,
)
from caseflow.web.console.closing_forms import calls, failures, unanswered
from caseflow.web.console.forms import Form
from caseflow.web.console.sight import Sight
from caseflow.web.locale import gettext, sentences, series

CaseForms = Mapping[str, Form]
ItemForms = Mapping[int, Mapping[str, Form]]


@dataclass(frozen=True)
class Step:
    """What comes next: in words, and the form that does it (none where others must act).

    `report`: the one whose words must be read first, shown beside.
    """

    words: str
    form: Form | None = None
    of_item: bool = False
    report: Report | None = None


def next_step(sight: Sight, case: CaseForms, items: ItemForms) -> Step:
    """Return the next step as this person sees it: theirs to do, or whom the case waits for."""
    urgent = _urgent(sight, case)
    if urgent is not None:
        return urgent
    if "oversee" in case:
        told = gettext("多次退回、重办或无人承接：看办理记录，写明督办意见。")
        return Step(told, case["oversee"])
    if sight.passage is not None:
        return _passed_on(sight, case)
    step = _STEPS[sight.case.state](sight, case, items)
    told = retracting_forms.hint(sight) if sight.case.state in UNANSWERED else ""
    return replace(step, words=sentences(filter(None, (told, step.words)))) if told else step


def _passed_on(sight: Sight, case: CaseForms) -> Step:
    if "receive" in case:
        return Step(gettext("移送你办：看来件和移送说明，签收或退回。"), case["receive"])
    return Step(passing_forms.waits(sight))


def _urgent(sight: Sight, case: CaseForms) -> Step | None:
    if "acknowledge" in case:
        report, danger = _cries(sight)
        if report is None:
            told = gettext("孩子可能正处于危险：先确认由谁接手。")
        elif danger:
            told = gettext("反映人称受到打击报复，孩子也可能正处于危险：先确认由谁接手。")
        else:
            told = gettext("反映人称受到打击报复：先确认由谁接手，保护反映人。")
        return Step(told, case["acknowledge"], report=report)
    if "countersign" in case:
        return Step(gettext("未报警或未报告领导的理由等您会签。"), case["countersign"])
    if sight.case.urgent and sight.dossier.clock("immediate"):
        report, _ = _cries(sight)
        if report is not None:
            return Step(gettext("反映人称受到打击报复，还没有人确认接手。"), report=report)
        return Step(gettext("紧急事项还没有人确认接手。"))
    return None


def _cries(sight: Sight) -> tuple[Report | None, bool]:
    """Return what nobody has taken over yet: the newest report of retaliation, and whether the
    case came in as danger to a child, or was raised to it.
    """
    entries = sight.dossier.entries
    waiting = list(takewhile(lambda entry: entry.verb != "acknowledge", entries))
    numbers = [entry.facts["report"] for entry in waiting if entry.verb == "retaliation"]
    reports = {report.number: report for report in sight.dossier.reports}
    danger = any(
        entry.verb == "raise_urgency" or (entry.verb == "open" and entry.facts["urgent"])
        for entry in waiting
    )
    return (reports.get(numbers[0]) if numbers else None), danger


def _received(sight: Sight, case: CaseForms, items: ItemForms) -> Step:
    proposed = _application(sight, case, items) or _proposed(sight)
    if proposed is not None:
        return proposed
    first = ("answer", "accept") if sight.case.kind == "question" else ("accept", "answer")
    form = next((case[move] for move in first if move in case), None)
    if form is not None and supplements.SILENT in sight.supplements:
        return Step(gettext("补正期满，反映人没有回答：决定受理，或不予受理。"), form)
    if form is None:
        return Step(gettext("等待值班员或承办人受理。"))
    if form.key == "answer":
        return Step(gettext("能当场答清楚的直接答复，否则受理。"), form)
    if "refer" not in case:
        return Step(gettext("决定是否受理；不归本办管的，提出拟办意见，请负责人审批。"), form)
    return Step(gettext("决定是否受理；不归本办管的转送。"), form)


def _shelved(sight: Sight, case: CaseForms, _items: ItemForms) -> Step:
    if "move_milestone" in case:
        said = gettext("有人申请调整挂账节点：看理由，同意或不同意。")
        return Step(said, case["move_milestone"])
    return Step(shelving_forms.waits(sight), case.get("meet_milestone"))


def _accepted(sight: Sight, case: CaseForms, items: ItemForms) -> Step:
    if sight.case.reviews is not None:
        return Step(review_forms.waits(may="opine" in case), case.get("opine"))
    asked = _application(sight, case, items)
    if asked is not None:
        return asked
    proposed = _proposed(sight)
    if proposed is not None:
        return proposed
    if "conclude" in case:
        return Step(gettext("咨询、建议无需拆分，直接转入答复。"), case["conclude"])
    draft = _first(sight, items, "dispatch")
    if draft is not None:
        return Step(gettext("把待派发的问题项交办出去。"), draft, of_item=True)
    others = awaited.withdrawals(sight)
    if others and not any(_to_dispatch(sight, item) for item in sight.dossier.items):
        return _waits_for(others)
    if "split" in case:
        return Step(gettext("把来件拆成一件件要查清的问题项。"), case["split"])
    return Step(gettext("等待承办人拆分、交办问题项。"))


def _handling(sight: Sight, case: CaseForms, items: ItemForms) -> Step:
    theirs = _application(sight, case, items) or _of_items(sight, items)
    if theirs is not None:
        return theirs
    proposed = _proposed(sight)
    if proposed is not None:
        return proposed
    draft = _first(sight, items, "dispatch")
    if draft is not None:
        return Step(gettext("还有问题项没有交办。"), draft, of_item=True)
    waiting = [awaited.of_item(sight, item) for item in sight.dossier.items]
    waiting += [awaited.more_time(sight, item) for item in (None, *sight.dossier.items)]
    return _waits_for([*waiting, *awaited.withdrawals(sight), *awaited.step_ups(sight)])


def _of_items(sight: Sight, items: ItemForms) -> Step | None:
    """Return what this person has to decide on an item that somebody has done their part of."""
    unvisited = _first(sight, items, "visit") if sight.unvisited else None
    if unvisited is not None:
        said = gettext("这一类别须先实地核查，才能销号：请两人以上到场，记录看到的情况。")
        return Step(said, unvisited, of_item=True)
    for move, sentence in (
        ("strike_off", gettext("有问题项等您验收：看材料，销号或退回。")),
        ("dispatch_anew", gettext("有单位退单：看理由，改交另一单位或驳回。")),
        ("designate", gettext("有问题项退单两次：请指定承办单位。")),
        ("find", gettext("核查单位已交来材料：看材料，作出核查结论。")),
    ):
        form = _first(sight, items, move)
        if form is not None:
            return Step(sentence, form, of_item=True)
    return None


def _proposed(sight: Sight) -> Step | None:
    """Return that everybody else waits for a decision on how the case ends, where one is asked."""
    if sight.shelving is not None:
        return Step(shelving_forms.waits(sight))
    return _waits_for([awaited.proposal(sight)]) if sight.proposal is not None else None


def _waits_for(what: list[str]) -> Step:
    said = gettext("；").join(dict.fromkeys(filter(None, what)))
    return Step(gettext("等待：%(what)s", what=said))


def _application(sight: Sight, case: CaseForms, items: ItemForms) -> Step | None:
    """Return what somebody else asked for and this person may decide."""
    decision = case.get("approve") or case.get("refuse_proposal")
    if decision is not None:
        return Step(_to_approve(sight), decision)
    if "shelve" in case:
        return Step(gettext("有人申请挂账：看理由、计划和节点，同意或不同意。"), case["shelve"])
    if "grant_case" in case:
        return Step(gettext("有人申请办件延期：看理由，准予或不予。"), case["grant_case"])
    if "conclude_withdrawn" in case:
        return Step(gettext("问题项全部撤项：看理由，确认转入答复。"), case["conclude_withdrawn"])
    for move, sentence in (
        ("grant", gettext("有人申请延期：看理由，准予或不予。")),
        ("consent_withdrawal", gettext("有人申请撤项：看理由，同意或不同意。")),
        ("step_up", gettext("有人申请督办升级：看事由，同意或不同意。")),
    ):
        form = _first(sight, items, move)
        if form is not None:
            return Step(sentence, form, of_item=True)
    return None


def _to_approve(sight: Sight) -> str:
    if sight.case.countersign:
        return gettext("有人提出拟办意见；未报警的理由会签后才能同意。")
    row = sight.proposal
    if row is not None and row.move == reasons.REFER:
        return gettext("有人拟转送：看理由，同意或不同意。")
    return gettext("有人拟不予受理：看理由，同意或不同意。")


def _first(sight: Sight, items: ItemForms, move: str) -> Form | None:
    for item in sight.dossier.items:
        waits = _WAITS.get(move)
        if (waits is None or waits(sight, item)) and move in items.get(item.id, {}):
            return items[item.id][move]
    return None


def _to_visit(sight: Sight, item: Item) -> bool:
    """Tell whether nothing goes on with an item before somebody went there."""
    return item.id in sight.unvisited


def _to_find(sight: Sight, item: Item) -> bool:
    """Tell whether the finding is this person's: whose case it is, since a unit can conclude no
    tip. Anybody else of the office may record it, and need not.
    """
    return item.id in sight.to_find and sight.case.handler_id == sight.actor.id


def _to_dispatch(sight: Sight, item: Item) -> bool:
    """Tell whether a draft waits to be sent out, and not for somebody to withdraw it."""
    return item.state == "draft" and sight.withdrawal(item) is None


_WAITS: Mapping[str, Callable[[Sight, Item], bool]] = {
    "dispatch": _to_dispatch,
    "find": _to_find,
    "visit": _to_visit,
}
"""Moves that are offered before it is time for them, and when it is."""


def _awaiting(sight: Sight, case: CaseForms, items: ItemForms) -> Step:
    theirs = _application(sight, case, items) or _of_items(sight, items)
    if theirs is not None:
        return theirs
    asked = next((one for one in sight.dossier.questions if one.ended_at is None), None)
    if asked is None:
        return Step("")
    return Step(gettext("等反映人补充，最迟 %(when)s 自动恢复。", when=due_text(asked.until)))


def _replying(sight: Sight, case: CaseForms, _items: ItemForms) -> Step:
    failed = failures(sight)
    if "reply" in case:
        told = undelivered.told(sight, failed) or gettext("各项都有了结果，答复反映人。")
        return Step(told, case["reply"])
    if sight.case.countersign:
        return Step(gettext("未报警的理由还没有会签，会签后才能往下走。"))
    if failed:
        return Step(undelivered.waited_for(sight, failed))
    if unanswered(sight):
        return Step(gettext("等待承办人答复反映人。"))
    back = Step(*back_forms.step(sight, case))
    return back if back.words else Step(gettext("答复正在送达。"))


def _calling_back(sight: Sight, case: CaseForms, _items: ItemForms) -> Step:
    here = calls(sight)
    if "call_back" in case and here.settled() and "close" in case:
        return Step(gettext("几天都没有接通：可以办结，也可以再回访一次。"), case["close"])
    if "call_back" in case:
        return Step(gettext("打电话回访反映人。"), case["call_back"])
    if here.pleased():
        if sight.case.countersign:
            return Step(gettext("反映人满意；未报警的理由会签后才能办结。"))
        back = Step(*back_forms.step(sight, case))
        if back.words:
            return back
        told = gettext("反映人满意，可以办结。")
        if here.explained:
            told = gettext("回访完成，不满意的已解释说明，可以办结。")
        return Step(told, case.get("close"))
    if here.displeased():
        return _displeased(here, case)
    if here.under_way:
        return Step(gettext("解释说明正在送达，送达后办结。"))
    return Step(gettext("等待回访。"))


def _displeased(here: Calls, case: CaseForms) -> Step:
    """Return the decision about somebody who is not satisfied: handled again, or explained."""
    unsolved = any(one.reached and not one.solved for one in here.made)
    for move in ("reopen", "explain") if unsolved else ("explain", "reopen"):
        if move in case:
            return Step(gettext("反映人不满意：决定重新办理，或解释说明后办结。"), case[move])
    return Step(gettext("反映人不满意：等督办负责人决定重新办理或解释说明。"))


def _void(_sight: Sight, _case: CaseForms, _items: ItemForms) -> Step:
    return Step(gettext("导入已经撤销，这个办件作废。"))


def _ended(sight: Sight, case: CaseForms, _items: ItemForms) -> Step:
    if "second_look" in case:
        return Step(gettext("另一人作出的决定等您复看。"), case["second_look"])
    if sight.dossier.clock("second_look"):
        return Step(gettext("等另一人复看。"))
    if review_forms.unanswered(sight):
        told = review_forms.later_words(may="answer_later" in case)
        return Step(told, case.get("answer_later"))
    if "tell" in case:
        return Step(gettext("还没有告知反映人。"), case["tell"])
    if "exclude" in case:
        return Step(gettext("有人申请考核剔除：看理由，同意或不同意。"), case["exclude"])
    back = Step(*back_forms.step(sight, case))
    left_out = exclusion_forms.waits(sight)
    return back if back.words or not left_out else _waits_for([left_out])


def _merged(sight: Sight, _case: CaseForms, _items: ItemForms) -> Step:
    above = sight.dossier.above
    number = above.number if above is not None else ""
    if lent := splits.given_on(sight.session, sight.case):
        both = {"number": number, "parts": series(one.number for one in lent)}
        told = gettext("已并入 %(number)s；来件后来分案，由 %(parts)s 办理、答复。", **both)
        return Step(told)
    return Step(gettext("已并入 %(number)s，在那里一同办理、答复。", number=number))


_STEPS = {
    "received": _received,
    "answered": _ended,
    "declined": _ended,
    "referred": _ended,
    "merged": _merged,
    "accepted": _accepted,
    "handling": _handling,
    "awaiting_reporter": _awaiting,
    "shelved": _shelved,
    "replying": _replying,
    "calling_back": _calling_back,
    "closed": _ended,
    "void": _void,
}
