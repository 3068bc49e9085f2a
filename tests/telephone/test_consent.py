"""Whoever leaves a mobile number in the form, or with an operator, is asked about text messages."""

from typing import Any

import pytest
from sqlalchemy import select

from caseflow.outbox.run import run
from caseflow.outbox.tables import Message
from caseflow.vault import stops
from caseflow.vault.tables import Identity
from tests.web.public_door import fill, reported
from tests.web.site import Site
from tests.web.test_desk import log
from tests.web.walking import on_case

MOBILE, LANDLINE = "139 1234 5678", "0739-5322222"


def ways(site: Site) -> list[str]:
    query = select(Identity.can_be_reached).order_by(Identity.created_at, Identity.id)
    return list(site.ask(lambda session: session.scalars(query).all()))


def named(phone: str, **more: Any) -> dict[str, Any]:
    return {"contact": "name", "phone": phone, **more}


def test_nobody_is_asked_where_none_can_be_sent(site: Site) -> None:
    assert "短信" not in site.nobody().get("/report").text
    assert "短信" not in site.as_("operator").get("/desk/").text


def test_who_ticks_it_is_told_by_text_and_who_does_not_is_not(wired: Site) -> None:
    reported(wired, **named(MOBILE, texts="1"))
    reported(wired, **named(MOBILE))
    assert sorted(ways(wired)) == ["phone", "phone,text"]


def test_a_landline_is_asked_about_beside_the_number(wired: Site) -> None:
    page = fill(wired, **named(LANDLINE, texts="1"))
    assert "发短信要手机号码" in page.text
    assert page.form("/report").fields["texts"] == ["1"]
    assert ways(wired) == []
    page.send("/report", phone=MOBILE)
    assert ways(wired) == ["phone,text"]


def test_who_leaves_nothing_agreed_to_nothing(wired: Site) -> None:
    reported(wired, contact="none", texts="1")
    assert ways(wired) == []


@pytest.mark.parametrize(("phone", "left"), [(MOBILE, ["phone,text"]), (LANDLINE, [])])
def test_an_operator_asks_too(wired: Site, phone: str, left: list[str]) -> None:
    page = log(wired, "telephone", kind="complaint", phone=phone, texts="1")
    assert ways(wired) == left
    assert ("发短信要手机号码" in page.text) is not bool(left)


def test_who_stopped_is_not_asked_again_by_a_tick(wired: Site) -> None:
    wired.do(lambda session: stops.stop(session, wired.rooms.ring, MOBILE, wired.now))
    reported(wired, **named(MOBILE, texts="1"))
    assert ways(wired) == ["phone"]


def test_what_was_decided_goes_out_by_text(wired: Site) -> None:
    reported(wired, **named(MOBILE, texts="1"))
    on_case(wired, "handler", "430503-2026-000001", "accept")
    run(wired.database, wired.services.handlers, wired.now, "worker")
    query = select(Message.rule).where(Message.way == "sms")
    assert wired.ask(lambda session: session.scalars(query).all()) == ["decision"]
