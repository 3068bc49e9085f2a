"""Consent can be taken back: a reporter lets fewer people know who reported, never more."""

import json

import pytest
from sqlalchemy import select

from caseflow.ledger.history_tables import Entry
from caseflow.ledger.moves import triage
from caseflow.ledger.report_tables import Report
from caseflow.ledger.verify import verify_chains
from caseflow.notices.rules import News, notices
from caseflow.outbox.tables import Event
from tests.web.public_door import Receipt, letter, move, reported, the_case
from tests.web.site import Site

HERE = "/track/disclosure"


def named(site: Site, disclosure: str, **typed: str) -> Receipt:
    who = {"contact": "name", "name": "王女士", "phone": "13812345678"}
    return reported(site, **who, disclosure=disclosure, **typed)


def disclosures(site: Site) -> list[str]:
    return list(site.ask(lambda s: s.scalars(select(Report.disclosure).order_by(Report.id)).all()))


def tightened(site: Site) -> list[Entry]:
    query = select(Entry).filter_by(verb="tighten").order_by(Entry.id)
    return list(site.ask(lambda s: s.scalars(query).all()))


def test_a_consent_is_taken_back_and_the_history_says_so(site: Site) -> None:
    got = named(site, "unit")
    page = letter(site, got)
    assert "现在：我们可以告诉单位是您反映的。" in page.text
    page = page.send(HERE, disclosure="relay")
    assert "已按您的要求改好" in page.text
    assert "现在：由我们转达，单位不知道是您。" in page.text
    page = page.send(HERE, disclosure="withheld")
    assert "已按您的要求加强身份保密" in page.text
    assert not page.offers(HERE)
    assert disclosures(site) == ["withheld"]
    facts = [json.loads(entry.body)["facts"] for entry in tightened(site)]
    assert [(one["was"], one["disclosure"]) for one in facts] == [
        ("unit", "relay"),
        ("relay", "withheld"),
    ]
    case = site.as_("handler").get(f"/console/cases/{the_case(site, got.number).number}")
    assert "反映人加强身份保密：对被反映单位保密" in case.text
    assert "可联系方式：电话 · 对被反映单位保密" in case.text
    assert site.ask(verify_chains).fits


def test_what_was_added_is_kept_as_secret_as_the_report(site: Site) -> None:
    page = letter(site, named(site, "unit")).send("/track/add", text="补充")
    page = page.send(HERE, disclosure="withheld")
    page.send("/track/add", text="再补充")
    assert disclosures(site) == ["withheld"] * 3


@pytest.mark.parametrize("chosen", ["unit", "relay", "", "everybody"])
def test_nothing_is_ever_loosened(site: Site, chosen: str) -> None:
    page = letter(site, named(site, "relay"))
    fields = page.form(HERE).fields
    answer = page.visit.sent(HERE, {**fields, "disclosure": chosen})
    assert (answer.status, disclosures(site)) == (200 if chosen == "relay" else 422, ["relay"])
    assert ("请选择比现在更严的一种" in answer.text) == (answer.status == 422)
    assert tightened(site) == []


def test_sent_twice_it_is_done_once(site: Site) -> None:
    page = letter(site, named(site, "unit"))
    values = {**page.form(HERE).fields, "disclosure": "withheld"}
    for _ in range(2):
        assert page.visit.sent(HERE, values).status == 200
    assert len(tightened(site)) == 1


def test_it_may_be_taken_back_whatever_the_state_and_the_handler_is_told(site: Site) -> None:
    got = named(site, "unit")
    move(site, got, triage.decline, "supervisor", "不属于教育事项")
    letter(site, got).send(HERE, disclosure="withheld")
    assert the_case(site, got.number).state == "declined"
    names = site.ask(lambda s: s.scalars(select(Event.name)).all())
    assert names.count("tighten") == 1
    assert [one.audience for one in notices(News("tighten"))] == [("assignee",)]


@pytest.mark.parametrize("typed", [{"kind": "tip"}, {"contact": "none", "phone": ""}])
def test_where_nobody_may_know_there_is_nothing_to_take_back(
    site: Site, typed: dict[str, str]
) -> None:
    given = {"contact": "name", "phone": "13812345678", "disclosure": "unit"}
    assert not letter(site, reported(site, **{**given, **typed})).offers(HERE)


def test_nobody_else_can_take_it_back(site: Site) -> None:
    mine, other = named(site, "unit"), site.nobody()
    fields = letter(site, mine).form(HERE).fields
    assert other.sent(HERE, {**fields, "disclosure": "withheld"}).status == 403
    assert disclosures(site) == ["unit"]


def test_the_form_promises_what_can_be_kept(site: Site) -> None:
    text = site.nobody().get("/report").text
    assert "单位会直接与您联系" not in text
    assert "您可以随时在“查进度”里收回" in text
