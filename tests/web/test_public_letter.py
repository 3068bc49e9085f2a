"""What the tracking letter says in each state of a case, and what it never says."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.intake import tracking
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.moves import check, closing, items, triage, work
from caseflow.ledger.moves.items import Dispatch
from caseflow.ledger.moves.work import Result
from caseflow.ledger.report_tables import Report
from caseflow.ledger.states import CASE_STATES
from caseflow.ledger.tables import Case, Item
from caseflow.web.public import letter as words_of
from tests.ledger.test_main_job import blob
from tests.web.public_door import count, letter, move, reported, statements, the_case
from tests.web.site import Site


def through_the_work(session: Session, site: Site, case_id: int) -> None:
    """Lead a case to its reply: item, dispatch, finding, evidence, struck off."""
    office, now = site.office, site.now
    triage.accept(session, office["handler"], case_id, now)
    [item] = items.split(session, office["handler"], case_id, ["食堂卫生"], now)
    items.dispatch(
        session, office["handler"], item.id, Dispatch(office.units["academy"], "请核查"), now
    )
    work.sign_for(session, office["academy"], item.id, now)
    found = Result("substantiated", "冰箱里有过期食材")
    work.find(session, office["academy"], item.id, found, now)
    later = now + timedelta(hours=1)
    work.hand_in(session, office["academy"], item.id, blob(session, later), "a.png", later)
    work.submit(session, office["academy"], item.id, "已更换供应商", later)
    check.strike_off(session, office["reviewer"], item.id, "照片清楚", later)


def test_nothing_of_the_work_shows_before_the_reply(site: Site) -> None:
    got = reported(site, unit=str(site.office.units["school"]))
    case = the_case(site, got.number)
    site.do(lambda session: through_the_work(session, site, case.id))
    site.later(hours=2)
    page = letter(site, got)
    assert "我们正在准备给您的答复" in page.text
    for secret in ("academy", "测试school", "属实", "过期食材", "供应商", "食堂卫生", "照片清楚"):
        assert secret not in page.text
    assert "开始核查办理" in page.text


def test_the_reply_shows_once_it_was_delivered(site: Site) -> None:
    got = reported(site)
    case = the_case(site, got.number)
    site.do(lambda session: through_the_work(session, site, case.id))
    site.later(hours=2)
    report = site.ask(lambda s: s.scalars(select(Report).filter_by(number=got.number)).one())
    move(
        site,
        got,
        lambda *args: closing.reply(*args[:-1], "属实，已整改。", "track", args[-1]),
        "handler",
        report.id,
    )
    page = letter(site, got)
    assert "我们的答复 属实，已整改。" in page.text
    assert "这件事已经办结" in page.text
    assert "最晚" not in page.text


@pytest.mark.parametrize(
    ("verb", "words", "told"),
    [
        (triage.decline, ["不属于教育事项"], ["不属于教育事项", "另一位工作人员复看"]),
        (triage.refer, ["大祥区市场监管局", "职责归属"], ["大祥区市场监管局"]),
        (triage.answer, ["可以在户籍地报名"], ["可以在户籍地报名", "当场答复"]),
    ],
)
def test_what_was_decided_at_once_is_told(
    site: Site, verb: Callable[..., Any], words: list[str], told: list[str]
) -> None:
    got = reported(site, kind="question")
    move(site, got, verb, "supervisor", *words)
    page = letter(site, got)
    for words_told in told:
        assert words_told in page.text
    assert "职责归属" not in page.text


def test_a_broken_promise_is_owned_up_to(site: Site) -> None:
    got = reported(site)
    move(site, got, triage.accept, "handler")
    site.later(days=30)
    assert "应在 3月17日(周二) 24:00 前完成，现已超期" in letter(site, got).text


def test_a_letter_that_is_printed_names_the_day(site: Site) -> None:
    page = letter(site, reported(site, danger="1"))
    assert '<span class="no-print">最晚 今天 11:00</span>' in page.html
    assert '<span class="only-print">最晚 3月3日(周二) 11:00</span>' in page.html


def test_every_state_of_a_case_has_its_words() -> None:
    """But for a merged one, whose reports are another case's, and for a void one, of which nobody
    outside has a receipt: it came from a spreadsheet.
    """
    told = {*CASE_STATES, "replied_to", "supplementing"} - {"merged", "void"}
    assert set(words_of.STATES) == told


def test_everything_that_is_told_has_its_words() -> None:
    own = {"received", "asked", "answered", "resume", "replied", "explained"}
    own |= {"added", "retaliation", "close"}
    assert set(words_of.STEPS) == {*tracking.TOLD, *own}


def test_a_letter_costs_the_same_however_long_the_story_is(site: Site) -> None:
    got = reported(site)
    costs = []
    for _ in range(2):
        asked = site.nobody().get("/track")
        with statements(site) as run:
            page = asked.send("/track", number=got.number, code=got.code)
        costs.append(len(run))
        for _ in range(3):
            page = page.send("/track/add", text="补充")
        move(site, got, triage.note, "handler", "内部记录")
    assert costs[0] == costs[1] == 11
    assert "内部记录" not in letter(site, got).text
    assert count(site, Entry) > 4
    assert count(site, Case) == 1
    assert count(site, Item) == 0
