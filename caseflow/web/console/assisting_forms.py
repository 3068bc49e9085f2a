"""Assisting units (协办) as forms, and as an item's card lists them."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for

from caseflow.clock import local
from caseflow.deadlines import preview
from caseflow.deadlines.clocks import ALIVE
from caseflow.deadlines.tables import Clock
from caseflow.ledger import assistances
from caseflow.ledger.assistance_tables import Assistance
from caseflow.ledger.moves.record import matter_of
from caseflow.ledger.tables import Item
from caseflow.refs import whole
from caseflow.web.clocks import ClockView, clock_views, due_text
from caseflow.web.console.file_views import evidence_view
from caseflow.web.console.forms import Field, Form, Option
from caseflow.web.console.sight import Sight
from caseflow.web.locale import day_text, gettext, moment_text, series


@dataclass(frozen=True)
class Assisted:
    """What a unit was asked beside the lead, as an item's card shows it: to the office alone."""

    unit: str
    text: str
    answer: str
    stands: str
    clocks: list[ClockView]
    files: list[dict[str, Any]]


def ask(sight: Sight, item: Item, first: tuple[Field, ...] = ()) -> Form:
    """Return the form that asks a unit beside the lead; `first`: what a tip is asked before."""
    tip = sight.case.kind == "tip"
    return Form(
        f"item-{item.n}-ask_assistance",
        gettext("请单位协办"),
        url_for("console.ask_assistance", item_id=item.id),
        tuple(
            one
            for one in (
                gettext("将通知：协办单位经办人。答复期限：%(when)s。", when=_due(sight, item)),
                gettext("主办单位不用等协办答复；答复先由督导办公室看，可以转给主办单位参阅。"),
                gettext("举报不得交给被举报单位或其管理的单位。") if tip else "",
            )
            if one
        ),
        (
            *first,
            Field(
                "unit",
                "unit",
                gettext("协办单位"),
                hint=gettext("输入名称的一部分，从列表中选；主办单位除外"),
            ),
            Field(
                "textarea",
                "text",
                gettext("请协办单位做什么"),
                hint=gettext(
                    "协办单位只能看到这段文字，看不到来件、反映人、主办单位和其他问题项。"
                ),
                rows=5,
                longest=20_000,
            ),
        ),
        submit=gettext("请求协办"),
    )


def _due(sight: Sight, item: Item) -> str:
    """Return when an answer would be due: by the rule, never after the item itself."""
    by_rule = preview.due(sight.session, "assist", matter_of(sight.case), sight.now)
    own = [sight.dossier.clock(name, item=item.id) for name in ("verify", "rectify")]
    return due_text(min([by_rule, *(one.due for one in own if one and one.due > sight.now)]))


def record(sight: Sight, item: Item) -> Form | None:
    """Return the form that writes down what a unit answered by telephone; none where none owes."""
    left = sight.unanswered(item)
    if not left:
        return None
    options: list[Option] = [
        (str(one.unit_id), sight.dossier.unit_name(one.unit_id)) for one in left
    ]
    alone = len(options) == 1
    which = Field("select", "heard_of", gettext("协办单位"), options=options)
    since, today = (local(at).date() for at in (min(one.asked_at for one in left), sight.now))
    return Form(
        f"item-{item.n}-record_assistance",
        gettext("记录协办单位的电话答复"),
        url_for("console.record_assistance", item_id=item.id),
        (
            *((gettext("答复单位：%(unit)s。", unit=options[0][1]),) if alone else ()),
            gettext("协办期限以对方答复的时间为准。记录后不能修改；记录的人不能再销号。"),
        ),
        (
            Field("hidden", "heard_of", value=options[0][0]) if alone else which,
            Field("text", "said_by", gettext("答复人和职务"), longest=100),
            Field(
                "date",
                "heard_day",
                gettext("答复日期"),
                today.isoformat(),
                first=since.isoformat(),
                last=today.isoformat(),
            ),
            Field("text", "heard_time", gettext("答复时间"), hint=gettext("例如 9:30"), longest=5),
            Field("textarea", "answer", gettext("答复内容"), rows=5, longest=20_000),
        ),
        submit=gettext("记录答复"),
    )


def release(sight: Sight, item: Item) -> Form | None:
    """Return the form that lets a unit owe nothing any more; none where nobody does."""
    left = sight.unanswered(item)
    if not left:
        return None
    options: list[Option] = [
        (str(one.unit_id), sight.dossier.unit_name(one.unit_id)) for one in left
    ]
    alone = len(options) == 1
    which = Field("select", "assisting", gettext("协办单位"), options=options)
    return Form(
        f"item-{item.n}-release_assistance",
        gettext("解除协办"),
        url_for("console.release_assistance", item_id=item.id),
        (
            gettext("将通知：%(unit)s。对方看不到理由。", unit=options[0][1])
            if alone
            else gettext("将通知对方单位；对方看不到理由。"),
        ),
        (
            Field("hidden", "assisting", value=options[0][0]) if alone else which,
            Field("textarea", "reason", gettext("理由"), longest=2000),
        ),
        submit=gettext("解除"),
    )


def share(sight: Sight, item: Item) -> Form | None:
    """Return the form that lets the lead read an answer; none where there is none to share."""
    options = _to_share(sight, item)
    if not options:
        return None
    alone = len(options) == 1
    which = Field(
        "select",
        "answered",
        gettext("哪份答复"),
        options=options,
        hint=gettext("同一单位有几份答复的，每份分别转"),
    )
    return Form(
        f"item-{item.n}-share_assistance",
        gettext("把协办答复转主办单位"),
        url_for("console.share_assistance", item_id=item.id),
        (
            gettext("转的是：%(answer)s。", answer=options[0][1]) if alone else "",
            gettext("主办单位只看到答复的文字，看不到所附材料和请协办的内容。不能撤回。"),
            gettext("请先看清：答复里不能有反映人的姓名或能认出反映人的内容。"),
        )[0 if alone else 1 :],
        (Field("hidden", "answered", value=options[0][0]) if alone else which,),
        submit=gettext("转主办单位参阅"),
    )


def _to_share(sight: Sight, item: Item) -> list[Option]:
    """Return the answers that the lead does not read yet, the newest first, by unit and by which
    of its answers it is (`shared_typed`), with the day; of one day, with the time.
    """
    found: list[tuple[str, str, datetime]] = []
    times: Counter[int] = Counter()
    for one in _of(sight, item):
        if one.answered_at is None:
            continue
        times[one.unit_id] += 1
        if one.shared_at is None:
            unit = sight.dossier.unit_name(one.unit_id)
            found.append((f"{one.unit_id}:{times[one.unit_id]}", unit, one.answered_at))
    days = Counter((unit, local(at).date()) for _, unit, at in found)
    return [
        (
            key,
            gettext(
                "%(unit)s %(when)s 的答复",
                unit=unit,
                when=moment_text(at)
                if days[unit, local(at).date()] > 1
                else day_text(local(at).date()),
            ),
        )
        for key, unit, at in reversed(found)
    ]


def shared_typed(text: str) -> tuple[int, int]:
    """Return the unit and which of its answers a choice of the form names; zeros for anything
    else, which the verb refuses.
    """
    unit, _, nth = text.partition(":")
    return whole(unit) or 0, whole(nth) or 0


def of_item(sight: Sight, item: Item) -> list[Assisted]:
    """Return the units that were asked about an item as its card lists them, oldest first."""
    known = _of(sight, item)
    running = assistances.promises(sight.session, [one for one in known if one.is_open])
    return [_assisted(sight, item, one, running.get(one.id)) for one in known]


def _of(sight: Sight, item: Item) -> list[Assistance]:
    return [one for one in sight.dossier.assistances if one.item_id == item.id]


def _assisted(sight: Sight, item: Item, row: Assistance, clock: Clock | None) -> Assisted:
    alive = [clock] if clock is not None and clock.state in ALIVE else []
    return Assisted(
        unit=sight.dossier.unit_name(row.unit_id),
        text=row.text,
        answer=row.answer,
        stands=_stands(row),
        clocks=clock_views(sight.rules, alive, sight.now, sight.documents),
        files=[
            evidence_view(one.id, one.name, blob)
            for one, blob in sight.dossier.evidence.get(item.id, ())
            if one.assistance_id == row.id
        ],
    )


def _stands(row: Assistance) -> str:
    if row.shared_at is not None and row.said_by:
        return gettext(
            "%(who)s电话答复，%(when)s 已转主办单位",
            who=row.said_by,
            when=moment_text(row.shared_at),
        )
    if row.said_by and row.answered_at is not None:
        return gettext(
            "%(when)s %(who)s电话答复，主办单位看不到",
            when=moment_text(row.answered_at),
            who=row.said_by,
        )
    if row.shared_at is not None:
        return gettext("%(when)s 已转主办单位", when=moment_text(row.shared_at))
    if row.answered_at is not None:
        return gettext("%(when)s 已答复，主办单位看不到", when=moment_text(row.answered_at))
    if row.released_at is not None:
        return gettext("%(when)s 已解除", when=moment_text(row.released_at))
    return gettext("未答复")


def open_still(sight: Sight, item: Item) -> str:
    """Say to whoever ends an item which units still owe an answer, nothing where none does."""
    names = [sight.dossier.unit_name(one.unit_id) for one in sight.unanswered(item)]
    if not names:
        return ""
    return gettext(
        "协办还没有答复：%(units)s。销号即解除协办，对方会收到通知。", units=series(names)
    )
