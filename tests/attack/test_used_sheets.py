"""A sheet of the desk whose address or page somebody returns to after it was saved: no call may be
lost in it, and nobody may get the receipt of a colleague's caller.
"""

from sqlalchemy import select

from caseflow.ledger.report_tables import Report
from tests.web.site import Page, Site

DESK = "/console/desk"
CALL = {"kind": "complaint", "text": "食堂的菜里有虫"}
OTHER = {"kind": "help", "text": "孩子没有学上"}


def texts(site: Site) -> list[str]:
    return site.ask(lambda s: list(s.scalars(select(Report.text).order_by(Report.id))))


def nonce_of(page: Page) -> str:
    return page.form(DESK).fields["nonce"][0]


def code_on(page: Page) -> str:
    return page.html.partition('data-text="')[2].partition('"')[0]


def test_going_back_to_the_address_of_a_saved_sheet_gives_a_fresh_one(site: Site) -> None:
    page = site.as_("operator").get(DESK)
    used = nonce_of(page)
    page.send(DESK, **CALL)
    page = site.as_("operator").get(f"{DESK}?sheet={used}")
    assert nonce_of(page) != used
    assert page.send(DESK, **OTHER).status == 200
    assert texts(site) == [CALL["text"], OTHER["text"]]


def test_another_call_typed_on_a_saved_sheet_is_kept_on_the_screen_and_then_saved(
    site: Site,
) -> None:
    page = site.as_("operator").get(DESK)
    page.send(DESK, **CALL)
    told = page.send(DESK, **OTHER)  # the browser went back to the page that it still had
    assert told.status == 422
    assert OTHER["text"] in told.html
    assert texts(site) == [CALL["text"]]
    assert told.send(DESK).status == 200
    assert texts(site) == [CALL["text"], OTHER["text"]]


def test_the_same_sheet_sent_twice_stays_one_report_with_one_receipt(site: Site) -> None:
    page = site.as_("operator").get(DESK)
    first, second = page.send(DESK, **CALL), page.send(DESK, **CALL)
    assert code_on(first) == code_on(second) != ""
    assert texts(site) == [CALL["text"]]


def test_a_colleague_on_the_same_sheet_gets_a_receipt_of_their_own(site: Site) -> None:
    page = site.as_("operator").get(DESK)
    first = page.send(DESK, **CALL)
    for who in ("supervisor", "stranger"):
        second = site.as_(who).post(DESK, channel="telephone", nonce=nonce_of(page), **CALL)
        assert second.status == 200
        assert code_on(second) not in ("", code_on(first))
    assert len(texts(site)) == 3
