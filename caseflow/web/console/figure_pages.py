"""The figures (统计): a page to read and print, and the same as a table to take along."""

import csv
from dataclasses import dataclass, replace
from datetime import date
from io import StringIO

from flask import render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow import words
from caseflow.clock import Period, local
from caseflow.errors import NotFound
from caseflow.insight.figures import Figures, Share, figures
from caseflow.people.scope import Scope
from caseflow.people.tables import Area
from caseflow.web.console.frame import Page, blueprint, scope
from caseflow.web.edge import needs, now, read
from caseflow.web.files import attached
from caseflow.web.locale import gettext

_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


@blueprint.get("/figures")
@needs("figures.read")
def figure_page() -> Page:
    """Show the figures of a period and an area; of this month and the own area unless asked."""
    period, wrong = _period()
    with read() as session:
        areas = _areas(session, scope())
        where = _chosen(areas, scope())
        found = figures(session, where, period, now())
    page = render_template(
        "console/figures.html",
        active="figures",
        period=period,
        areas=areas,
        area=where.code,
        table=url_for(
            "console.figure_table", area=where.code, first=period.first, last=period.last
        ),
        wrong=wrong,
        shares=_shares(found),
        counts=_counts(found),
        excluded=_excluded(found),
        figures=found,
    )
    return page, 422 if wrong else 200


@blueprint.get("/figures.csv")
@needs("figures.read")
def figure_table() -> Page:
    """Hand out the figures as a table that spreadsheets open."""
    period, _ = _period()
    with read() as session:
        areas = _areas(session, scope())
        where = _chosen(areas, scope())
        found = figures(session, where, period, now())
    file = StringIO()
    out = csv.writer(file)
    figure = (gettext("比率"), gettext("分子"), gettext("分母"))
    after = (gettext("剔除后比率"), gettext("剔除后分子"), gettext("剔除后分母"))
    head = (gettext("指标"), *figure, *after)
    days = f"{period.first} – {period.last}"
    out.writerow(map(safe, (areas[where.code].name, days)))
    out.writerow(map(safe, head))
    for label, *both in _shares(found):
        cells = [cell for shown in both for cell in (shown.rate, str(shown.part), str(shown.whole))]
        out.writerow(map(safe, (label, *cells)))
    for label, n, left in _counts(found):
        out.writerow(map(safe, (label, "", str(n), "", "", str(left), "")))
    late = ((gettext("逾期：%(name)s", name=name), n) for name, n in _late(found))
    for label, n in late:
        out.writerow(map(safe, (label, "", str(n), "", "", "", "")))
    content = ("\ufeff" + file.getvalue()).encode()
    name = f"统计-{where.code}-{period.first}-{period.last}.csv"  # not said
    return attached(content, "text/csv", name)


def safe(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULAS) else cell


def _late(found: Figures) -> list[tuple[str, int]]:
    return [*found.late_units, *found.late_areas]


def _period() -> tuple[Period, str]:
    """Return the period that was asked for and what is wrong with it: then it is this month."""
    today = local(now()).date()
    this_month = Period(today.replace(day=1), today)
    said = request.args.get("first", ""), request.args.get("last", "")
    if not any(said):
        return this_month, ""
    try:
        first, last = map(date.fromisoformat, said)
    except ValueError:
        return this_month, gettext("请填写起止日期")
    if not date(2000, 1, 1) <= first <= last <= date(2999, 12, 31):
        return this_month, gettext("起始日期不能晚于截止日期")
    return Period(first, last), ""


def _areas(session: Session, seen: Scope) -> dict[str, Area]:
    """Return the areas of a scope by code, itself first."""
    query = select(Area).where(getattr(Area, seen.level) == seen.code).order_by(Area.code)
    return {area.code: area for area in session.scalars(query)}


def _chosen(areas: dict[str, Area], seen: Scope) -> Scope:
    """Return the scope of the area that was asked for, never wider than the reader's own. Raises
    NotFound for any other.
    """
    asked = request.args.get("area", "")
    area = areas.get(asked)
    if asked and area is None:
        raise NotFound("没有这个区域，或不在您的辖区内")
    return replace(seen, level=area.level, code=area.code) if area else seen


@dataclass(frozen=True)
class _Shown:
    """A share as the page and the table say it."""

    rate: str
    part: int
    whole: int

    @classmethod
    def of(cls, share: Share) -> "_Shown":
        """Say a share; of nothing there is none."""
        rate = "—" if share.percent is None else f"{share.percent:.1f}%"
        return cls(rate, share.part, share.whole)


def _shares(found: Figures) -> list[tuple[str, _Shown, _Shown]]:
    """Return each share by its label: of every case, and without those that were left out."""
    every, kept = found.every.shares, found.kept.shares
    return [
        (gettext(label), _Shown.of(every[name]), _Shown.of(kept[name]))
        for name, label in words.FIGURES.items()
    ]


def _counts(found: Figures) -> list[tuple[str, int, int]]:
    every, kept = found.every.counts, found.kept.counts
    return [(gettext(label), every[name], kept[name]) for name, label in words.COUNTED.items()]


def _excluded(found: Figures) -> int:
    """Return how many first contacts belong to cases that were left out."""
    return found.every.counts["reports"] - found.kept.counts["reports"]
