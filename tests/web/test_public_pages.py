"""The public's other pages: the front, contact, health; and what none of them tells."""

import logging
import re

import pytest
from sqlalchemy import delete, text, update

from caseflow.deadlines.tables import PolicyRow
from caseflow.people.tables import Unit
from tests import office as offices
from tests.web.public_door import TEXT, fill, letter, receipt, reported, statements
from tests.web.site import Page, Site, a_file


def test_the_front_page_promises_what_the_rules_say(site: Site) -> None:
    page = site.nobody().get("/")
    assert "24 小时内有人处置（紧急的 1 小时内）。最长 10 个工作日答复您。" in page.text
    assert "求助、建议 5 个工作日内；投诉、举报 10 个工作日内。" in page.text
    site.do(lambda s: s.execute(update(PolicyRow).where(PolicyRow.kind == "tip").values(amount=7)))
    page = site.nobody().get("/")
    assert "投诉 10 个工作日内；举报 7 个工作日内。" in page.text


def test_the_front_page_promises_nothing_that_no_rule_covers(site: Site) -> None:
    site.do(lambda session: session.execute(delete(PolicyRow)))
    page = site.nobody().get("/")
    assert page.status == 200
    assert "个工作日" not in page.text


@pytest.mark.parametrize("path", ["/", "/report", "/track", "/contact"])
def test_every_public_page_opens_in_both_languages(site: Site, path: str) -> None:
    for language in ("zh", "en"):
        page = site.nobody().get(f"{path}?lang={language}")
        assert page.status == 200


def test_the_process_says_that_it_lives(site: Site) -> None:
    with statements(site) as run:
        response = site.nobody().get("/healthz").response
    assert (response.status_code, response.text, run) == (200, "ok\n", [])


def test_readiness_wants_the_newest_migration(site: Site) -> None:
    assert site.nobody().get("/readyz").response.text.startswith("ready\n")
    site.do(lambda s: s.execute(text("UPDATE alembic_version SET version_num = '0001'")))
    assert site.nobody().get("/readyz").status == 503


# Law 10: nobody learns from outside that a case exists


def told_to_a_stranger(site: Site, unit: int) -> tuple[list[str], list[int]]:
    """Return what a stranger sees who names a unit, and what each page cost."""
    visit = site.nobody()
    pages, costs = [], []

    def see(page: Page) -> Page:
        pages.append(_without_chance(page.html))
        return page

    with statements(site) as run:
        empty = see(visit.get("/report"))
        costs.append(len(run))
        failed = see(empty.send("/report", unit=str(unit), place="测试school", text=""))
        costs.append(len(run))
        see(failed.send("/report", kind="tip", text=TEXT))
        costs.append(len(run))
    return pages, costs


def _without_chance(html: str) -> str:
    """Return a page without what differs each time: tokens, numbers, codes, the unit chosen."""
    html = re.sub(r'name="(csrf_token|nonce|confirmation|receipt)" value="[^"]*"', "", html)
    html = re.sub(r"\d{6,12}-\d{8}-\d{4,}|<span>\d{4}</span>|\d{4}( \d{4}){3}", "", html)
    return html.replace(" selected", "")


def test_nothing_tells_a_stranger_whether_a_unit_was_reported(site: Site) -> None:
    school, academy = site.office.units["school"], site.office.units["academy"]

    def report_the_school(session: object) -> None:
        for _ in range(5):
            offices.report(session, site.now, kind="tip", unit=school)  # type: ignore[arg-type]

    site.do(report_the_school)
    site.nobody().get("/report")  # its lists are read once for both
    assert told_to_a_stranger(site, school) == told_to_a_stranger(site, academy)


def test_a_unit_that_is_closed_is_not_offered(site: Site) -> None:
    school = site.office.units["school"]
    site.do(lambda s: s.execute(update(Unit).where(Unit.id == school).values(active=False)))
    assert fill(site, unit=str(school)).status == 422


# Logs


def test_no_log_holds_what_was_typed(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    secret = {"name": "欧阳某某", "phone": "13812345678", "place": "某某路九号"}
    with caplog.at_level(logging.DEBUG):
        page = fill(
            site, kind="", text="绝密经过", contact="name", files=a_file("欧阳.png"), **secret
        )
        got = receipt(page.send("/report", kind="tip"))
        opened = letter(site, got)
        opened.send("/track/add", text="绝密补充")
        site.nobody().get("/track").send("/track", number=got.number, code="1" * 16)
    for word in (*secret.values(), "绝密", "欧阳", got.code, got.code.replace(" ", "")):
        assert word not in caplog.text


def test_no_address_holds_a_secret(site: Site) -> None:
    got = reported(site)
    opened = letter(site, got)
    for page in (opened, opened.send("/track/add", text="补充")):
        assert got.code.replace(" ", "") not in page.response.request.url
        assert "?" not in page.response.request.url
        assert page.response.headers["Cache-Control"] == "no-store"
