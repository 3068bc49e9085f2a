"""Input that nobody types: a NUL, digits without end, days outside every calendar, line ends in a
target. Nothing of it may end as an error of ours, above all not where a report is written down.
"""

import logging

import pytest
from sqlalchemy import select

from caseflow import refs
from caseflow.ledger.report_tables import Report
from caseflow.ledger.states import KINDS
from tests.web.site import PASSWORD, Page, Site
from tests.web.walking import dispatched, item_of, open_case

DESK = "/console/desk"
ENDLESS = "9" * 5000
HUGE = "99999999999999999999"
SPOKEN = ("name", "unit", "place", "happened", "text")
HANDED_DOWN = ("sender", "sender_number", "place", "happened", "text")


def sheet(site: Site, channel: str = "telephone", **typed: str) -> Page:
    page = site.as_("operator").get(f"{DESK}?channel={channel}")
    said = {"kind": KINDS[3], "text": "食堂的菜里有虫", **typed}
    return page.send(DESK, **{name: value for name, value in said.items() if value})


def newest(site: Site) -> Report:
    return site.ask(lambda s: s.scalars(select(Report).order_by(Report.id.desc()).limit(1)).one())


@pytest.mark.parametrize("field", SPOKEN)
def test_a_nul_on_a_sheet_costs_no_call(site: Site, field: str) -> None:
    value = "测试school\0" if field == "unit" else "食堂\0的菜里有虫"
    assert sheet(site, **{field: value}).status == 200
    kept = newest(site)
    assert "\0" not in kept.text + kept.place + kept.happened
    if field == "unit":
        assert kept.unit_id == site.office.units["school"]


@pytest.mark.parametrize("field", HANDED_DOWN)
def test_a_nul_on_a_letter_from_above_costs_no_letter(site: Site, field: str) -> None:
    said = {"sender": "市教育局", field: "甲\0乙"}
    assert sheet(site, "handed_down", **said).status == 200
    assert "\0" not in newest(site).handed_by


def test_what_is_known_is_found_through_a_nul(site: Site) -> None:
    page = site.as_("operator").get(DESK)
    answer = page.visit.client.post(
        f"{DESK}/known", data={"unit": "测试school\0"}, headers={"X-CSRFToken": page.csrf}
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
@pytest.mark.parametrize("hour", ["", "00:00"])
def test_a_day_at_the_end_of_the_calendar_is_told_beside_the_field(
    site: Site, day: str, hour: str
) -> None:
    page = sheet(site, "handed_down", sender="市教育局", due_day=day, due_time=hour)
    assert page.status == 422
    assert "限办日期" in page.text


@pytest.mark.parametrize("field", ["text", "way", "head_n"])
@pytest.mark.parametrize("value", ["甲\0乙", ENDLESS, HUGE])
def test_no_field_of_a_move_breaks_the_page(site: Site, field: str, value: str) -> None:
    number = open_case(site, kind="question")
    said = {"text": "已经答复", "way": "telephone", field: value}
    path = f"/console/cases/{number}/answer"
    assert site.as_("operator").post(path, **said).status in (200, 409, 422)


@pytest.mark.parametrize("field", ["report", "handler", "follows", "inspector"])
@pytest.mark.parametrize("value", [ENDLESS, HUGE, "-1", "²", "2147483648", "99999"])
def test_an_id_that_no_row_can_have_is_refused_like_any_wrong_one(
    site: Site, field: str, value: str
) -> None:
    number = dispatched(site)
    path = f"/console/cases/{number}"
    sent = {
        "report": (f"{path}/ask", {"text": "哪一天？"}),
        "handler": (f"{path}/assign", {}),
        "follows": (f"{path}/split", {"matters": "一件事"}),
        "inspector": (f"/console/items/{item_of(site, number).id}/dispatch", {"text": "请核查"}),
    }
    where, said = sent[field]
    assert site.as_("supervisor").post(where, **said, **{field: value}).status < 500


@pytest.mark.parametrize(
    "path",
    [
        "/console/cases/a%00b",
        "/console/?q=a%00b",
        f"/console/?q=430503-20260303-{'1' * 5000}",
        f"/console/?rung={ENDLESS}",
        f"/console/?after=1_2026-03-03T00:00:00%2B00:00_{HUGE}",
        "/console/?after=1_0001-01-01T00:00:00%2B14:00_5",
        "/console/check?after=9999-12-31T23:59:59-14:00_5",
        f"/console/orders?after=2026-03-03T00:00:00%2B00:00_{ENDLESS}",
        f"/console/attachments/{HUGE}",
        f"/console/evidence/{HUGE}/picture",
        f"/console/orders/{HUGE}",
        "/login?next=a%00b",
        "/?lang=%00",
    ],
)
def test_a_strange_address_is_no_error_of_ours(site: Site, path: str) -> None:
    assert site.as_("supervisor").client.get(path).status_code in (200, 302, 404)


def test_endless_digits_open_no_letter_and_break_no_form(site: Site) -> None:
    visit = site.nobody()
    page = visit.get("/track")
    number = f"430503-20260303-{ENDLESS}"
    assert page.send("/track", number=number, code="1" * 16).status == 422
    page = visit.get("/report").send("/report", kind="complaint", text="有虫", unit=ENDLESS)
    assert page.status == 422


def test_nobody_signs_in_with_a_nul_and_nothing_breaks(site: Site) -> None:
    page = site.nobody().get("/login").send("/login", username="oper\0ator", password="x")
    assert page.status == 401


@pytest.mark.parametrize(
    "target", ["/a\r\nSet-Cookie: b=c", "/a\nb", "//a.example", "/\t/a.example"]
)
def test_signing_in_leads_to_no_other_site_and_adds_no_header(site: Site, target: str) -> None:
    site.do(lambda session: _give_password(site, session))
    visit = site.nobody()
    said = {"username": "operator", "password": PASSWORD, "next": target}
    token = visit.get("/login").csrf
    answer = visit.client.post("/login", data={"csrf_token": token, **said})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/console/")


def test_signing_in_leaves_nothing_of_the_browser_before(site: Site) -> None:
    """A token planted in somebody's browser must not be good for what they do as themselves."""
    site.do(lambda session: _give_password(site, session))
    visit = site.nobody()
    planted = visit.get("/login").csrf
    said = {"username": "operator", "password": PASSWORD, "csrf_token": planted}
    visit.client.post("/login", data=said)
    assert visit.get("/console/").status == 200
    assert visit.sent("/logout", {"csrf_token": planted}).status == 400


def _give_password(site: Site, session: object) -> None:
    from caseflow.people import accounts
    from caseflow.people.tables import User

    user = session.get_one(User, site.office["operator"].person)  # type: ignore[attr-defined]
    user.password_hash = accounts.hash_password(PASSWORD)


def test_an_error_of_ours_logs_its_class_and_place_and_no_word_of_the_reporter(
    site: Site, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(typed: str) -> None:
        raise ValueError(f"cannot take {typed}")

    monkeypatch.setattr(refs, "parse_report", fails)
    site.app.config["PROPAGATE_EXCEPTIONS"] = False
    with caplog.at_level(logging.DEBUG):
        page = site.nobody().get("/track").send("/track", number="机密-20260303", code="1" * 16)
    assert page.status == 500
    assert "ValueError" in caplog.text
    assert "机密" not in caplog.text
