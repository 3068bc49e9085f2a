"""Declining and referring by reason, proposing either, and the paper that the reporter gets."""

import pytest

from caseflow.escalation.sweep import sweep
from caseflow.ledger import reasons
from caseflow.ledger.moves import proposing, triage
from caseflow.ledger.moves.triage import Because
from caseflow.words import REASONS, REMEDIES, RULES
from tests.web.public_door import letter, reported, the_case
from tests.web.site import Page, Site
from tests.web.test_nav_counts import for_
from tests.web.walking import on_case, open_case, state

WHY = "食品经营许可归市场监管部门"


def test_every_reason_has_its_words() -> None:
    for move, known in reasons.REASONS.items():
        assert [one.code for one in known] == list(REASONS[move])
        assert {one.remedy for one in known} <= {"", *REMEDIES}
        assert {one.rule for one in known} <= {"", *RULES}
    used = {one.remedy for known in reasons.REASONS.values() for one in known}
    assert used - {""} == set(REMEDIES)


def proposed(site: Site, move: str = "decline", **more: object) -> tuple[str, Page]:
    number = open_case(site, **more)
    said = {"code": "outside", "reason": WHY}
    if move == "refer":
        said = {"code": "authority", "reason": WHY, "authority": "市场监督管理局"}
    return number, on_case(site, "handler", number, f"propose_{move}", **said)


def test_a_handler_proposes_and_a_supervisor_does_it(site: Site) -> None:
    number, page = proposed(site)
    path = f"/console/cases/{number}"
    assert "已提交，等待督办负责人审批。" in page.text
    assert "等待：督办负责人审批拟不予受理" in page.text
    assert (
        f"拟不予受理：不属于教育督导的职责范围 测试handler · 3月3日(周二) 10:10 {WHY}" in page.text
    )
    assert not any(page.offers(f"{path}/{move}") for move in ("approve", "propose_refer"))
    assert "另一人审批期限" in page.text
    assert for_(site, "handler") == {}
    page = site.as_("supervisor").get(path)
    assert "有人拟不予受理：看理由，同意或不同意。" in page.text
    asked = "测试handler 3月3日(周二) 拟不予受理：不属于教育督导的职责范围。"
    assert asked in page.text
    assert not any(page.offers(f"{path}/{move}") for move in ("decline", "refer"))
    page = page.send(f"{path}/approve", remark="内部意见")
    assert "已同意并办理，提出人会收到通知。" in page.text
    assert state(site, number) == "declined"
    for said in ("审批意见：内部意见", "测试handler 提出，另一人同意"):
        assert said in page.text
    assert "复看" not in page.text
    assert for_(site, "leader") == {}
    assert site.as_("supervisor").post(f"{path}/approve").status == 409


def test_a_refusal_wants_a_reason_and_the_case_goes_on(site: Site) -> None:
    number, _ = proposed(site, "refer")
    page = on_case(site, "supervisor", number, "refuse_proposal", reason=" ")
    assert page.status == 422
    page = on_case(site, "supervisor", number, "refuse_proposal", reason="就是归我们管")
    assert "未同意，照常办理，提出人会收到通知。" in page.text
    page = site.as_("handler").get(f"/console/cases/{number}")
    assert "就是归我们管" in page.text
    assert page.offers(f"/console/cases/{number}/propose_refer")
    assert page.offers(f"/console/cases/{number}/accept")


def test_what_was_typed_stays_where_no_reason_was_chosen(site: Site) -> None:
    number = open_case(site)
    page = on_case(site, "handler", number, "propose_refer", authority="信访局", reason=WHY)
    assert page.status == 422
    assert "请选择理由类别" in page.text
    fields = page.form(f"/console/cases/{number}/propose_refer").fields
    assert (fields["authority"], fields["reason"]) == (["信访局"], [WHY])


def test_only_reasons_that_fit_the_kind_are_offered(site: Site) -> None:
    pages = [
        site.as_("supervisor").get(f"/console/cases/{open_case(site, kind=kind)}")
        for kind in ("complaint", "tip")
    ]
    assert ["诉讼" in page.html for page in pages] == [True, False]


# The paper


def test_a_declined_reporter_reads_why_and_what_they_can_do(site: Site) -> None:
    got = reported(site, kind="complaint")
    case, boss = the_case(site, got.number), site.office["supervisor"]
    why = "您提到的合同争议须由法院判断"
    site.do(lambda s: triage.decline(s, boss, case.id, why, site.now, code="lawful_way"))
    page = letter(site, got)
    for said in (
        f"不予受理告知书 编号：{got.number}",
        "已经或者依法应当通过诉讼、仲裁、行政复议等法定途径解决",
        why,
        "《信访工作条例》第三十一条",
        "12348",
        "这个决定会由另一位工作人员复看。",
        "2026年3月3日",
    ):
        assert said in page.text
    assert "测试" not in page.text


@pytest.mark.parametrize(
    ("kind", "code", "said"),
    [
        ("complaint", "answered", "自收到原答复之日起 30 日内"),
        ("tip", "answered", "您有新的事实或材料，例如时间、地点、经过"),
        ("question", "outside", "向上一级教育督导机构反映"),
    ],
)
def test_the_remedy_is_that_of_the_kind(site: Site, kind: str, code: str, said: str) -> None:
    got = reported(site, kind=kind)
    case, boss = the_case(site, got.number), site.office["supervisor"]
    site.do(lambda s: triage.decline(s, boss, case.id, "见原答复", site.now, code=code))
    page = letter(site, got)
    assert said in page.text
    assert ("《信访工作条例》" in page.text) is (kind == "complaint")


def test_a_proposal_is_nothing_to_the_reporter_until_it_is_approved(site: Site) -> None:
    got = reported(site, kind="complaint")
    case, office = the_case(site, got.number), site.office
    before = letter(site, got).text
    because = Because("authority", "内部说明", "区市场监督管理局")
    site.do(lambda s: proposing.propose(s, office["handler"], case.id, "refer", because, site.now))
    assert letter(site, got).text == before
    boss = office["supervisor"]
    site.do(lambda s: proposing.approve(s, boss, case.id, "同意转送", site.now))
    page = letter(site, got)
    for said in ("转送告知单", "接收机关 区市场监督管理局", "属于其他机关的职责", "由该机关答复您"):
        assert said in page.text
    for hidden in ("内部说明", "同意转送", "拟转送", "测试"):
        assert hidden not in page.text


def test_a_matter_that_is_taken_up_again_has_no_paper(site: Site) -> None:
    got = reported(site, kind="complaint")
    case, office = the_case(site, got.number), site.office
    because = Because("outside", "不归我们")
    site.do(
        lambda s: proposing.propose(s, office["handler"], case.id, "decline", because, site.now)
    )
    site.do(lambda s: proposing.approve(s, office["supervisor"], case.id, "", site.now))
    assert "这个决定由两位工作人员先后看过。" in letter(site, got).text
    on_case(site, "supervisor", case.number, "reopen", reason="有新的事实")
    assert "告知书" not in letter(site, got).text


# What is missing


def test_what_is_missing_is_asked_for_and_answered(site: Site) -> None:
    got = reported(site, kind="complaint")
    number = the_case(site, got.number).number
    path = f"/console/cases/{number}"
    page = on_case(site, "operator", number, "supplement", lack_when="哪一天？")
    assert "补正通知已发出，正在等反映人补正。" in page.text
    assert "请反映人补正 测试operator" in page.text
    assert "发生的时间、地点：哪一天？" in page.text
    assert not page.offers(f"{path}/tell")
    page = letter(site, got)
    for said in (
        "请您补正材料 发生的时间、地点：哪一天？",
        "我们还没有决定是否受理。",
        f"补正告知书 编号：{got.number}",
        "最晚 3月17日(周二) 24:00",
        "我们按现有材料决定是否受理",
    ):
        assert said in page.text
    assert "已经受理" not in page.text
    page.send("/track/answer", text="三月一日")
    assert state(site, number) == "received"
    page = site.as_("operator").get(path)
    assert "恢复办理：反映人已补充" in page.text
    assert not page.offers(f"{path}/supplement")
    assert "补正期满未补" not in page.html


def test_whoever_stays_silent_may_be_declined_for_it_first_of_all(site: Site) -> None:
    number = open_case(site, reach="phone")
    page = on_case(site, "handler", number, "supplement")
    assert page.status == 422
    on_case(site, "handler", number, "supplement", lack_what="什么人、什么事")
    site.later(days=20)
    site.do(lambda session: sweep(session, site.now))
    page = site.as_("supervisor").get(f"/console/cases/{number}")
    assert "补正期满，反映人没有回答：决定受理，或不予受理。" in page.text
    fields = page.form(f"/console/cases/{number}/decline").fields
    assert fields["code"] == ["unsupplemented"]
