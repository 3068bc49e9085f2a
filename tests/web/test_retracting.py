"""A reporter takes back what they reported: on the tracking page, or on the telephone."""

import json

import pytest
from sqlalchemy import select

from caseflow.ledger.history_tables import Entry
from caseflow.ledger.moves import triage
from caseflow.ledger.tables import Case
from tests.web.public_door import Receipt, letter, move, reported, the_case
from tests.web.site import Site
from tests.web.walking import case_of, dispatched, on_case, open_case

HERE = "/track/retract"


def named(site: Site) -> Receipt:
    who = {"contact": "name", "name": "王女士", "phone": "13812345678"}
    return reported(site, **who, kind="complaint")


def taken_back(site: Site) -> list[dict[str, object]]:
    query = select(Entry.body).filter_by(verb="retract").order_by(Entry.id)
    return [json.loads(body)["facts"] for body in site.ask(lambda s: s.scalars(query).all())]


def test_a_reporter_takes_it_back_and_learns_what_follows(site: Site) -> None:
    got = named(site)
    page = letter(site, got)
    assert "我们可能继续查" in page.text
    page = page.send(HERE, why="settled")
    assert "已记下您的撤回" in page.text
    assert "您撤回了这次反映" in page.text
    assert not page.offers(HERE)
    assert taken_back(site) == [{"report": got.number, "why": "settled"}]
    case = the_case(site, got.number)
    assert (case.state, case.call_back) == ("received", False)
    shown = site.as_("handler").get(f"/console/cases/{case.number}")
    assert "反映人撤回：已和解或已解决" in shown.text
    assert "反映人已撤回：可以申请撤项，也可以依职权继续办理。" in shown.text


def test_why_must_be_said_and_once_is_enough(site: Site) -> None:
    got = named(site)
    page = letter(site, got)
    values = page.form(HERE).fields
    answer = page.visit.sent(HERE, {**values, "why": ""})
    assert answer.status == 422
    assert "请选择撤回的原因" in answer.text
    assert page.visit.sent(HERE, {**values, "why": "withdrawn"}).status == 200
    again = page.visit.sent(HERE, {**values, "why": "withdrawn"})
    assert again.status == 409
    assert "您已经撤回过" in again.text
    assert len(taken_back(site)) == 1


@pytest.mark.parametrize("verb", [triage.decline, triage.answer])
def test_what_is_over_cannot_be_taken_back(site: Site, verb: object) -> None:
    got = named(site)
    move(site, got, verb, "supervisor", "不属于教育事项")
    assert not letter(site, got).offers(HERE)


def test_nobody_else_can_take_it_back(site: Site) -> None:
    fields = letter(site, named(site)).form(HERE).fields
    assert site.nobody().sent(HERE, {**fields, "why": "settled"}).status == 403
    assert taken_back(site) == []


def test_the_desk_writes_down_what_was_said_on_the_telephone(site: Site) -> None:
    number = open_case(site, reach="phone")
    page = on_case(site, "operator", number, "retract", why="withdrawn")
    assert "已记录反映人撤回，承办人会收到通知。" in page.text
    assert [one["why"] for one in taken_back(site)] == ["withdrawn"]
    path = f"/console/cases/{number}"
    assert not site.as_("operator").get(path).offers(f"{path}/retract")
    assert not site.as_("reviewer").get(path).offers(f"{path}/retract")


def test_a_question_waits_for_them_no_longer(site: Site) -> None:
    number = dispatched(site, "school")
    on_case(site, "handler", number, "ask", text="哪一天？")
    on_case(site, "operator", number, "retract", why="settled")

    def state(case: Case) -> str:
        return case.state

    assert state(case_of(site, number)) == "handling"
