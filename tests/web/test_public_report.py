"""The public form over HTTP: what is taken, what is told, what is never lost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from caseflow.deadlines.tables import Clock
from caseflow.intake.channels import webform
from caseflow.ledger.report_tables import Attachment, Report
from caseflow.ledger.tables import Case
from caseflow.people.tables import Unit
from caseflow.vault.tables import Identity
from caseflow.web.public import offer
from tests import office as offices
from tests.office import DISTRICT
from tests.web.public_door import (
    TEXT,
    Receipt,
    attached,
    count,
    fill,
    receipt,
    reported,
    statements,
    the_case,
)
from tests.web.site import Site, a_file


def the_report(site: Site, number: str) -> Report:
    return site.ask(lambda session: session.scalars(select(Report).filter_by(number=number)).one())


def test_the_answer_is_the_receipt_and_nobody_keeps_it(site: Site) -> None:
    page = fill(site)
    got = receipt(page)
    assert page.response.headers["Cache-Control"] == "no-store"
    assert page.response.request.path == "/report"
    assert got.code.replace(" ", "") not in page.response.request.url
    assert not page.response.history
    assert "3月17日(周二) 24:00" in page.text  # ten working days after 3 March
    assert the_case(site, got.number).state == "received"


def test_what_was_typed_is_in_the_ledger(site: Site) -> None:
    school = site.office.units["school"]
    got = reported(
        site,
        kind="tip",
        category="food",
        unit=str(school),
        place="食堂二楼",
        happened_when="上周三",
        text="第一行\r\n第二行",
    )
    report = the_report(site, got.number)
    kept = (report.kind, report.category, report.unit_id, report.place, report.happened)
    assert kept == ("tip", "food", school, "食堂二楼", "上周三")
    assert (report.text, report.anonymous) == ("第一行\n第二行", True)


def test_a_tip_is_withheld_even_where_the_form_was_tampered_with(site: Site) -> None:
    visit = site.nobody()
    form = visit.get("/report").form("/report")
    sent = {"kind": "tip", "contact": "name", "phone": "13800000000", "disclosure": "unit"}
    page = visit.sent("/report", {**form.fields, **sent, "text": TEXT})
    assert the_report(site, receipt(page).number).disclosure == "withheld"


def test_a_name_goes_to_the_vault_only(site: Site) -> None:
    got = reported(site, contact="name", name="张三丰", phone="13800000000", disclosure="relay")
    report = the_report(site, got.number)
    assert (report.disclosure, report.anonymous) == ("relay", False)
    assert the_case(site, got.number).call_back
    identity = site.ask(lambda session: session.get_one(Identity, report.identity_id))
    assert identity.can_be_reached == "phone"
    assert "张三丰".encode() not in (identity.name or b"")


def test_danger_starts_the_urgent_clock(site: Site) -> None:
    page = fill(site, danger="1")
    got = receipt(page)
    case = the_case(site, got.number)
    query = select(Clock).where(Clock.case_id == case.id, Clock.name == "immediate")
    clock = site.ask(lambda session: session.scalars(query).one())
    assert case.urgent
    assert clock.due - clock.started_at == timedelta(hours=1)
    assert "有人接手 最晚 今天 11:00" in page.text
    assert "告诉您是否受理 最晚 今天 12:00" in page.text
    assert "请现在就打 110" in page.text


def test_paper_names_the_day_and_has_no_button_to_press(site: Site) -> None:
    page = fill(site, danger="1")
    assert '<span class="no-print">最晚 今天 11:00</span>' in page.html
    assert '<span class="only-print">最晚 3月3日(周二) 11:00</span>' in page.html
    assert '<p class="soft no-print">用的是别人的电脑或手机？请按“安全离开”' in page.html


def test_a_retry_with_the_same_number_gets_the_same_receipt(site: Site) -> None:
    visit = site.nobody()
    form = visit.get("/report").form("/report")
    values = {**form.fields, "kind": "complaint", "text": TEXT}
    first, again = (receipt(visit.sent("/report", values)) for _ in range(2))
    assert first == again
    assert (count(site, Report), count(site, Case)) == (1, 1)


def test_eight_thumbs_on_one_button_make_one_report(site: Site) -> None:
    visit = site.nobody()
    values = {**visit.get("/report").form("/report").fields, "kind": "help", "text": TEXT}
    cookie = visit.client.get_cookie("caseflow")
    assert cookie is not None

    def press(_thumb: int) -> Receipt:
        other = site.nobody()
        other.client.set_cookie("caseflow", cookie.value)
        return receipt(other.sent("/report", values))

    with ThreadPoolExecutor(8) as thumbs:
        receipts = list(thumbs.map(press, range(8)))
    assert len({(got.number, got.code) for got in receipts}) == 1
    assert (count(site, Report), count(site, Case)) == (1, 1)


def test_other_words_under_the_same_number_are_neither_taken_nor_lost(site: Site) -> None:
    visit = site.nobody()
    form = visit.get("/report").form("/report")
    values = {**form.fields, "kind": "complaint", "text": TEXT}
    first = receipt(visit.sent("/report", values))
    page = visit.sent("/report", {**values, "text": "另一件事", "files": a_file("二.png")})
    assert page.status == 409
    assert first.number in page.text
    assert page.form("/report").fields["text"] == ["另一件事"]
    second = receipt(page.send("/report"))
    assert second.number != first.number
    assert second.code != first.code
    assert count(site, Attachment) == 1


def test_the_number_of_a_form_cannot_be_read_from_the_ledger(site: Site) -> None:
    visit = site.nobody()
    form = visit.get("/report").form("/report")
    got = receipt(visit.sent("/report", {**form.fields, "kind": "help", "text": TEXT}))
    assert the_report(site, got.number).channel_key == webform.key_of(form.fields["nonce"][0])


def test_a_form_without_its_number_comes_back_with_one(site: Site) -> None:
    visit = site.nobody()
    form = visit.get("/report").form("/report")
    for bad in ("", "1", "a" * 21):
        values = {**form.fields, "nonce": bad, "kind": "help", "text": TEXT}
        page = visit.sent("/report", values)
        assert page.status == 400
        assert page.form("/report").fields["text"] == [TEXT]
    receipt(page.send("/report"))
    assert count(site, Report) == 1


def test_errors_are_told_beside_the_fields_and_nothing_typed_is_lost(site: Site) -> None:
    school = site.office.units["school"]
    typed = {
        "danger": "1",
        "category": "food",
        "area": offices.DISTRICT,
        "unit": str(school),
        "place": "食堂",
        "happened_when": "昨天",
        "contact": "name",
        "name": "<b>张三</b>",
        "phone": "12",
        "disclosure": "relay",
    }
    page = fill(site, kind="", text="", **typed)
    assert page.status == 422
    assert [link for link in page.links if link.startswith("#f-")] == [
        "#f-kind",
        "#f-text",
        "#f-phone",
    ]
    fields = page.form("/report").fields
    assert {name: fields[name] for name in typed} == {name: [said] for name, said in typed.items()}
    assert "<b>张三" not in page.html
    receipt(page.send("/report", kind="help", text=TEXT, phone="13800000000"))


def test_a_text_that_begins_with_an_empty_line_comes_back_as_it_was(site: Site) -> None:
    page = fill(site, kind="", text="\n\n  第一行")
    assert page.form("/report").fields["text"][0].replace("\r", "") == "\n\n  第一行"


# Cookies, stores, other methods


def cookieless(site: Site, path: str, values: dict[str, Any]) -> Any:
    visit = site.nobody()
    visit.client = site.app.test_client(use_cookies=False)
    return visit.sent(path, values)


def test_without_a_cookie_the_page_comes_back_whole_and_the_second_try_counts(site: Site) -> None:
    form = site.nobody().get("/report").form("/report")
    values = {**form.fields, "kind": "help", "text": TEXT, "files": a_file("照片.png")}
    page = cookieless(site, "/report", values)
    assert page.status == 400
    assert "Cookie" in page.text
    assert count(site, Report) == 0
    fields = page.form("/report").fields
    assert fields["text"] == [TEXT]
    receipt(cookieless(site, "/report", fields))
    assert [name for name, _ in attached(site)] == ["照片.png"]


def test_a_confirmation_counts_for_its_own_form_only(site: Site) -> None:
    form = site.nobody().get("/report").form("/report")
    page = cookieless(site, "/report", {**form.fields, "kind": "help", "text": TEXT})
    other = {**page.form("/report").fields, "nonce": "another-form-altogether-0000"}
    assert cookieless(site, "/report", other).status == 400
    assert count(site, Report) == 0


def test_a_foreign_page_cannot_report(site: Site) -> None:
    values = {"nonce": "x" * 32, "kind": "help", "text": TEXT, "csrf_token": "guessed"}
    assert site.nobody().sent("/report", values).status == 400
    assert count(site, Report) == 0


def test_after_leaving_nobody_reads_the_receipt_or_the_words_by_going_back(site: Site) -> None:
    visit = site.nobody()
    values = {**visit.get("/report").form("/report").fields, "kind": "help", "text": TEXT}
    page = visit.sent("/report", values)
    got = receipt(page)
    assert page.send("/track/leave").path == "/"
    again = visit.sent("/report", values)
    assert again.path == "/track"
    for secret in (TEXT, got.number, got.code):
        assert secret not in again.text


def test_a_stopped_store_loses_nothing_that_was_typed(site: Site) -> None:
    visit = site.nobody()
    empty = visit.get("/report")
    store = site.rooms.store.root  # type: ignore[attr-defined]
    store.rename(store.with_name("gone"))
    page = empty.send("/report", kind="help", text=TEXT, files=a_file())
    assert page.status == 503
    assert page.form("/report").fields["text"] == [TEXT]
    store.with_name("gone").rename(store)
    receipt(page.send("/report"))
    assert count(site, Report) == 1


# What it costs


def test_a_report_costs_the_same_few_statements_however_full_the_ledger_is(site: Site) -> None:
    school = str(site.office.units["school"])
    costs = []
    for _ in range(3):
        page = site.nobody().get("/report")  # from one browser the same words are one report
        with statements(site) as run:
            receipt(page.send("/report", kind="tip", text=TEXT, unit=school))
        costs.append(len(run))
        site.do(lambda session: [offices.report(session, site.now) for _ in range(20)])
    assert costs[0] == costs[1] == costs[2] <= 17


@pytest.mark.parametrize("kind", ["complaint", "tip", "help", "suggestion"])
@pytest.mark.parametrize("danger", [{}, {"danger": "1"}])
def test_the_receipt_promises_what_is_written_down(
    site: Site, kind: str, danger: dict[str, str]
) -> None:
    """It is made from the rows at hand, and those who go back get it from the ledger."""
    visit = site.nobody()
    form = visit.get("/report").form("/report")
    values = {**form.fields, "kind": kind, "text": TEXT, **danger}
    first, again = (visit.sent("/report", values) for _ in range(2))
    assert first.text == again.text
    assert ("人接手" in first.text) == bool(danger)
    assert "答复您" in first.text


def test_the_empty_form_reads_its_lists_once_in_ten_seconds(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = iter((100.0, 100.0, 109.9, 110.1, 110.1))
    monkeypatch.setattr(offer, "monotonic", lambda: next(seconds))
    costs = []
    for _ in range(3):
        with statements(site) as run:
            site.nobody().get("/report")
        costs.append(len(run))
    assert costs == [2, 0, 2]


def test_a_place_that_another_process_entered_is_taken_at_once(site: Site) -> None:
    visit = site.nobody()
    form = visit.get("/report").form("/report")
    site.do(lambda session: session.add(Unit(area_code=DISTRICT, name="新设小学", kind="school")))
    new = site.ask(
        lambda session: session.scalars(select(Unit.id).filter_by(name="新设小学")).one()
    )
    page = visit.sent("/report", {**form.fields, "kind": "tip", "text": TEXT, "unit": str(new)})
    assert the_report(site, receipt(page).number).unit_id == new


def test_who_enters_a_school_finds_it_on_the_form(site: Site) -> None:
    assert "新设小学" not in site.nobody().get("/report").html
    site.do(lambda session: session.add(Unit(area_code=DISTRICT, name="新设小学", kind="school")))
    site.as_("supervisor").get("/console/").send("/logout")
    assert "新设小学" in site.nobody().get("/report").html


def test_a_school_is_asked_for_first_and_its_area_needs_no_knowing(site: Site) -> None:
    html = site.nobody().get("/report").html
    order = [html.index(f'name="{name}"') for name in ("unit", "place", "area")]
    assert order == sorted(order)
    assert "上面选了学校的不用选" in html
    assert "是一位责任督学负责的一片学校" in html


def test_the_receipt_says_which_two_numbers_to_keep(site: Site) -> None:
    page = fill(site)
    assert "只用这两个号：来件编号和查询码" in page.text
    assert "办件编号" not in page.text
