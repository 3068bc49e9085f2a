"""A reporter asks on the tracking page for no more mail."""

from dataclasses import replace

from sqlalchemy import select

from caseflow.ledger.history_tables import Entry
from caseflow.vault.tables import Identity
from tests.web.public_door import letter, reported, the_case
from tests.web.site import Site

HERE = "/track/mail"
WHO = {"contact": "name", "name": "王女士", "kind": "complaint"}


def ways(site: Site) -> list[str]:
    query = select(Identity.can_be_reached).order_by(Identity.created_at)
    return list(site.ask(lambda s: s.scalars(query).all()))


def stopped(site: Site) -> int:
    query = select(Entry.id).where(Entry.verb == "mail_stopped")
    return len(site.ask(lambda s: s.scalars(query).all()))


def test_a_reporter_stops_the_mail_once_and_may_still_be_called(site: Site) -> None:
    got = reported(site, **WHO, phone="13812345678", email="wang@mail.example")
    other = reported(site, **WHO, email="WANG@mail.example", text="另一件事：收费不合理，请查一查")
    page = letter(site, got)
    old = page.form(HERE).fields
    page = page.send(HERE)
    assert "不再给您发邮件" in page.text
    assert not page.offers(HERE)
    assert page.visit.sent(HERE, old).status == 200
    assert sorted(ways(site)) == ["", "phone"], "the address, whichever case it was given for"
    assert stopped(site) == 1
    number = the_case(site, got.number).number
    assert "反映人要求不再收邮件" in site.as_("handler").get(f"/console/cases/{number}").text
    assert not letter(site, other).offers(HERE)


def test_only_where_mail_is_read_is_it_said_to_begin_again_by_an_answer(site: Site) -> None:
    got = reported(site, **WHO, email="wang@mail.example")
    assert "就恢复发送" not in letter(site, got).text
    read = replace(site.services.settings, imap_url="imap://127.0.0.1")
    site.app.extensions["caseflow.settings"] = read
    assert "就恢复发送" in letter(site, got).text


def test_it_is_offered_to_nobody_who_gets_none(site: Site) -> None:
    got = reported(site, **WHO, phone="13812345678")
    page = letter(site, got)
    assert not page.offers(HERE)
    assert page.visit.post(HERE).status == 403, "without the ticket of an open letter"
