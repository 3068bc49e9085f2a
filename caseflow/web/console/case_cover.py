"""The case file as people read it: the case page's facts, set as a report (`paper.sheets`).

Left out is whatever a reporter said or was told: reports, questions, replies, words heard by
telephone. The history holds commitments of them, and so does what is handed out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from caseflow import words
from caseflow.clock import local
from caseflow.deadlines.tables import Clock
from caseflow.escalation import reading
from caseflow.escalation.order_states import OUT
from caseflow.escalation.tables import Order
from caseflow.ledger.tables import Item
from caseflow.paper.sheets import Report, Section
from caseflow.web.console import timeline
from caseflow.web.console.case_view import item_facts
from caseflow.web.console.sight import Sight
from caseflow.web.locale import gettext

Facts = list[tuple[str, str]]
Rows = list[Sequence[str]]

NOTE = (
    "本卷不含反映人身份、来件原文、答复原文和回访原话。"
    "办理记录逐条相连，封面所印末条校验值与 entries.jsonl 最后一条一致；"
    "核验方法见同一压缩包内的 VERIFY.md。"
)


def report(sight: Sight, office: str, reason: str) -> Report:
    """Return the case as a report; called where everything is said in Chinese."""
    orders = reading.of_case(sight.session, sight.case)
    parts = [_reports(sight), *_items(sight), _clocks(sight), _orders(orders)]
    parts += [_history(sight, orders), _evidence(sight)]
    return Report(
        office=office,
        title=gettext("案卷"),
        subtitle=sight.case.number,
        facts=_said(_cover(sight, reason)),
        note=gettext(NOTE),
        sections=[part for part in parts if part.facts or len(part.rows) > 1],
        foot=gettext("案卷 %(number)s", number=sight.case.number),
    )


def _said(facts: Iterable[tuple[str, str]]) -> Facts:
    return [(label, value) for label, value in facts if value]


def _cover(sight: Sight, reason: str) -> Facts:
    case, dossier = sight.case, sight.dossier
    category = gettext(words.CATEGORIES.get(case.category, case.category)) if case.category else ""
    return [
        (gettext("办件编号"), case.number),
        (gettext("诉求类型"), gettext(words.KINDS[case.kind])),
        (gettext("类别"), category),
        (gettext("区域"), dossier.area.name),
        (gettext("被反映单位"), dossier.unit_name(case.unit_id)),
        (gettext("承办人"), dossier.person(case.handler_id)),
        (gettext("收到"), _moment(case.opened_at)),
        (gettext("状态"), gettext(words.CASE_STATES[case.state])),
        (gettext("办结"), _moment(case.closed_at)),
        (gettext("导出"), f"{_moment(sight.now)} {dossier.person(sight.actor.id)}"),
        (gettext("导出理由"), reason),
        (gettext("办理记录"), gettext("%(n)s 条", n=case.head_n)),
        (gettext("末条校验值"), case.head),
    ]


def _moment(at: datetime | None) -> str:
    return f"{local(at):%Y-%m-%d %H:%M}" if at else ""


def _due(at: datetime) -> str:
    """Return a due moment: a day ends at 24:00, as on every page."""
    here = local(at)
    ends = (here.hour, here.minute) == (0, 0)
    return f"{here - timedelta(days=1):%Y-%m-%d} 24:00" if ends else _moment(at)


def _reports(sight: Sight) -> Section:
    rows: Rows = [(gettext("来件编号"), gettext("渠道"), gettext("收到"))]
    for one in sight.dossier.reports:
        rows.append((one.number, gettext(words.CHANNELS[one.channel]), _moment(one.received_at)))
    return Section(gettext("来件"), rows=rows, columns=(3, 2, 2))


def _items(sight: Sight) -> list[Section]:
    return [_item(sight, item) for item in sight.dossier.items]


def _item(sight: Sight, item: Item) -> Section:
    outcome = gettext(words.OUTCOMES[item.outcome]) if item.outcome else ""
    facts = [
        (gettext("问题项"), item.matter),
        (gettext("状态"), gettext(words.ITEM_STATES[item.state])),
        *item_facts(sight, item),
        (gettext("销号"), f"{_moment(item.struck_off_at)} {outcome}".strip()),
    ]
    return Section(gettext("问题项 %(n)s", n=item.n), facts=_said(facts))


def _clocks(sight: Sight) -> Section:
    numbers = {item.id: item.n for item in sight.dossier.items}
    query = select(Clock).where(Clock.root_case_id == sight.case.id).order_by(Clock.id)
    head = (gettext("时限"), gettext("起"), gettext("到期"), gettext("结果"))
    rows: Rows = [head]
    for clock in sight.session.scalars(query):
        name, n = gettext(words.CLOCKS[clock.name]), numbers.get(clock.item_id or 0)
        label = gettext("%(clock)s（第 %(n)s 项）", clock=name, n=n) if n else name
        rows.append((label, _moment(clock.started_at), _due(clock.due), _end(clock)))
    return Section(gettext("时限"), rows=rows, columns=(3, 2, 2, 3))


def _end(clock: Clock) -> str:
    late = clock.state == "met" and clock.ended_at is not None and clock.ended_at > clock.due
    end = gettext(words.CLOCK_ENDS["late" if late else clock.state])
    return f"{end} {_moment(clock.ended_at)}".strip()


def _orders(orders: Sequence[Order]) -> Section:
    rows: Rows = [(gettext("文书"), gettext("编号"), gettext("状态"), gettext("签发"))]
    for one in reversed(orders):
        state = gettext(words.ORDER_STATES[one.state])
        kind = gettext(words.ACTIONS[one.kind]) if one.state in OUT else gettext("文书草稿")
        rows.append((kind, one.number or "", state, _moment(one.issued_at)))
    return Section(gettext("文书"), rows=rows, columns=(2, 4, 2, 2))


def _history(sight: Sight, orders: Sequence[Order]) -> Section:
    dossier = replace(sight.dossier, replies=(), questions=(), call_backs=(), evidence={})
    rows: Rows = [("", gettext("时间"), gettext("经办"), gettext("事项"))]
    told = zip(dossier.entries, timeline.told(dossier, orders), strict=True)
    for entry, line in reversed(list(told)):
        what = [line.what, line.rung, line.text]
        rows.append(
            (str(entry.n), _moment(entry.at), line.who, "\n".join(one for one in what if one))
        )
    return Section(gettext("办理记录"), rows=rows, columns=(1, 4, 3, 12))


def _evidence(sight: Sight) -> Section:
    rows: Rows = [(gettext("项"), gettext("文件"), gettext("收到"), "SHA-256")]
    for item in sight.dossier.items:
        for one, blob in sight.dossier.evidence.get(item.id, ()):
            rows.append((str(item.n), one.name, _moment(one.at), blob.sha256))
    return Section(gettext("证据"), rows=rows, columns=(1, 5, 4, 10))
