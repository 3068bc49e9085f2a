"""Splitting a part of a case off (分案): as a form, as links between the cases, and as told."""

from collections.abc import Sequence

from flask import url_for

from caseflow import words
from caseflow.clock import local
from caseflow.deadlines.tables import Clock
from caseflow.ledger import mergers, splits
from caseflow.ledger.dossier import Dossier, Happened
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case, Item
from caseflow.web.clocks import due_text
from caseflow.web.console.forms import Field, Form
from caseflow.web.console.review_forms import linked
from caseflow.web.console.sentences import written
from caseflow.web.console.sight import Sight
from caseflow.web.locale import day_text, gettext, series


def form(sight: Sight) -> Form | None:
    """Return the form that splits a part off; None where danger, or what came back too often, waits
    for somebody. Where there is one report alone, it tells of both matters.
    """
    danger = sight.case.urgent and sight.dossier.clock("immediate") is not None
    held = any(row.looked_at is None for row in sight.dossier.oversights)
    if danger or held or sight.case.countersign:
        return None
    items = Field(
        "checks",
        "items",
        gettext("一同分出哪些问题项"),
        options=[_item(sight, one) for one in sight.dossier.items],
        optional=True,
    )
    return Form(
        "split_off",
        gettext("分案"),
        url_for("console.split_off", number=sight.case.number),
        _what(sight),
        (
            Field("original", "original"),
            *_chosen(sight),
            *((items,) if items.options else ()),
            Field("textarea", "reason", gettext("理由（为什么是两件事）"), longest=2000),
        ),
    )


def _chosen(sight: Sight) -> tuple[Field, ...]:
    """Return which reports go, and which tell of both matters: of one alone there is no choice."""
    firsts = sight.dossier.first_reports
    about = gettext("另一件事是什么")
    if len(firsts) == 1:
        return (
            Field("hidden", "shared", value=firsts[0].number),
            Field("text", "matter", about, hint=gettext("新办件的事由，40 字以内"), longest=40),
        )
    options = _reports(sight)
    return (
        Field(
            "checks",
            "reports",
            gettext("分出哪些来件"),
            options=options,
            hint=gettext("至少留一件；反映人后来补充的随来件转去"),
            optional=True,
        ),
        Field(
            "checks",
            "shared",
            gettext("哪些来件讲了两件事"),
            options=[one[:2] for one in options],
            hint=gettext("留在本办件，并在新办件里另立一个编号，由反映人各得一份答复"),
            optional=True,
        ),
        Field(
            "text",
            "matter",
            about,
            hint=gettext("新办件的事由，40 字以内；有来件讲了两件事的必填"),
            optional=True,
            longest=40,
        ),
    )


def _what(sight: Sight) -> tuple[str, ...]:
    if len(sight.dossier.first_reports) == 1:
        return (
            gettext("来件留在本办件；另一件事立一个新办件，来件在那里另有编号，期限与原来相同。"),
            gettext(
                "将通知：反映人（两个编号，查询码不变，分别答复）、承办人。"
                "留不了联系方式的，在查询页上看到。"
            ),
            _what_goes(sight)[1],
            gettext("承办人、被反映单位和须回避的人不变；单位看到的不变。文书留在本办件。"),
            gettext(
                "分错了，可以把新办件并回来（带走的问题项须已办完或撤项）；两个编号仍各得一份答复。"
            ),
        )
    return _what_goes(sight)


def _what_goes(sight: Sight) -> tuple[str, ...]:
    running = sight.dossier.clock("immediate")
    at_once = due_text(running.due) if running is not None else sight.due("immediate")
    return (
        gettext(
            "选中的来件和问题项转到一个新的办件，编号另起；来件编号和所有期限不变，不重新起算。"
        ),
        gettext(
            "带上已交办的问题项的，新办件接着办理；否则新办件为已受理，须在 %(when)s 前处置。",
            when=at_once,
        ),
        gettext(
            "承办人、被反映单位和须回避的人不变；单位看到的不变；反映人看不到分案。文书随问题项转到新办件。"
        ),
        gettext(
            "分错了，可以把新办件并回来（带走的问题项须已办完或撤项）。并案带来的来件分出后，那次并案不能再取消。"
        ),
    )


def _reports(sight: Sight) -> list[tuple[str, ...]]:
    """Return each report with what was promised for it, which goes along."""
    firsts = sight.dossier.first_reports
    running = [one for one in sight.dossier.clocks if one.name == "resolve"]
    homes = mergers.homes(sight.session, firsts)
    return [
        (one.number, _label(one), _promised(sight, one, splits.promise(running, {homes[one.id]})))
        for one in firsts
    ]


def _label(report: Report) -> str:
    title = report.subject or report.text
    return gettext(
        "%(number)s（%(channel)s，%(when)s 收到）%(title)s",
        number=report.number,
        channel=gettext(words.CHANNELS[report.channel]),
        when=day_text(local(report.received_at).date()),
        title=title[:40],
    )


def _promised(sight: Sight, report: Report, resolve: Clock) -> str:
    own = [sight.dossier.clock(name, report=report.id) for name in ("notice", "reply")]
    return _dues([*filter(None, own), resolve])


def _item(sight: Sight, item: Item) -> tuple[str, ...]:
    running = [one for one in sight.dossier.clocks if one.item_id == item.id]
    state = gettext(words.ITEM_STATES[item.state])
    hint = gettext("；").join(filter(None, (state, _dues(running))))
    return (str(item.n), f"{item.n}. {item.matter[:60]}", hint)


def _dues(running: Sequence[Clock]) -> str:
    """Return what runs and until when, as it will go on."""
    said = (
        gettext(
            "%(clock)s：%(when)s", clock=gettext(words.CLOCKS[one.name]), when=due_text(one.due)
        )
        for one in running
    )
    return gettext("；").join(said)


def done(dossier: Dossier) -> str:
    """Say of a case that was split which one began."""
    return gettext("已分案：新办件 %(number)s。", number=dossier.parts[-1].number)


def kin(sight: Sight) -> list[dict[str, str]]:
    """Return the case that this one was split off from, and those split off from it, or with the
    reports that it lent; what lies outside the reader's scope by its number alone.
    """
    found = [(sight.dossier.origin, gettext("由此分出"))] if sight.dossier.origin else []
    found += [(one, gettext("分出")) for one in sight.dossier.parts]
    if sight.case.state == "merged":
        lent = splits.given_on(sight.session, sight.case)
        found += [(one, gettext("来件由此办理、答复")) for one in lent]
    return [_line(sight, one, what) for one, what in found]


def _line(sight: Sight, other: Case, what: str) -> dict[str, str]:
    link = linked(sight, other)
    label = gettext("%(what)s：%(more)s", what=what, more=other.matter) if link["href"] else what
    return {"number": other.number, "label": label, **link}


def told(entry: Happened) -> str:
    """Return what went along, and why."""
    facts = entry.facts
    number = "was" if entry.verb == "split_off" else "n"
    lines = [gettext("来件：%(numbers)s", numbers=series(facts["reports"]))]
    lines += [
        gettext("来件 %(was)s 讲了两件事，另立编号 %(number)s", **one)
        for one in facts.get("shared", ())
    ]
    if facts["items"]:
        numbers = series(str(one[number]) for one in facts["items"])
        lines.append(gettext("问题项：%(numbers)s", numbers=numbers))
    return "\n".join([*lines, written(entry, "reason")])
