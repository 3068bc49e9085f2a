"""Reviews of an answer (复查, 复核), and what comes after the end: forms, and lines of a case."""

from collections.abc import Callable, Mapping, Sequence

from flask import url_for

from caseflow import words
from caseflow.ledger import gate, passages, reviews
from caseflow.ledger.dossier import Happened
from caseflow.ledger.moves import afterwards, opening, reviewing
from caseflow.ledger.report_tables import Report
from caseflow.ledger.reviews import Remedy
from caseflow.ledger.states import CLAIMS, ENDS, OPINIONS
from caseflow.ledger.tables import Case
from caseflow.people.scope import scope_of
from caseflow.web.clocks import due_text
from caseflow.web.console.closing_forms import delivery, ways_to, which_report
from caseflow.web.console.forms import Field, Form
from caseflow.web.console.sight import Sight
from caseflow.web.locale import gettext

WAYS = {"telephone": "电话", "window": "窗口", "letter": "来信"}


def _action(sight: Sight, move: str) -> str:
    return url_for(f"console.{move}", number=sight.case.number)


# Asked for


def _ask_review(sight: Sight) -> Form | None:
    known = reviews.remedies(sight.session, sight.case, sight.dossier.first_reports)
    left = [one for one in sight.dossier.first_reports if _is_open(sight, known, one)]
    if not left:
        return None
    remedy = known[left[0].id]
    what = gettext(
        "反映人不服答复，可以在 %(until)s 前请求%(office)s%(stage)s。",
        until=due_text(remedy.until),
        office=remedy.office,
        stage=gettext(words.STAGES[remedy.stage]),
    )
    more = gettext("将在该机关立件，由它书面答复反映人；原办件不动。")
    options = [(code, gettext(name)) for code, name in WAYS.items()]
    return Form(
        "ask_review",
        gettext("记录反映人请求%(stage)s", stage=gettext(words.STAGES[remedy.stage])),
        _action(sight, "ask_review"),
        (what, more),
        (
            which_report(left),
            Field(
                "textarea",
                "text",
                gettext("反映人说的理由"),
                rows=5,
                longest=reviewing.LONGEST,
            ),
            Field(
                "radios", "channel", gettext("怎样提出的"), "telephone", options=options, row=True
            ),
        ),
        submit=gettext("记录"),
    )


def _is_open(sight: Sight, known: Mapping[int, Remedy], report: Report) -> bool:
    return report.id in known and known[report.id].is_open(sight.now)


def to_give_out(number: str, *, coded: bool) -> str:
    """Say what whoever asked by word of mouth is to be told; `coded`: they have a query code."""
    if coded:
        told = "请告诉反映人：请求的来件编号是 %(number)s，用原来回执上的查询码就能查看。"
    else:
        told = "请告诉反映人：请求的来件编号是 %(number)s。反映人没有查询码，不能在网上查看。"
    return gettext(told, number=number)


# The opinion


def _opine(sight: Sight) -> Form | None:
    if not reviews.is_free(sight.session, sight.actor.id, sight.case):
        return None
    options = [(code, gettext(words.OPINIONS[code])) for code in OPINIONS]
    return Form(
        "opine",
        gettext("作出意见"),
        _action(sight, "opine"),
        (
            gettext("写成意见书送达反映人，送达后办结；原办件的办会收到通知。"),
            gettext("责令重新办理的，原办件随即重新办理。"),
        ),
        (
            Field("original", "original"),
            Field("radios", "opinion", gettext("审查意见"), options=options),
            Field(
                "textarea",
                "text",
                gettext("意见书正文（反映人会看到）"),
                hint=gettext("写明审查了什么、认定的事实、理由；变更的，写明变更后的答复。"),
                rows=7,
                longest=reviewing.LONGEST,
            ),
            *delivery(ways_to(sight, sight.dossier.first_reports)),
        ),
        submit=gettext("作出意见"),
    )


def looked_from_above(sight: Sight) -> list[str]:
    """Say what somebody of another office gives away by looking again at an answer."""
    here = sight.actor.area == passages.office(sight.case)
    if here or sight.case.kind not in CLAIMS or sight.case.state != "answered":
        return []
    return [gettext("看过并同意以后，您不能再对这个答复作出复查、复核意见。")]


def waits(*, may: bool) -> str:
    """Say what a review waits for."""
    if may:
        return gettext("看原办件和反映人的理由，作出意见。")
    return gettext("等督办负责人作出意见；参与过原办件的人不能作出。")


# After the end


def unanswered(sight: Sight) -> Sequence[Report]:
    """Return what came after the end and waits for an answer that is not on its way."""
    if sight.case.state not in ENDS or sight.case.next_clock is None:
        return []
    found = opening.later(sight.session, sight.case)
    return [one for one in found if not afterwards.is_on_its_way(sight.session, one.id)]


def later_words(*, may: bool) -> str:
    """Say what is to be done about it."""
    if not may:
        return gettext("反映人在办结后又来件，等承办人答复。")
    return gettext("反映人在办结后又来件：单独答复；有新的事实的，由督办负责人重新办理。")


def _answer_later(sight: Sight) -> Form | None:
    left = unanswered(sight)
    if not left:
        return None
    firsts = [one for one in sight.dossier.first_reports if one.id in {r.follows for r in left}]
    failed = [one for one in sight.dossier.replies if one.report_id == left[0].id and one.failed_at]
    text = failed[-1].text if failed else ""
    if not text and firsts and all(reviews.is_ended(sight.session, one) for one in firsts):
        text = words.ENDED
    return Form(
        "answer_later",
        gettext("答复后来的来件"),
        _action(sight, "answer_later"),
        (gettext("单独答复这位反映人，办件不重新办理。"),),
        (
            Field("original", "original"),
            which_report(left),
            Field("textarea", "text", gettext("答复内容（反映人会看到）"), text, rows=5),
            *delivery(ways_to(sight, firsts)),
        ),
        submit=gettext("答复"),
    )


_ENDED_SHOWS = ("received", "accepted")
"""States in which it comes to light that the same facts were ended; later somebody works on it."""


def _decline_ended(sight: Sight) -> Form | None:
    case = sight.case
    if case.kind not in CLAIMS or case.state not in _ENDED_SHOWS or case.countersign:
        return None
    if sight.is_ordered:  # and so owes another answer
        return None
    known = reviews.ended(sight.session, scope_of(sight.actor), sight.case)
    options = [(one.number, f"{one.number} {one.matter}") for one in known]
    if not options:
        return None
    return Form(
        "decline_ended",
        gettext("同一事实已终结，不再受理"),
        _action(sight, "decline_ended"),
        (
            gettext("与终结的办件关联，并告知反映人；有新的事实的，请照常受理。"),
            gettext("下一工作日由另一人复看。"),
        ),
        (
            Field("original", "original"),
            Field("select", "ended", gettext("已终结的办件"), options[0][0], options=options),
            Field(
                "textarea",
                "reason",
                gettext("告知反映人的理由（反映人会看到）"),
                words.ENDED,
                rows=4,
                longest=2000,
            ),
        ),
        submit=gettext("不再受理"),
    )


BUILDERS: dict[str, Callable[[Sight], Form | None]] = {
    "ask_review": _ask_review,
    "opine": _opine,
    "answer_later": _answer_later,
    "decline_ended": _decline_ended,
}


# Lines of a case


def lines(sight: Sight) -> list[dict[str, str]]:
    """Return the reviews that a case is about, or that are about it, with the number by which its
    reporter reads of it; what lies outside the reader's scope by its numbers alone.
    """
    found = []
    for row, other in sight.reviewing:
        stage = gettext(words.STAGES[row.stage])
        what = gettext("原办件") if other.id == row.of_case_id else stage
        result = gettext(words.OPINIONS[row.result]) if row.result else ""
        label = gettext("%(what)s：%(more)s", what=what, more=result) if result else what
        here = {"number": other.number, "label": label, "report": ""}
        if other.id == row.case_id:  # whoever is asked on the telephone reads it out
            here["report"] = sight.session.get_one(Report, row.report_id).number
        found.append({**here, **linked(sight, other)})
    return found


def linked(sight: Sight, other: Case) -> dict[str, str]:
    """Return where another case is read and its state; nothing where the reader may not."""
    if not gate.covers(scope_of(sight.actor), other):
        return {"href": "", "state": ""}
    href = url_for("console.case_page", number=other.number)
    return {"href": href, "state": other.state}


def facts(sight: Sight) -> list[tuple[str, str]]:
    """Return with which ended case a further one shares its facts."""
    other = sight.session.get(Case, sight.case.same_as) if sight.case.same_as else None
    return [(gettext("同一事实已终结"), other.number)] if other is not None else []


def named(entry: Happened) -> str:
    """Return which review an entry is about."""
    stage = gettext(words.STAGES[entry.facts["stage"]])
    if of := entry.facts.get("of"):  # told in the review itself
        return gettext("%(stage)s，原办件 %(number)s", stage=stage, number=of)
    number = entry.facts.get("review") or ""
    return gettext("%(stage)s %(number)s", stage=stage, number=number) if number else stage


def told(entry: Happened) -> str:
    """Return what came of it, and by whom."""
    result = words.OPINIONS.get(entry.facts.get("result", ""), "")
    said = [entry.facts.get("office", ""), gettext(result) if result else ""]
    said.append(gettext("终结") if entry.facts.get("ended") else "")
    return "\n".join(one for one in said if one)
