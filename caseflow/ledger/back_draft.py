"""The report back (办结报告) as the ledger's facts draft it, for a person to finish.

It says what was found and done, never who reported: the office that handed the matter down knows
that by its own number. Pure but for what was loaded.
"""

from collections.abc import Iterator
from datetime import datetime

from caseflow import words
from caseflow.clock import local
from caseflow.ledger.dossier import Dossier, Happened
from caseflow.ledger.handed_tables import ReportBack
from caseflow.ledger.report_tables import Report
from caseflow.ledger.states import ITEM_DONE
from caseflow.ledger.tables import Item
from caseflow.paper.sheets import Official

_ENDS = ("answer", "decline", "refer")
_NOTHING = "（请补写）"  # not said
_MARKS = {"drafted": "草稿", "checked": "待送出"}  # not said


def title(report: Report) -> str:
    """Return the title of a report back."""
    return f"关于{report.handed_number or '来文'}办理情况的报告"  # not said


def text(dossier: Dossier, report: Report) -> str:
    """Return the words of a report back to the sender of one report, a paragraph a line."""
    return "\n".join(_lines(dossier, report))


def _lines(dossier: Dossier, report: Report) -> Iterator[str]:
    case = dossier.case
    given = _day(report.handed_at or report.received_at)
    number = f"（来文编号：{report.handed_number}）" if report.handed_number else ""  # not said
    matter = (report.subject or case.matter).strip()
    yield f"{report.handed_by}："
    yield (
        f"你单位{given}交办的“{matter}”{number}，我办于{_day(report.received_at)}登记"  # not said
        f"（办件编号：{case.number}）。现将办理情况报告如下。"  # not said
    )
    items = [item for item in dossier.items if item.state in ITEM_DONE]
    if items:
        yield "一、核查情况"  # not said
        yield from (_found(dossier, item, n) for n, item in enumerate(items, 1))
        yield "二、处理和整改情况"  # not said
        yield from (_outcome(dossier, item, n) for n, item in enumerate(items, 1))
    else:
        yield "一、办理情况"  # not said
        yield _ended(dossier)
    yield "三、答复情况" if items else "二、答复情况"  # not said
    yield _answered(dossier, report)
    yield "特此报告。"  # not said


def _found(dossier: Dossier, item: Item, n: int) -> str:
    found = dossier.findings.get(item.id, ())
    result = words.FINDINGS.get(item.finding or "", "")
    basis = found[-1].basis.strip() if found else ""
    said = f"{result}。{basis}" if result else words.ITEM_STATES[item.state]
    return f"{n}．{item.matter.strip()}：{said}"


def _outcome(dossier: Dossier, item: Item, n: int) -> str:
    said = words.OUTCOMES.get(item.outcome or "", words.ITEM_STATES[item.state])
    submitted = (
        one.facts.get("done", "")
        for one in dossier.of_items
        if one.item_id == item.id and one.verb == "submit"
    )
    done = next((told for told in submitted if isinstance(told, str) and told), "")
    to = f"，由{item.authority}办理" if item.authority else ""  # not said
    return f"{n}．{said}{to}。{done}".rstrip()


def _ended(dossier: Dossier) -> str:
    end = next((one for one in dossier.entries if one.verb in _ENDS), None)
    if end is None or end.verb == "answer":
        return _NOTHING
    return f"{_how(end)}{end.facts.get('reason', '')}"


def _how(end: Happened) -> str:
    if end.verb == "refer":
        return f"经审核，该事项由{end.facts.get('authority', '')}管辖，已转送。"  # not said
    return "经审核，该事项不予受理。"  # not said


def _answered(dossier: Dossier, report: Report) -> str:
    case = dossier.case
    got = [
        one.delivered_at
        for one in dossier.replies
        if one.report_id == report.id and one.round == case.reopened and one.delivered_at
    ]
    if not got:
        return _NOTHING
    said = f"已于{_day(got[-1])}答复反映人。"  # not said
    calls = [one for one in dossier.call_backs if one.round == case.reopened and one.reached]
    if calls:
        pleased = all(one.satisfied for one in calls)
        said += "回访时反映人表示满意。" if pleased else "回访时反映人仍有意见。"  # not said
    return said


def _day(at: datetime) -> str:
    day = local(at).date()
    return f"{day.year}年{day.month}月{day.day}日"  # not said


def sheet(row: ReportBack, report: Report, office: str) -> Official:
    """Return a report back as the formal document that the office sends."""
    lines = [line.strip() for line in row.text.splitlines() if line.strip()]
    to = lines.pop(0) if lines and lines[0].endswith("：") else f"{report.handed_by}："  # not said
    dated = _day(row.sent_at or row.checked_at or row.drafted_at)
    number = f"来文编号：{report.handed_number}" if report.handed_number else ""  # not said
    mark = _MARKS.get(row.state, "")
    return Official(office, number, title(report), to, lines, dated, mark)
