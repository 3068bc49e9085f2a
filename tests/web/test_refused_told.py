"""Where a page has several forms, what was refused is told above them and leads to its field."""

import re
from collections.abc import Callable

import pytest

from caseflow.db import Database
from caseflow.people.tables import Unit
from tests.web import (
    test_admin_recusals,
    test_admin_units,
    test_circulars,
    test_console_orders,
    test_imports,
    test_same,
)
from tests.web.site import Page, Site
from tests.web.test_admin_pages import set_aside

_SUMMARY = re.compile(r"<div[^>]*data-error-summary>.*?</div>", re.DOTALL)


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """One kind is enough: nothing but the look of a page is asked about."""
    return sqlite_database


def refused_order(site: Site) -> Page:
    test_console_orders.neglected(site, days=3)
    return test_console_orders.settle(site, "supervisor", "cancel", reason=" ")


def edited_order(site: Site) -> Page:
    test_console_orders.neglected(site, days=3)
    return test_console_orders.settle(site, "supervisor", "edit", text=" ")


def edited_circular(site: Site) -> Page:
    path = test_circulars.drafted(site)
    return test_circulars.does(site, "supervisor", path, "edit", text=" ", public_text="稿")


def checked_circular(site: Site) -> Page:
    path = test_circulars.drafted(site)
    return test_circulars.ticks(site, "reviewer", path, "check", [])


def recused_person(site: Site) -> Page:
    path = test_admin_recusals.path_of(site, "reviewer")
    page = site.as_("administrator").get(path)
    return page.send(f"{path}/recuse", away_from="", why="亲属")


def changed_unit(site: Site) -> Page:
    path = test_admin_units.path_of(site, "school")
    return test_admin_units.admin(site, path).send(f"{path}/change", name=" ")


def assigned_post(site: Site) -> Page:
    path = "/console/posts/leader-430503-0"
    stranger = str(site.office["stranger"].person)
    return site.as_("administrator").post(path, user=stranger, deputy="")


def opened_original(site: Site) -> Page:
    path = set_aside(site)
    return site.as_("operator").get(path).send(f"{path}/look", reason="看")


def imported(site: Site) -> Page:
    site.do(lambda s: s.add(Unit(area_code="430503", name="城东小学", kind="school", active=True)))
    return test_imports.imported(site)


def handed_out_ledger(site: Site) -> Page:
    imported(site)
    return site.as_("supervisor").get("/console/ledger-sheet").send("/console/ledger-sheet")


def empty_upload(site: Site) -> Page:
    return test_imports.upload(site, b"", "空.xlsx")


def undone_import(site: Site) -> Page:
    page = imported(site)
    return page.send(f"{page.path}/undo", reason="")


def gathered_wave(site: Site) -> Page:
    first, _ = test_same.wave(site, 2)
    page = site.as_("handler").get(f"/console/cases/{first}/same")
    return page.send(f"/console/cases/{first}/gather", reason="")


REFUSED = {
    refused_order: {"f-cancel-reason"},
    edited_order: {"f-text"},
    edited_circular: {"f-edit-text"},
    checked_circular: {"f-check-checks"},
    recused_person: {"f-away_from"},
    changed_unit: {"f-name"},
    assigned_post: {"f-user"},
    opened_original: {"f-reason"},
    handed_out_ledger: {"f-reason"},
    empty_upload: {"f-file"},
    undone_import: {"f-reason"},
    gathered_wave: {"f-reason"},
}


@pytest.mark.parametrize("refused", REFUSED, ids=lambda refused: refused.__name__)
def test_what_was_refused_is_told_above_and_leads_to_its_field(
    site: Site, refused: Callable[[Site], Page]
) -> None:
    page = refused(site)
    assert page.status == 422
    [told] = _SUMMARY.findall(page.html)
    places = set(re.findall(r'href="#([^"]+)"', told))
    assert places == REFUSED[refused]
    assert {one for one in places if f' id="{one}"' not in page.html} == set()
