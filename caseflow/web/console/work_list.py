"""The work list: what burns first; and the search."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from sqlalchemy.orm import Session

from caseflow import words
from caseflow.db import plan_once
from caseflow.deadlines.policies import ClockName
from caseflow.deadlines.rules import rules_of
from caseflow.escalation import reading
from caseflow.escalation.drafted import documents
from caseflow.ledger import apart, listing, passages, queries
from caseflow.ledger.dossier import Happened
from caseflow.ledger.listing import Beside
from caseflow.ledger.passages import Gone
from caseflow.ledger.queries import PAGE
from caseflow.ledger.tables import INSTRUCTED, Case
from caseflow.people import absences
from caseflow.web import counts
from caseflow.web.clocks import ClockView, clock_view
from caseflow.web.console import filters, paging
from caseflow.web.console.frame import Page, blueprint, scope
from caseflow.web.console.timeline import rung_text
from caseflow.web.edge import actor, needs, now, read
from caseflow.web.locale import gettext, happened, moment_text


@dataclass(frozen=True)
class Row:
    """One case as `components/lists.html` expects it."""

    href: str
    number: str
    kind: str
    kind_label: str
    urgent: bool
    leader: bool
    title: str
    unit: str
    area: str
    items_done: int
    items_total: int
    handler: str
    last_event: str
    state: str
    state_label: str
    clock: ClockView | None


def rows(session: Session, cases: Sequence[Case], received: int = 0) -> list[Row]:
    """Return cases as rows; a fixed number of statements whatever their number.

    The first `received` wait for the reader's office to sign for them: they are opened there, and
    show by when.
    """
    if not cases:
        return []
    loaded, rules = listing.beside(session, cases), rules_of(session)
    shown = [loaded.clocks.get(case.id) for case in cases]
    if received:
        to_sign = listing.promised(session, cases[:received], ClockName.receive)
        shown[:received] = [to_sign.get(case.id) for case in cases[:received]]
    drafted = documents(session, [clock for clock in shown if clock is not None])
    clocks = [clock_view(rules, one, now(), drafted) if one else None for one in shown]
    pages = ["console.passage"] * received + ["console.case_page"] * (len(cases) - received)
    return [
        _row(case, loaded, clock, page)
        for case, clock, page in zip(cases, clocks, pages, strict=True)
    ]


def _row(case: Case, loaded: Beside, clock: ClockView | None, page: str) -> Row:
    done, total = loaded.items.get(case.id, (0, 0))
    unit = loaded.units[case.unit_id].name if case.unit_id else case.place
    return Row(
        href=url_for(page, number=case.number),
        number=case.number,
        kind=case.kind,
        kind_label=gettext(words.KINDS[case.kind]),
        urgent=case.urgent,
        leader=case.rank == INSTRUCTED,
        title=case.matter,
        unit=unit,
        area=loaded.areas[case.area_code],
        items_done=done,
        items_total=total,
        handler=loaded.handlers.get(case.handler_id or 0, ""),
        last_event=_last_event(loaded, case),
        state=case.state,
        state_label=gettext(words.CASE_STATES[case.state]),
        clock=clock,
    )


def _last_event(loaded: Beside, case: Case) -> str:
    entry = loaded.last.get(case.id)
    if entry is None:
        return ""
    what = happened(words.MOVES.get(entry.verb, entry.verb))
    if entry.verb == "rung":
        what = rung_text(Happened.of(entry).facts)
    return f"{what} {moment_text(entry.at)}"


@blueprint.get("/")
@needs("ledger.read")
def work_list() -> Page:
    """Show the cases of the scope, what burns first, or what a search finds."""
    asked = request.args.get("q", "").strip()
    values = _found(asked) if asked else _burning()
    return render_template("console/work_list.html", active="work", q=asked, **values)


def _found(asked: str) -> Mapping[str, Any]:
    with read() as session:
        found = reading.case_of(session, scope(), asked) or queries.find(session, scope(), asked)
        shown = rows(session, found)
        gone = None if shown else passages.gone(session, scope(), asked)
    return {"rows": shown, "full": len(shown) == PAGE, "gone": gone and _gone(gone)}


def _gone(case: Gone) -> str:
    """Say where a case went that was this office's, for whoever is asked by its reporter."""
    return gettext(
        "办件 %(number)s 已移送%(office)s，%(when)s 签收，现在：%(state)s。",
        number=case.number,
        office=case.office,
        when=moment_text(case.since) if case.since else "",
        state=gettext(words.CASE_STATES[case.state]),
    )


def _burning() -> Mapping[str, Any]:
    with read() as session:
        plan_once(session)
        instead = {
            one.id: one.name for one in absences.stood_in_for(session, actor().person, now())
        }
        chosen = filters.chosen(actor(), now(), instead)
        # One more than fits tells whether there is a next page.
        cases = queries.work_list(session, scope(), chosen.narrowed, paging.after_place(), PAGE + 1)
        groups = counts.groups(session)
        ladder = rules_of(session).newest("units")
        beside = {**apart.listed(session, actor()), "rows": cases[:PAGE]}
        together = [case for found in beside.values() for case in found]
        shown = iter(rows(session, together, received=len(beside["passed"])))
        parts = {name: [next(shown) for _ in found] for name, found in beside.items()}
        turns = sum(group.count for group in groups if group.turn)
        waiting = counts.waiting(turns)
    following = ""
    if len(cases) > PAGE:
        last = cases[PAGE - 1]
        place = paging.mark(last.rank, last.next_due, last.id)
        following = filters.address_of(chosen.address, after=place)
    open_cases = sum(group.count for group in groups)
    title, own, told = filters.heading(chosen, groups, waiting.cases)
    return {
        "title": title,
        "told": told,
        "own": own,
        "own_href": filters.address_of({"mine": "turn"}),
        **parts,
        "instead": [
            (name, filters.address_of({"mine": filters.instead_of(one)}))
            for one, name in instead.items()
        ],
        "menus": filters.menus(chosen, groups, ladder),
        "narrowed": bool(chosen.address),
        "later_page": "after" in request.args,
        "newest_first": chosen.narrowed.newest_first,
        "first_href": filters.address_of(chosen.address),
        "next_href": following,
        "open_cases": open_cases,
    }
