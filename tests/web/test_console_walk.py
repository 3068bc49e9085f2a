"""A case from report to closed through the console's pages, as design §3 wants it for each kind."""

from caseflow.people.tables import Recusal
from tests.web.site import Site, a_file
from tests.web.walking import (
    case_of,
    dispatched,
    item_of,
    on_case,
    on_item,
    open_case,
    state,
    submit,
    submitted,
)


def test_a_complaint_goes_all_the_way(site: Site) -> None:
    number = open_case(site, reach="phone")
    on_case(site, "handler", number, "accept")
    on_case(site, "handler", number, "split", matters="食堂卫生\n\n留样制度")
    for n in (1, 2):
        text = "请核查食堂"
        on_item(site, "handler", number, "dispatch", n, unit="测试section", text=text)
        on_item(site, "handler", number, "sign_for", n)
    found = {"result": "substantiated", "basis": "属实", "rectifying_unit": "测试section"}
    on_item(site, "handler", number, "find", **found)
    submit(site, number)
    done = {"result": "unsubstantiated", "basis": "留样齐全", "evidence": a_file()}
    on_item(site, "handler", number, "find", 2, **done)
    page = on_item(site, "reviewer", number, "strike_off", remark="照片清楚")
    assert "已销号 1 / 2" in page.text
    page = on_item(site, "reviewer", number, "strike_off", 2)
    assert "查无实据" in page.text
    assert state(site, number) == "replying"
    on_case(site, "handler", number, "reply", text="已更换供应商", way="telephone")
    assert state(site, number) == "calling_back"
    page = on_case(
        site, "operator", number, "call_back", reached="yes", solved="yes", satisfied="yes"
    )
    assert state(site, number) == "closed"
    assert "满意" in page.text


def test_a_question_needs_no_items(site: Site) -> None:
    number = open_case(site, kind="question")
    on_case(site, "handler", number, "accept")
    page = on_case(site, "handler", number, "conclude")
    assert "答复反映人" in page.text
    on_case(site, "handler", number, "reply", text="按省里的规定办", way="track")
    assert state(site, number) == "closed"


def test_a_question_answered_on_the_spot_is_over(site: Site) -> None:
    number = open_case(site, kind="question")
    on_case(site, "operator", number, "answer", text="周五前报名")
    assert state(site, number) == "answered"
    assert (
        not site.as_("supervisor")
        .get(f"/console/cases/{number}")
        .offers(f"/console/cases/{number}/second_look")
    )


def test_another_kind_answered_on_the_spot_waits_for_other_eyes(site: Site) -> None:
    number = open_case(site, kind="help")
    on_case(site, "operator", number, "answer", text="已联系学校")
    second = f"/console/cases/{number}/second_look"
    assert not site.as_("operator").get(f"/console/cases/{number}").offers(second)
    on_case(site, "reviewer", number, "second_look")
    assert "复看" in site.as_("reviewer").get(f"/console/cases/{number}").text


def test_a_tip_never_goes_to_the_unit_reported(site: Site) -> None:
    school = site.office.units["school"]
    number = open_case(site, kind="tip", unit=school)
    on_case(site, "handler", number, "accept")
    on_case(site, "handler", number, "split", matters="违规收费")
    for name in ("测试school", "测试branch"):
        page = on_item(site, "handler", number, "dispatch", unit=name, text="请核查")
        assert page.status == 422
        assert "举报不得交给被举报单位" in page.text
    on_item(site, "handler", number, "dispatch", unit="测试academy", text="请核查")
    assert item_of(site, number).state == "dispatched"


def test_the_finding_of_a_tip_is_the_offices_and_its_end_needs_no_call_back(site: Site) -> None:
    number = dispatched(site, "academy", kind="tip", reach="phone")
    on_item(site, "handler", number, "sign_for")
    found = {"result": "substantiated", "basis": "账册", "rectifying_unit": "测试academy"}
    on_item(site, "handler", number, "find", **found)
    submit(site, number)
    on_item(site, "reviewer", number, "strike_off")
    on_case(site, "handler", number, "reply", text="已责令退费", way="telephone")
    assert state(site, number) == "closed"


def test_the_finding_of_a_complaint_belongs_to_the_school(site: Site) -> None:
    number = dispatched(site, "school")
    on_item(site, "handler", number, "sign_for")
    page = site.as_("handler").get(f"/console/cases/{number}")
    item = item_of(site, number)
    assert not page.offers(f"/console/items/{item.id}/find")
    refused = site.as_("handler").post(
        f"/console/items/{item.id}/find", result="substantiated", basis="x"
    )
    assert refused.status == 403
    assert item_of(site, number).state == "verifying"


def test_a_returned_item_comes_back_with_new_evidence(site: Site) -> None:
    number = submitted(site)
    page = on_item(site, "reviewer", number, "return", reason="照片看不清")
    assert "照片看不清" in page.text
    assert (item_of(site, number).state, item_of(site, number).returns) == ("rectifying", 1)
    stale = on_item(site, "handler", number, "submit", done="再看看")
    assert stale.status == 422
    assert "请先上传新的材料" in stale.text
    submit(site, number)
    on_item(site, "reviewer", number, "strike_off")
    assert state(site, number) == "replying"


def test_an_unsatisfied_call_back_reopens_by_decision_and_ends_with_a_successor(
    site: Site,
) -> None:
    number = submitted(site, reach="phone")
    on_item(site, "reviewer", number, "strike_off")
    on_case(site, "handler", number, "reply", text="已整改", way="telephone")
    typed = {
        "reached": "yes",
        "solved": "no",
        "satisfied": "no",
        "words": "还是有虫",
        "whose": "reporter",
    }
    on_case(site, "operator", number, "call_back", **typed)
    assert state(site, number) == "calling_back"
    assert "还是有虫" in on_case(site, "supervisor", number, "reopen", reason="没有解决").text
    assert (state(site, number), case_of(site, number).reopened) == ("accepted", 1)
    first = item_of(site, number)
    on_case(site, "handler", number, "split", matters="再查食堂", follows=str(first.id))
    text = "请再次核查"
    on_item(site, "handler", number, "dispatch", 2, unit="测试section", text=text)
    assert item_of(site, number, 2).follows == first.id
    assert state(site, number) == "handling"


def test_an_urgent_case_shows_its_card_first_and_needs_every_answer(site: Site) -> None:
    number = open_case(site, urgent=True)
    page = on_case(site, "operator", number, "acknowledge", police_called="yes", leader_told="yes")
    assert page.status == 422
    assert "请写明由谁、何时报警" in page.text
    typed = {"police_called": "no", "leader_told": "yes", "reason": "家长已当场带离"}
    on_case(site, "operator", number, "acknowledge", **typed)
    assert case_of(site, number).countersign
    countersign = f"/console/cases/{number}/countersign"
    assert not site.as_("operator").get(f"/console/cases/{number}").offers(countersign)
    on_case(site, "supervisor", number, "countersign")
    assert not case_of(site, number).countersign


def test_asking_the_reporter_holds_the_case_until_somebody_resumes(site: Site) -> None:
    number = open_case(site, reach="email")
    on_case(site, "handler", number, "accept")
    page = on_case(site, "handler", number, "ask", text="是哪一天？")
    assert "等反映人补充" in page.text
    assert "已暂停" in page.text
    on_case(site, "handler", number, "resume")
    assert state(site, number) == "accepted"


def test_declining_and_referring_are_the_supervisors(site: Site) -> None:
    number = open_case(site)
    path = f"/console/cases/{number}"
    assert not site.as_("handler").get(path).offers(f"{path}/decline")
    assert site.as_("handler").post(f"{path}/decline", reason="不归我们").status == 403
    said = {"authority": "市场监管局", "code": "authority", "reason": "食品经营许可"}
    on_case(site, "supervisor", number, "refer", **said)
    assert state(site, number) == "referred"
    assert "市场监管局" in site.as_("handler").get(path).text


def test_a_case_is_given_to_a_handler_and_notes_are_kept(site: Site) -> None:
    number = open_case(site)
    handler = str(site.office["handler"].person)
    on_case(site, "supervisor", number, "assign", handler=handler)
    page = on_case(site, "leader", number, "note", text="请尽快办理")
    assert case_of(site, number).handler_id == int(handler)
    assert "请尽快办理" in page.text


def unsatisfied(site: Site) -> str:
    """Walk a complaint until the reporter was reached and is not content."""
    number = submitted(site, reach="phone")
    on_item(site, "reviewer", number, "strike_off")
    on_case(site, "handler", number, "reply", text="已整改", way="telephone")
    heard = {"reached": "yes", "solved": "yes", "satisfied": "no", "words": "没有道歉"}
    page = on_case(site, "operator", number, "call_back", **heard)
    assert "请选择是反映人的原话，还是回访人的概括" in page.text
    page = on_case(site, "operator", number, "call_back", **heard, whose="caller")
    assert "回访人概括：没有道歉" in page.text
    return number


def test_who_is_not_satisfied_has_it_explained_by_a_supervisor_with_the_way(site: Site) -> None:
    number = unsatisfied(site)
    path = f"/console/cases/{number}"
    for who in ("operator", "handler"):
        page = site.as_(who).get(path)
        assert not page.offers(f"{path}/explain")
        assert "等督办负责人决定重新办理或解释说明" in page.text
    page = site.as_("supervisor").get(path)
    assert "决定重新办理，或解释说明后办结" in page.text
    assert page.offers(f"{path}/reopen")
    assert not page.offers(f"{path}/close")
    page = page.send(f"{path}/explain", text=" ", way="telephone", proof="座机")
    assert page.status == 422
    assert page.form(f"{path}/explain").fields["proof"] == ["座机"]
    page = on_case(site, "supervisor", number, "explain", text="属政策规定", way="window")
    assert "解释说明已记录。" in page.text
    assert state(site, number) == "closed"
    assert "解释说明：窗口" in page.text
    assert "属政策规定" in page.text
    assert "不满意的已解释说明" in page.text


def test_three_vain_days_let_an_operator_close(site: Site) -> None:
    number = submitted(site, reach="phone")
    on_item(site, "reviewer", number, "strike_off")
    on_case(site, "handler", number, "reply", text="已整改", way="telephone")
    close = f"/console/cases/{number}/close"
    for _ in range(3):
        assert not site.as_("operator").get(f"/console/cases/{number}").offers(close)
        site.later(days=1)
        page = on_case(site, "operator", number, "call_back", reached="no")
    assert "已试 3 次未接通" in page.text
    on_case(site, "operator", number, "close", reason="三天均未接通")
    assert state(site, number) == "closed"


def test_a_call_back_that_was_answered_asks_for_both_answers(site: Site) -> None:
    number = submitted(site, reach="phone")
    on_item(site, "reviewer", number, "strike_off")
    on_case(site, "handler", number, "reply", text="已整改", way="telephone")
    page = on_case(site, "operator", number, "call_back", reached="yes", words="挺好的")
    assert page.status == 422
    form = page.form(f"/console/cases/{number}/call_back")
    assert (form.fields["reached"], form.fields["words"]) == (["yes"], ["挺好的"])


def test_a_call_back_says_whether_anybody_answered_and_nobody_closes_without_one(
    site: Site,
) -> None:
    number = submitted(site, reach="phone")
    on_item(site, "reviewer", number, "strike_off")
    on_case(site, "handler", number, "reply", text="已整改", way="telephone")
    path = f"/console/cases/{number}"
    page = on_case(site, "operator", number, "call_back", words="没有写是否接通")
    assert page.status == 422
    assert page.form(f"{path}/call_back").fields["words"] == ["没有写是否接通"]
    assert not site.as_("supervisor").get(path).offers(f"{path}/close")
    on_case(site, "operator", number, "call_back", reached="no")
    assert site.as_("supervisor").get(path).offers(f"{path}/close")


def test_who_is_not_reached_for_days_may_be_closed_and_the_page_says_from_when(site: Site) -> None:
    number = submitted(site, reach="phone")
    on_item(site, "reviewer", number, "strike_off")
    on_case(site, "handler", number, "reply", text="已整改", way="telephone")
    path = f"/console/cases/{number}"
    for passed, days in ((0, 1), (1, 1), (1, 2)):  # twice on the first day
        page = on_case(site, "operator", number, "call_back", reached="no")
        assert "3 个不同的日子都没有接通的可以办结，同一天再试不多算" in page.text
        assert f"已有 {days} 个。" in page.text
        assert "下一步 打电话回访反映人。" in page.text
        assert not page.offers(f"{path}/close")
        site.later(days=passed)
    page = on_case(site, "operator", number, "call_back", reached="no")
    assert "下一步 几天都没有接通：可以办结，也可以再回访一次。" in page.text
    assert page.offers(f"{path}/call_back")
    page.send(f"{path}/close", reason="三天都没有接通")
    assert state(site, number) == "closed"


def test_a_declined_case_is_told_by_telephone_and_looked_at_again(site: Site) -> None:
    number = open_case(site, reach="phone")
    on_case(site, "supervisor", number, "decline", code="outside", reason="不属于教育督导的职责")
    page = on_case(site, "operator", number, "tell")
    assert "告知反映人" not in page.text
    page = on_case(site, "handler", number, "second_look", remark="同意")
    assert state(site, number) == "declined"
    assert "复看期限" not in page.text


def test_a_draft_item_is_reworded_before_it_goes_out(site: Site) -> None:
    number = open_case(site)
    on_case(site, "handler", number, "accept")
    on_case(site, "handler", number, "split", matters="食堂")
    page = on_item(site, "handler", number, "edit", matter="食堂进货台账")
    assert item_of(site, number).matter == "食堂进货台账"
    assert "修改问题项" in page.text


def test_a_satisfied_reporter_does_not_close_before_the_countersignature(site: Site) -> None:
    number = submitted(site, reach="phone", urgent=True)
    typed = {"police_called": "no", "leader_told": "yes", "reason": "家长已当场带离"}
    on_item(site, "reviewer", number, "strike_off")
    on_case(site, "handler", number, "reply", text="已整改", way="telephone")
    on_case(site, "handler", number, "acknowledge", **typed)
    said = {"reached": "yes", "solved": "yes", "satisfied": "yes"}
    page = on_case(site, "operator", number, "call_back", **said)
    assert state(site, number) == "calling_back"
    assert "会签后才能办结" in page.text
    on_case(site, "supervisor", number, "countersign")
    page = site.as_("operator").get(f"/console/cases/{number}")
    assert "反映人满意，可以办结" in page.text
    on_case(site, "operator", number, "close", reason="反映人满意")
    assert state(site, number) == "closed"


def test_whoever_must_not_touch_a_unit_is_not_offered_its_cases(site: Site) -> None:
    school, inspector = site.office.units["school"], site.office["inspector"].person
    for person in (inspector, site.office["handler"].person):
        row = {"user_id": person, "unit_id": school, "reason": "亲属任教", "since": site.now}
        site.do(lambda session, row=row: session.add(Recusal(**row)))  # type: ignore[misc]
    number = open_case(site, unit=school)
    path = f"/console/cases/{number}"
    page = site.as_("supervisor").get(path)
    assert "测试supervisor" in page.html
    assert "测试handler" not in page.html
    on_case(site, "supervisor", number, "accept")
    page = on_case(site, "supervisor", number, "split", matters="食堂")
    assert "测试inspector" not in page.html


def test_a_tip_that_only_describes_its_unit_is_named_before_it_goes_out(site: Site) -> None:
    number = open_case(site, kind="tip", unit=None)
    on_case(site, "handler", number, "accept")
    on_case(site, "handler", number, "split", matters="违规收费")
    asked = on_item(site, "handler", number, "dispatch", unit="测试academy", text="请核查")
    assert asked.status == 422
    assert "请先指明被举报的单位" in asked.text
    on_case(site, "handler", number, "name_unit", unit="测试academy", reason="来件写了校名")
    assert "指明被反映单位：测试academy" in site.as_("handler").get(f"/console/cases/{number}").text
    page = on_item(site, "handler", number, "dispatch", unit="测试academy", text="请核查")
    assert "举报不得交给被举报单位" in page.text
    assert item_of(site, number).state == "draft"
