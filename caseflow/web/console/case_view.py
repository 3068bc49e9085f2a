"""One case as its template draws it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import url_for

from caseflow import words
from caseflow.escalation import reading
from caseflow.ledger.holding import reference
from caseflow.ledger.moves import filing
from caseflow.ledger.moves.reserving import RESERVED, is_free_for
from caseflow.ledger.report_tables import Report
from caseflow.ledger.states import COUNTED_APART, ENDS
from caseflow.ledger.tables import INSTRUCTED, Case, Item
from caseflow.people.permissions import may
from caseflow.vault.person import Person
from caseflow.web.clocks import ClockView, clock_views, due_text
from caseflow.web.console import (
    assisting_forms,
    back_forms,
    case_forms,
    ending_forms,
    exclusion_forms,
    item_forms,
    mail_views,
    oversight_forms,
    phoned,
    review_forms,
    same_rows,
    shelving_forms,
    splitting_forms,
    step_up_forms,
    timeline,
    visit_forms,
)
from caseflow.web.console.assisting_forms import Assisted
from caseflow.web.console.file_views import attachment_view, evidence_view
from caseflow.web.console.forms import Again, Field, Form
from caseflow.web.console.mail_views import Letter
from caseflow.web.console.next_step import Step, next_step
from caseflow.web.console.phoned import Phoned
from caseflow.web.console.same_rows import Row
from caseflow.web.console.sight import Sight, unit_labels
from caseflow.web.console.timeline import Line, Paper
from caseflow.web.locale import gettext, moment_text, series


@dataclass(frozen=True)
class ItemView:
    """One item's card."""

    item: Item
    clocks: list[ClockView]
    facts: list[tuple[str, str]]
    evidence: list[dict[str, Any]]
    forms: list[Form]
    eyes: str
    visits: list[dict[str, str]]
    assisted: list[Assisted]


@dataclass(frozen=True)
class ReportView:
    """One report as received, and what may be known of who sent it."""

    report: Report
    received_at: str
    files: list[dict[str, Any]]
    ways: str
    sealed: bool
    person: Person | None
    may_reveal: bool
    imposed: str
    phoned: Phoned
    letter: Letter


@dataclass(frozen=True)
class CaseView:
    """The whole page."""

    case: Case
    leader: bool
    facts: list[tuple[str, str]]
    clocks: list[ClockView]
    step: Step
    beside: list[Form]
    more: list[Form]
    items: list[ItemView]
    tally: list[str]
    lines: list[Line]
    reports: list[ReportView]
    others: list[Case]
    same: list[Row]
    gathers: bool
    kin: list[dict[str, str]]
    claiming: list[tuple[str, str]]
    reviews: list[dict[str, str]]
    orders: list[Paper]
    reports_back: list[back_forms.Line]
    units: list[str]
    again: Again | None
    refused: Form | None
    revealed: dict[int, Person] = field(default_factory=dict)


def view(sight: Sight, again: Again | None, revealed: dict[int, Person]) -> CaseView:
    """Make everything the page shows; the session is not needed afterwards."""
    forms = case_forms.forms(sight)
    of_items = {item.id: item_forms.forms(sight, item) for item in sight.dossier.items}
    step = next_step(sight, forms, of_items)
    orders = reading.of_case(sight.session, sight.case)
    letters, calls = mail_views.letters(sight), phoned.of_reports(sight)
    beside = _beside(sight, forms, step)
    more = [form for form in forms.values() if form is not step.form and form not in beside]
    drawn = {form.key: form for one in (forms, *of_items.values()) for form in one.values()}
    asks_for_unit = any(
        one.look == "unit"
        for two in of_items.values()
        for form in two.values()
        for one in form.fields
    )
    return CaseView(
        case=sight.case,
        leader=sight.case.rank == INSTRUCTED,
        facts=_facts(sight),
        clocks=_case_clocks(sight),
        step=step,
        beside=beside,
        more=more,
        items=[
            _item(sight, item, list(of_items[item.id].values())) for item in sight.dossier.items
        ],
        tally=_tally(sight),
        lines=timeline.told(sight.dossier, orders),
        reports=[
            _report(sight, one, revealed, letters[one.id], calls.get(one.id, Phoned()))
            for one in sight.dossier.reports
        ],
        others=[*filter(None, [sight.dossier.above]), *sight.dossier.merged],
        same=same_rows.beside(sight),
        gathers=same_rows.gathers(sight),
        kin=splitting_forms.kin(sight),
        claiming=mail_views.claiming(sight),
        reviews=review_forms.lines(sight),
        orders=timeline.papers(sight.dossier, orders),
        reports_back=back_forms.lines(sight),
        units=list(unit_labels(sight.units)) if asks_for_unit else [],
        again=again,
        refused=_refused(sight, again, drawn) if again else None,
    )


def _refused(sight: Sight, again: Again, drawn: Mapping[str, Form]) -> Form | None:
    """Return the form that was refused, if the page shows it: a move, or one that asks why."""
    return {**drawn, **_asking_why(sight)}.get(again.key)


def _asking_why(sight: Sight) -> dict[str, Form]:
    """Return the forms that open who reported, or take the case file away, for a reason."""
    forms, number = {}, sight.case.number
    if may(sight.actor, "vault.reveal"):
        reason = Field("text", "reason", gettext("查看理由"), longest=500)
        for report in sight.dossier.reports:
            key = reveal_key(report.id)
            action = url_for("console.reveal", number=number, report_id=report.id)
            forms[key] = Form(key, gettext("查看身份"), action, fields=(reason,))
    if may(sight.actor, "case.file"):
        reason = Field("text", "reason", gettext("导出理由"), longest=filing.MOST)
        action = url_for("console.case_file", number=number)
        forms["hand_out"] = Form("hand_out", gettext("导出案卷"), action, fields=(reason,))
    return forms


def reveal_key(report_id: int) -> str:
    """Return the name of the form that opens who sent a report."""
    return f"reveal-{report_id}"


def _tally(sight: Sight) -> list[str]:
    """Count the items; what was never to be struck off, or not by this office, counts apart."""
    states = [item.state for item in sight.dossier.items]
    ours = [state for state in states if state not in COUNTED_APART]
    done = gettext("已销号 %(done)s / %(total)s", done=ours.count("struck_off"), total=len(ours))
    apart = [
        gettext("%(what)s %(n)s", what=gettext(words.ITEM_STATES[state]), n=states.count(state))
        for state in COUNTED_APART
        if state in states
    ]
    return [done, *apart] if ours else apart


def _beside(sight: Sight, forms: Mapping[str, Form], step: Step) -> list[Form]:
    """Return what stands beside the next step: who reads a report first is asked whether a child is
    in danger unless somebody said so already, and a decision has two ways.
    """
    asked = sight.case.state == "received" and not sight.case.urgent
    names = [_OTHER_WAY.get(step.form.key, "")] if step.form is not None else []
    names += ["raise_urgency"] if asked else []
    return [forms[name] for name in names if name in forms and forms[name] is not step.form]


_OTHER_WAY = {
    "grant_case": "refuse_case",
    "approve": "refuse_proposal",
    "receive": "send_back",
    "shelve": "refuse_shelving",
    "move_milestone": "refuse_milestone",
    "meet_milestone": "take_up",
    "exclude": "refuse_exclusion",
    "explain": "reopen",
    "reopen": "explain",
}
"""Of a decision that is the next step: the other way to decide."""


def _facts(sight: Sight) -> list[tuple[str, str]]:
    case, dossier = sight.case, sight.dossier
    category = gettext(words.CATEGORIES.get(case.category, case.category)) if case.category else ""
    return [
        (gettext("被反映单位"), dossier.unit_name(case.unit_id) or case.place),
        (gettext("区域"), dossier.area.name),
        (gettext("类别"), category),
        (gettext("承办人"), _who(sight, case.handler_id) or gettext("未分派")),
        (gettext("收到"), moment_text(case.opened_at)),
        *shelving_forms.facts(sight),
        *review_forms.facts(sight),
        *exclusion_forms.facts(sight),
        *oversight_forms.facts(sight),
    ]


def _who(sight: Sight, user_id: int | None) -> str:
    """Return a name, with who stands in while that person is away."""
    name, gone = sight.dossier.person(user_id), sight.away.get(user_id or 0)
    if gone is None:
        return name
    if not gone.stand_in:
        return gettext("%(name)s（外出）", name=name)
    return gettext("%(name)s（外出，%(who)s 代理）", name=name, who=gone.stand_in)


def _case_clocks(sight: Sight) -> list[ClockView]:
    """The clocks of the case and its reports; `reply` is left out where it ends with `resolve`, but
    not where somebody wrote once all was over.
    """
    over = sight.case.state in ENDS
    shown: dict[str, Any] = {}
    for clock in sight.dossier.clocks:
        if clock.item_id is None and clock.order_id is None and (over or clock.name != "reply"):
            shown.setdefault(clock.name, clock)
    return clock_views(sight.rules, shown.values(), sight.now, sight.documents)


def _item(sight: Sight, item: Item, forms: list[Form]) -> ItemView:
    dossier = sight.dossier
    own = [one for one in dossier.clocks if one.item_id == item.id and one.name != "assist"]
    return ItemView(
        item=item,
        clocks=clock_views(sight.rules, own, sight.now, sight.documents),
        facts=item_facts(sight, item),
        evidence=[
            evidence_view(one.id, one.name, blob) | {"note": one.note}
            for one, blob in dossier.evidence.get(item.id, ())
            if one.assistance_id is None
        ],
        forms=forms,
        eyes=_lacks(sight, item) or _eyes(sight, item),
        visits=visit_forms.of_item(sight, item),
        assisted=assisting_forms.of_item(sight, item),
    )


def item_facts(sight: Sight, item: Item) -> list[tuple[str, str]]:
    """Return what is to be said of an item, as label and value; nothing to say is empty."""
    dossier = sight.dossier
    found = dossier.findings.get(item.id, [])
    result = gettext(words.FINDINGS[item.finding]) if item.finding else ""
    done = next(
        (
            x.facts.get("done")
            for x in dossier.of_items
            if x.verb == "submit" and x.item_id == item.id
        ),
        "",
    )
    follows = next((one.n for one in dossier.items if one.id == item.follows), None)
    return [
        (gettext("事项编号"), reference(item.id) if item.state != "draft" else ""),
        (gettext("接续"), gettext("第 %(n)s 项", n=follows) if follows else ""),
        (gettext("核查单位"), dossier.unit_name(item.verifying_unit_id)),
        (gettext("责任督学"), _who(sight, item.inspector_id)),
        (gettext("整改单位"), dossier.unit_name(item.rectifying_unit_id)),
        (gettext("核查结论"), result),
        (gettext("依据"), found[-1].basis if found and result else ""),
        (gettext("整改情况"), str(done or "")),
        (gettext("退回"), gettext("%(n)s 次", n=item.returns) if item.returns else ""),
        (gettext("退单"), _objected(sight, item)),
        (gettext("销号人"), dossier.person(item.struck_off_by)),
        (gettext("撤项"), ending_forms.about_withdrawal(sight, item)),
        (gettext("申请督办升级"), step_up_forms.about(sight, item)),
        (gettext("转往"), item.authority),
        (gettext("对方编号"), item.authority_number),
        (gettext("法定程序结果"), gettext("；").join(ending_forms.outcomes(sight, item))),
    ]


def _objected(sight: Sight, item: Item) -> str:
    """Say how often units objected to an item, and why the last one did."""
    if not item.objections:
        return ""
    last = next(x for x in sight.dossier.of_items if x.verb == "object" and x.item_id == item.id)
    often = gettext("%(n)s 次", n=item.objections)
    return f"{often} · {last.facts['reason']}"


PARTS = {
    "handler": "承办办件",
    "verifier": "参与核查",
    "finder": "认定结论",
    "submitter": "提请验收",
}


def _lacks(sight: Sight, item: Item) -> str:
    """Say what nobody can strike a submitted item off without."""
    return visit_forms.wanted(sight, item) or oversight_forms.wanted(sight, item)


def _eyes(sight: Sight, item: Item) -> str:
    """Say who may strike a submitted item off, where it is not the reader."""
    eyes = sight.dossier.eyes.get(item.id)
    if eyes is not None and not is_free_for(sight.actor, item):
        return gettext(RESERVED)
    return "" if eyes is None or eyes.may(sight.actor.id) else eyes_text(eyes, sight.actor.id)


def eyes_text(eyes: Any, user_id: int | None) -> str:
    """Say why the reader may not strike an item off, and who may."""
    parts = eyes.parts.get(user_id, ()) if user_id else ()
    why = ""
    if parts:
        did = series(gettext(said) for part, said in PARTS.items() if part in parts)
        why = gettext("您参与过这一项（%(did)s），不能销号。", did=did)
    people = series(person.name for person in eyes.people)
    if not people:
        return why + gettext("目前没有人可以销号，请联系管理员补充验收人。")
    if eyes.above:
        return why + gettext("本办没有未参与的人，由上一级销号：%(people)s。", people=people)
    return why + gettext("可以销号的人：%(people)s。", people=people)


_REACHED_BY = {"email": "邮箱", "phone": "电话", "letter": "地址", "text": "短信"}


def _report(
    sight: Sight, report: Report, revealed: dict[int, Person], letter: Letter, call: Phoned
) -> ReportView:
    files = [
        attachment_view(one.id, one.name, blob)
        for one, blob in sight.dossier.attachments.get(report.id, ())
    ]
    ways = [gettext(_REACHED_BY[way]) for way in sight.dossier.ways[report.id]]
    return ReportView(
        report=report,
        received_at=moment_text(report.received_at),
        files=files,
        ways=series(ways),
        sealed=report.identity_id is not None,
        person=revealed.get(report.id),
        may_reveal=may(sight.actor, "vault.reveal"),
        imposed=due_text(report.imposed_due) if report.imposed_due else "",
        phoned=call,
        letter=letter,
    )
