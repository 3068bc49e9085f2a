"""What cries for somebody now: the page says which of the two it is, and asks nobody of himself."""

import pytest
from sqlalchemy.orm import Session

from caseflow.ledger.moves import opening
from caseflow.ledger.tables import URGENT, Case
from caseflow.people.actor import REPORTER
from tests import office as offices
from tests.web.public_door import letter, reported, the_case
from tests.web.site import Page, Site
from tests.web.walking import case_of, dispatched, item_of, on_case, open_case

DANGER = "孩子可能正处于危险：先确认由谁接手"
HUNGRY = "三个孩子午饭后呕吐，老师不让叫家长。"
THREAT = "班主任今天在门口堵我，让我撤回。"
CALLED = {"police_called": "yes", "police_who": "李敏", "police_at": "10:05"}


def retaliated(site: Site, number: str, text: str = THREAT) -> str:
    """Let the reporter of a case write that they suffer for it; return that report's number."""
    site.later(minutes=5)

    def cry(session: Session) -> str:
        case = session.get_one(Case, case_of(site, number).id)
        first = offices.first_report(session, case)
        new = offices.new_report(session, site.now, urgent=True, kind=case.kind)
        new = opening.NewReport(**{**vars(new), "text": text})
        return opening.join(session, REPORTER, case, first, new, site.now).number

    return site.do(cry)


def seen(site: Site, who: str, number: str) -> Page:
    return site.as_(who).get(f"/console/cases/{number}")


def next_step(page: Page) -> str:
    return page.html.partition('class="case-next"')[2].partition('class="moves"')[0]


def asked_first(page: Page) -> bool:
    """Tell whether the page asks beside the next step, rather than among all other moves."""
    moves = page.html.partition('class="moves"')[2].partition("more-moves")[0]
    return "有学生人身安全危险：转为紧急" in moves


def test_retaliation_is_not_called_danger_to_a_child_and_its_words_are_read_first(
    site: Site,
) -> None:
    number = open_case(site, kind="tip")
    report = retaliated(site, number)
    for who in ("leader", "operator", "supervisor"):
        step = next_step(seen(site, who, number))
        assert "反映人称受到打击报复：先确认由谁接手" in step
        assert DANGER not in step
        assert report in step
        assert THREAT in step
    step = next_step(seen(site, "reviewer", number))
    assert "反映人称受到打击报复，还没有人确认接手" in step


@pytest.mark.parametrize("at", ["25:99", "24:00", "昨晚 9：60"])
def test_a_time_that_no_clock_shows_is_asked_again(site: Site, at: str) -> None:
    number = open_case(site, urgent=True)
    typed = {**CALLED, "police_at": at, "leader_told": "yes"}
    page = on_case(site, "operator", number, "acknowledge", **typed)
    assert page.status == 422
    assert "这不是一天里的时间，请写成 10:05 这样" in page.text
    form = f"/console/cases/{number}/acknowledge"
    assert page.form(form).fields["police_at"] == [at]
    assert page.send(form, police_at="昨晚 9：50 左右").status == 200
    assert not seen(site, "operator", number).offers(form)


def test_a_newer_cry_stands_first(site: Site) -> None:
    number = open_case(site)
    retaliated(site, number)
    retaliated(site, number, "又打来电话威胁我。")
    step = next_step(seen(site, "leader", number))
    assert "又打来电话威胁我" in step
    assert THREAT not in step


def test_danger_that_nobody_took_over_is_not_forgotten_over_retaliation(site: Site) -> None:
    number = open_case(site, urgent=True)
    assert DANGER in next_step(seen(site, "operator", number))
    retaliated(site, number)
    step = next_step(seen(site, "operator", number))
    assert "受到打击报复，孩子也可能正处于危险" in step
    on_case(site, "operator", number, "acknowledge", **CALLED, leader_told="yes")
    retaliated(site, number)
    step = next_step(seen(site, "operator", number))
    assert "孩子" not in step
    assert THREAT in step


def test_a_leader_is_not_asked_whether_the_leader_was_told(site: Site) -> None:
    number = open_case(site)
    retaliated(site, number)
    form = f"/console/cases/{number}/acknowledge"
    assert "leader_told" in seen(site, "operator", number).form(form).names
    page = seen(site, "leader", number)
    assert "leader_told" not in page.form(form).names
    assert "未报告" not in page.text
    refused = page.send(form, police_called="yes")
    assert "请写明由谁、何时报警" in refused.text
    assert "请先报告分管领导" not in refused.text
    page = on_case(site, "leader", number, "acknowledge", **CALLED)
    assert not case_of(site, number).countersign
    assert "已报告分管领导" in page.text


def test_a_leader_who_does_not_call_the_police_still_needs_other_eyes(site: Site) -> None:
    number = open_case(site)
    retaliated(site, number)
    on_case(site, "leader", number, "acknowledge", police_called="no", reason="已当面约见反映人")
    assert case_of(site, number).countersign


def test_a_report_that_nobody_could_call_urgent_is_raised_to_it(site: Site) -> None:
    number = open_case(site)
    page = seen(site, "operator", number)
    assert asked_first(page)
    page = page.send(f"/console/cases/{number}/raise_urgency", reason=" ")
    assert page.status == 422
    assert "请填写这一项" in page.text
    page = page.send(f"/console/cases/{number}/raise_urgency", reason=HUNGRY)
    assert "已转为紧急" in page.text
    assert DANGER in next_step(page)
    assert page.offers(f"/console/cases/{number}/acknowledge")
    assert "3月3日(周二) 11:00" in page.text  # one hour, whatever the hour
    assert HUNGRY in page.text
    assert not page.offers(f"/console/cases/{number}/raise_urgency")
    assert case_of(site, number).rank == URGENT
    page = page.send(f"/console/cases/{number}/acknowledge", leader_told="yes", **CALLED)
    assert DANGER not in next_step(page)
    assert not asked_first(page)
    assert "有学生人身安全危险" in page.text  # and once more, should it come to that


def test_a_case_under_way_is_raised_among_its_other_moves(site: Site) -> None:
    number = dispatched(site, "school")
    assert not asked_first(seen(site, "handler", number))
    page = on_case(site, "handler", number, "raise_urgency", reason=HUNGRY)
    assert DANGER in next_step(page)
    again = site.as_("operator").post(f"/console/cases/{number}/raise_urgency", reason=HUNGRY)
    assert again.status == 409
    assert "这个办件已经是紧急事项，正等待确认接手" in again.text
    assert HUNGRY in again.text  # what was typed is not lost


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("school", 403),
        ("inspector", 403),
        ("reviewer", 403),
        ("leader", 403),
        ("auditor", 403),
        ("stranger", 404),
    ],
)
def test_whoever_may_not_raise_a_case_changes_nothing(site: Site, who: str, status: int) -> None:
    number = dispatched(site, "school")
    refused = site.as_(who).post(f"/console/cases/{number}/raise_urgency", reason=HUNGRY)
    assert refused.status == status
    assert not case_of(site, number).urgent


def test_what_is_over_is_not_raised(site: Site) -> None:
    number = open_case(site, kind="question")
    on_case(site, "operator", number, "answer", text="九月一日", way="telephone")
    page = seen(site, "operator", number)
    assert not page.offers(f"/console/cases/{number}/raise_urgency")
    late = site.as_("operator").post(f"/console/cases/{number}/raise_urgency", reason=HUNGRY)
    assert late.status == 409


def test_the_reporter_reads_the_promise_and_not_the_reason(site: Site) -> None:
    got = reported(site)
    on_case(site, "operator", the_case(site, got.number).number, "raise_urgency", reason=HUNGRY)
    page = letter(site, got)
    assert "有人接手 最晚 今天 11:10" in page.text
    assert HUNGRY not in page.html
    assert "紧急" not in page.text.partition("您还可以")[0]


def test_the_unit_does_not_read_why_a_case_was_raised(site: Site) -> None:
    number = dispatched(site, "school")
    on_case(site, "handler", number, "raise_urgency", reason=HUNGRY)
    item = item_of(site, number).id
    assert HUNGRY not in site.as_("school").get(f"/unit/items/{item}").html
