"""The check list: what units submitted and who may strike it off."""

from flask import render_template, url_for

from caseflow import words
from caseflow.deadlines.rules import rules_of
from caseflow.ledger.checklist import PAGE, ToCheck, to_check
from caseflow.ledger.moves.reserving import RESERVED, is_free_for
from caseflow.ledger.oversights import HELD
from caseflow.web import counts
from caseflow.web.clocks import clock_view
from caseflow.web.console import paging
from caseflow.web.console.case_view import eyes_text
from caseflow.web.console.frame import Page, blueprint, scope
from caseflow.web.console.item_forms import key
from caseflow.web.edge import actor, needs, now, read
from caseflow.web.locale import gettext


@blueprint.get("/check")
@needs("ledger.read")
def check_list() -> Page:
    """Show the submitted items of the scope, the check that is due first at the top."""
    with read() as session:
        found = to_check(session, scope(), paging.after_place(), PAGE + 1)
        rules = rules_of(session)
        counts.waiting()
        rows = [{**_row(one), "clock": clock_view(rules, one.clock, now())} for one in found[:PAGE]]
    following = ""
    if len(found) > PAGE:
        last = found[PAGE - 1]
        place = paging.mark(last.case.rank, last.clock.due, last.item.id)
        following = url_for("console.check_list", after=place)
    return render_template(
        "console/check_list.html", active="check", rows=rows, next_href=following
    )


def _row(one: ToCheck) -> dict[str, object]:
    mine, why_not = _turn(one)
    anchor = key(one.item, "strike_off") if mine else f"item-{one.item.n}"
    return {
        "href": url_for("console.case_page", number=one.case.number, _anchor=anchor),
        "number": one.case.number,
        "n": one.item.n,
        "matter": one.item.matter,
        "unit": one.unit.name if one.unit else "",
        "finding": gettext(words.FINDINGS[one.item.finding]) if one.item.finding else "",
        "returns": one.item.returns,
        "files": one.evidence,
        "mine": mine,
        "eyes": why_not,
    }


def _turn(one: ToCheck) -> tuple[bool, str]:
    """Tell whether the reader can strike an item off, and what else there is to say of that."""
    if not is_free_for(actor(), one.item):
        return False, gettext(RESERVED)
    if one.held:
        return False, gettext(HELD)
    return one.eyes.may(actor().id), eyes_text(one.eyes, actor().id)
