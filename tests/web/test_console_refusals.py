"""What the console refuses: stale forms, hands that may not, people outside, input with gaps."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.escalation import sweep
from caseflow.ledger.tables import Evidence
from caseflow.people import accounts, divisions
from caseflow.people.tables import Recusal, User
from tests import office as offices
from tests.web.site import Site, a_file
from tests.web.walking import (
    case_of,
    dispatched,
    item_of,
    on_case,
    on_item,
    open_case,
    report_of,
    state,
    submitted,
)


def test_a_form_older_than_the_case_gets_what_changed_and_keeps_what_was_typed(site: Site) -> None:
    number = open_case(site)
    path = f"/console/cases/{number}"
    old = site.as_("handler").get(path)
    on_case(site, "operator", number, "note", text="家长又打来电话")
    page = old.send(f"{path}/note", text="我写了很久的话")
    assert page.status == 409
    assert "家长又打来电话" in page.text
    assert page.form(f"{path}/note").fields["text"] == ["我写了很久的话"]
    assert "/console/orders" in page.links, "with the office's navigation"
    assert case_of(site, number).head_n == 2
    assert path in page.links
    page.send(f"{path}/note")
    assert case_of(site, number).head_n == 3


def test_what_was_chosen_is_kept_beside_what_was_typed(site: Site) -> None:
    number = open_case(site, kind="question")
    path = f"/console/cases/{number}"
    old = site.as_("operator").get(path)
    on_case(site, "handler", number, "note", text="家长又打来电话")
    page = old.send(f"{path}/answer", text="可以报名", way="window")
    assert page.status == 409
    kept = page.form(f"{path}/answer").fields
    assert (kept["text"], kept["way"]) == (["可以报名"], ["window"])
    old = site.as_("supervisor").get(path)
    on_case(site, "handler", number, "note", text="又打来")
    page = old.send(f"{path}/refer", authority="市场监管局", code="other", reason="不归")
    assert page.form(f"{path}/refer").fields["code"] == ["other"]


def test_of_a_form_that_is_offered_no_more_the_words_are_kept(site: Site) -> None:
    number = open_case(site)
    path = f"/console/cases/{number}"
    old = site.as_("operator").get(path)
    on_case(site, "handler", number, "accept")
    page = old.send(f"{path}/answer", text="我写了很久的话", way="window")
    assert page.status == 409
    assert "内容 我写了很久的话" in page.text
    assert not page.offers(f"{path}/answer")


def test_a_form_outlives_what_the_sweep_notes_meanwhile(site: Site) -> None:
    number = open_case(site)
    path = f"/console/cases/{number}"
    old = site.as_("handler").get(path)
    before = case_of(site, number).head_n
    sweep.run(site.database, site.now + timedelta(days=2))
    assert case_of(site, number).head_n > before
    assert old.send(f"{path}/note", text="我写了很久的话").status == 200


def test_chosen_files_that_a_refusal_lost_are_said_to_be(site: Site) -> None:
    number = dispatched(site, to="school")
    path = f"/console/items/{item_of(site, number).id}/sign_for"
    site.as_("handler").get(f"/console/cases/{number}").send(path)
    office = site.as_("handler").get(f"/console/cases/{number}")
    unit = site.as_("school").get(f"/unit/items/{item_of(site, number).id}")
    on_item(site, "handler", number, "hand_in", file=a_file())
    hand_in = f"/console/items/{item_of(site, number).id}/hand_in"
    evidence = f"/unit/items/{item_of(site, number).id}/evidence"
    for page in (office.send(hand_in, file=a_file()), unit.send(evidence, evidence=a_file())):
        assert page.status == 409
        assert "所选的文件需要重新选择" in page.text


def test_a_move_that_the_state_no_longer_holds_gets_the_same_answer(site: Site) -> None:
    number = open_case(site)
    on_case(site, "handler", number, "accept")
    page = site.as_("operator").post(f"/console/cases/{number}/accept")
    assert page.status == 409
    assert "受理" in page.text


def test_four_eyes_are_not_offered_and_refused_when_forced(site: Site) -> None:
    number = dispatched(site)
    on_item(site, "supervisor", number, "sign_for")
    found = {"result": "substantiated", "basis": "属实", "rectifying_unit": "测试section"}
    on_item(site, "handler", number, "find", **found)
    on_item(site, "supervisor", number, "submit", done="已改", evidence=a_file())
    item = item_of(site, number)
    path = f"/console/items/{item.id}/strike_off"
    page = site.as_("supervisor").get(f"/console/cases/{number}")
    assert not page.offers(path)
    assert "您参与过这一项" in page.text
    assert "测试reviewer" in page.text
    refused = site.as_("supervisor").post(path, remark="我自己看过了")
    assert refused.status == 403
    assert "销号须由未参与的人进行" in refused.text
    assert "我自己看过了" in refused.text
    assert item_of(site, number).state == "submitted"


def test_where_the_office_has_nobody_left_the_level_above_strikes_off(site: Site) -> None:
    number = submitted(site)

    def gone(session: Session) -> None:
        for name in ("reviewer", "supervisor"):
            session.get_one(User, site.office[name].person).active = False

    site.do(gone)
    assert "由上一级销号：测试city" in site.as_("handler").get(f"/console/cases/{number}").text
    on_item(site, "city", number, "strike_off")
    assert state(site, number) == "replying"


def test_the_office_of_a_responsibility_district_is_its_countys(site: Site) -> None:
    district = site.do(
        lambda session: divisions.add_district(session, offices.DISTRICT, 1, "第一责任区").code
    )
    number = submitted(site, area=district)
    text = site.as_("handler").get(f"/console/cases/{number}").text
    assert "可以销号的人：测试reviewer" in text
    assert "上一级销号" not in text

    def gone(session: Session) -> None:
        for name in ("reviewer", "supervisor"):
            session.get_one(User, site.office[name].person).active = False

    site.do(gone)
    assert "由上一级销号：测试city" in site.as_("handler").get(f"/console/cases/{number}").text


def test_what_was_typed_stays_beside_its_error(site: Site) -> None:
    number = open_case(site)
    on_case(site, "handler", number, "accept")
    on_case(site, "handler", number, "split", matters="食堂")
    page = on_item(site, "handler", number, "dispatch", unit="没有这所学校", text="请核查食堂")
    form = page.form(f"/console/items/{item_of(site, number).id}/dispatch")
    assert page.status == 422
    assert form.fields["text"] == ["请核查食堂"]
    assert form.fields["unit"] == ["没有这所学校"]
    assert "没有这个单位，请从列表中选择" in page.text
    assert item_of(site, number).state == "draft"


@pytest.mark.parametrize(
    ("move", "typed"),
    [("answer", {"text": " "}), ("note", {"text": ""}), ("ask", {"text": ""})],
)
def test_an_empty_text_is_asked_for_again(site: Site, move: str, typed: dict[str, str]) -> None:
    number = open_case(site)
    if move == "ask":
        on_case(site, "handler", number, "accept")
    before = case_of(site, number).head_n
    page = on_case(site, "handler", number, move, **typed)
    assert page.status == 422
    assert "请填写这一项" in page.text
    assert case_of(site, number).head_n == before


def test_what_waits_for_other_eyes_or_hands_is_not_offered(site: Site) -> None:
    number = open_case(site, urgent=True)
    card = {"police_called": "no", "leader_told": "yes", "reason": "双方已分开"}
    on_case(site, "operator", number, "acknowledge", **card)
    for name, move in (("operator", "answer"), ("supervisor", "decline"), ("supervisor", "refer")):
        path = f"/console/cases/{number}/{move}"
        assert not site.as_(name).get(f"/console/cases/{number}").offers(path)
    number = submitted(site)
    item = item_of(site, number)
    reviewer, unit = site.office["reviewer"].person, item.rectifying_unit_id
    site.do(lambda s: s.add(Recusal(user_id=reviewer, unit_id=unit, reason="亲属", since=site.now)))
    page = site.as_("reviewer").get(f"/console/cases/{number}")
    assert not page.offers(f"/console/items/{item.id}/strike_off")


def test_a_slip_in_naming_is_lifted_on_the_page_by_a_second_person(site: Site) -> None:
    school, academy = site.office.units["school"], site.office.units["academy"]
    number = open_case(site, kind="tip", unit=school)
    on_case(site, "handler", number, "accept")
    on_case(site, "handler", number, "split", matters="收费")
    on_case(site, "handler", number, "name_unit", unit="测试academy", reason="来件写错")
    path = f"/console/items/{item_of(site, number).id}/dispatch"
    case = f"/console/cases/{number}"
    assert "slip" not in site.as_("handler").get(case).form(path).names
    page = site.as_("supervisor").get(case).send(path, unit="测试school", text="核查")
    assert page.status == 422
    assert "请确认确系写错" in page.text
    page = page.send(path, unit="测试school", text="核查", slip="yes")
    assert page.status == 200
    assert item_of(site, number).verifying_unit_id == school
    assert case_of(site, number).unit_id == academy


def test_everything_that_is_missing_from_a_dispatch_is_told_at_once_and_named(site: Site) -> None:
    number = open_case(site)
    on_case(site, "handler", number, "accept")
    on_case(site, "handler", number, "split", matters="食堂")
    page = on_item(site, "handler", number, "dispatch", unit="", text="")
    assert page.status == 422
    assert "核查单位：请选择核查单位" in page.text
    assert "交办内容：请填写这一项" in page.text
    assert {"#item-1-dispatch-unit", "#item-1-dispatch-text"} <= set(page.links)


@pytest.mark.parametrize(("kind", "unit"), [("complaint", "测试school"), ("tip", "")])
def test_a_complaint_goes_to_the_unit_named_and_a_tip_to_none_by_itself(
    site: Site, kind: str, unit: str
) -> None:
    number = open_case(site, kind=kind, unit=site.office.units["school"])
    on_case(site, "handler", number, "accept")
    on_case(site, "handler", number, "split", matters="食堂")
    page = site.as_("handler").get(f"/console/cases/{number}")
    form = page.form(f"/console/items/{item_of(site, number).id}/dispatch")
    assert form.fields["unit"] == [unit]


def test_an_operator_dispatches_urgent_items_only(site: Site) -> None:
    number = open_case(site)
    on_case(site, "handler", number, "accept")
    on_case(site, "handler", number, "split", matters="食堂")
    path = f"/console/items/{item_of(site, number).id}/dispatch"
    assert not site.as_("operator").get(f"/console/cases/{number}").offers(path)


@pytest.mark.parametrize("name", ["stranger", "recused"])
def test_outsiders_learn_nothing(site: Site, name: str) -> None:
    school = site.office.units["school"]
    number = submitted(site, unit=school)
    if name == "recused":
        _recuse(site, "handler", school)
        name = "handler"
    visit, item = site.as_(name), item_of(site, number)
    for path in (f"/console/cases/{number}", f"/console/evidence/{_evidence(site, item.id)}"):
        assert visit.get(path).status == 404
    assert visit.post(f"/console/cases/{number}/note", text="x").status == 404
    assert visit.post(f"/console/items/{item.id}/hand_in").status == 404
    reveal = f"/console/cases/{number}/reveal/{report_of(site, number).id}"
    assert visit.post(reveal, reason="想看看是谁").status == 404
    for path in ("/console/", f"/console/?q={number}", "/console/check"):
        assert f"/console/cases/{number}" not in visit.get(path).html


def _recuse(site: Site, name: str, unit: int) -> None:
    person = site.office[name].person

    def add(session: Session) -> None:
        recusal = Recusal(user_id=person, unit_id=unit, reason="亲属任教", since=site.now)
        session.add(recusal)

    site.do(add)
    actor = site.ask(lambda session: accounts.actor_of(session, session.get_one(User, person)))
    assert actor.recused == frozenset({unit})


def _evidence(site: Site, item_id: int) -> int:
    query = select(Evidence.id).where(Evidence.item_id == item_id)
    return site.ask(lambda session: session.scalars(query).one())


@pytest.mark.parametrize("name", ["school", "inspector"])
def test_people_who_hold_items_have_no_business_in_the_console(site: Site, name: str) -> None:
    number = dispatched(site, "school")
    item = item_of(site, number)
    visit = site.as_(name)
    for path in ("/console/", f"/console/cases/{number}", "/console/check", "/console/orders"):
        assert visit.get(path).status == 403
    assert visit.post(f"/console/items/{item.id}/sign_for").status == 403


def test_an_auditor_reads_and_changes_nothing(site: Site) -> None:
    number = dispatched(site)
    page = site.as_("auditor").get(f"/console/cases/{number}")
    assert page.status == 200
    moves = [form.action for form in page.forms if form.action.startswith("/console/")]
    assert moves == ["/console/", f"/console/cases/{number}/file"]
    assert site.as_("auditor").post(f"/console/cases/{number}/note", text="x").status == 403


def test_the_page_offers_exactly_what_the_verbs_would_take(site: Site) -> None:
    number = open_case(site)
    path = f"/console/cases/{number}"
    offered = {form.action.rpartition("/")[2] for form in site.as_("supervisor").get(path).forms}
    assert {"accept", "answer", "decline", "refer", "note", "assign"} <= offered
    assert not offered & {"split", "reply", "close", "reopen", "acknowledge", "countersign", "tell"}


def test_what_a_dispatch_will_do_is_said_before_and_then_happens(site: Site) -> None:
    number = open_case(site)
    on_case(site, "handler", number, "accept")
    page = on_case(site, "handler", number, "split", matters="食堂")
    assert "签收期限：3月4日(周三) 24:00；核查期限：3月13日(周五) 24:00" in page.text
    page = on_item(site, "handler", number, "dispatch", unit="测试school", text="请核查")
    assert "签收期限 3月4日(周三) 24:00" in page.text
    assert "核查期限 3月13日(周五) 24:00" in page.text


def test_a_remark_that_is_too_long_is_told_and_not_cut(site: Site) -> None:
    """What is pasted must not lose its end unseen."""
    number, long = submitted(site), "长" * 4001
    item = item_of(site, number)
    page = site.as_("reviewer").get(f"/console/cases/{number}")
    assert "maxlength" not in page.html.partition('name="remark"')[2].partition(">")[0]
    page = page.send(f"/console/items/{item.id}/strike_off", remark=long)
    assert page.status == 422
    assert "最多 4000 字" in page.text
    assert page.form(f"/console/items/{item.id}/strike_off").fields["remark"] == [long]
    assert item_of(site, number).state == "submitted"


def test_what_was_done_to_an_item_is_said_at_the_item(site: Site) -> None:
    """The page opens at the item, so a line at the top of the page would not be seen."""
    number = submitted(site)
    page = on_item(site, "reviewer", number, "strike_off")
    assert page.html.index("已销号。") > page.html.index('id="item-1"')
    assert page.text.count("已销号。") == 1
    assert "回到验收" in page.text
