"""An on-the-spot visit (实地核查) as a form, as a line of an item's card and as a report."""

from typing import Any

from flask import url_for

from caseflow.clock import local
from caseflow.ledger import visits
from caseflow.ledger.moves import visiting
from caseflow.ledger.tables import Item
from caseflow.paper.sheets import Report, Section
from caseflow.web.console.forms import Field, Form, files_field
from caseflow.web.console.sight import Sight
from caseflow.web.locale import gettext, moment_text, series


def visit(sight: Sight, item: Item) -> Form:
    """Return the form that puts a visit on record."""
    people = [one for one in sight.people if one.role in visiting.WENT]
    options = [(str(one.id), one.name) for one in people]
    me = str(sight.actor.id) if any(one.id == sight.actor.id for one in people) else ""
    today = local(sight.now).date().isoformat()
    action, key = url_for("console.visit", item_id=item.id), f"item-{item.n}-visit"
    return Form(
        key,
        gettext("记录实地核查"),
        action,
        (
            gettext("须有两名以上不同的人员到场。到场的人和记录的人都不能再为这一项销号。"),
            gettext("单位看不到这份记录。"),
        ),
        (
            Field(
                "select",
                "visitor",
                gettext("到场人员"),
                me,
                options=options,
                blank=gettext("请选择"),
            ),
            Field(
                "select",
                "companion",
                gettext("另一名到场人员"),
                options=options,
                blank=gettext("请选择"),
                optional=True,
            ),
            Field(
                "text",
                "others",
                gettext("其他同行人员"),
                hint=gettext("没有账号的写姓名，用顿号分开；只有一名有账号的，另一名写在这里"),
                optional=True,
                longest=400,
            ),
            Field("date", "visit_day", gettext("到场日期"), today, last=today),
            Field("text", "visit_time", gettext("到场时间"), hint=gettext("例如 9:30"), longest=5),
            Field("text", "place", gettext("地点"), longest=200),
            Field("textarea", "saw", gettext("看到的情况"), rows=5, longest=4000),
            files_field("pictures", gettext("现场照片、录像"), optional=True),
        ),
        submit=gettext("记录"),
    )


def of_item(sight: Sight, item: Item) -> list[dict[str, str]]:
    """Return the visits of an item as its card lists them, oldest first."""
    known = [one for one in sight.dossier.visits if one.row.item_id == item.id]
    return [
        {
            "href": url_for("console.visit_page", visit_id=one.row.id),
            "name": moment_text(one.row.at),
            "people": series(one.names),
            "place": one.row.place,
        }
        for one in known
    ]


def wanted(sight: Sight, item: Item) -> str:
    """Say beside the check that nobody can strike an item off before somebody went and looked."""
    return gettext(visits.LACKING) if item.id in sight.unvisited else ""


def facts(found: tuple[Any, Item, visits.Visited], recorder: str) -> list[tuple[str, str]]:
    """Return what a visit's report says, as label and value."""
    case, item, visited = found
    row = visited.row
    return [
        (gettext("办件"), case.number),
        (gettext("问题项"), f"{item.n}. {item.matter}"),
        (gettext("到场人员"), series(visited.names)),
        (gettext("到场时间"), moment_text(row.at)),
        (gettext("地点"), row.place),
        (gettext("现场照片、录像"), gettext("%(n)s 份", n=visited.pictures)),
        (gettext("记录"), f"{recorder} {moment_text(row.recorded_at)}"),
    ]


def sheet(found: tuple[Any, Item, visits.Visited], recorder: str, office: str) -> Report:
    """Return the report of a visit as it is set on paper, with room for the signatures."""
    _, _, visited = found
    lines = [line.strip() for line in visited.row.seen.splitlines() if line.strip()]
    signed = [(name, gettext("签名：")) for name in visited.names]
    return Report(
        office=office,
        title=gettext("实地核查报告"),
        subtitle=moment_text(visited.row.at),
        facts=facts(found, recorder),
        note=gettext("内部材料，不外传。"),
        sections=(
            Section(gettext("看到的情况"), lines=lines),
            Section(gettext("到场人员"), facts=signed),
        ),
        foot=gettext("实地核查报告"),
    )
