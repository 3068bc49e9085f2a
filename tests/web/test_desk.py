"""The desk over HTTP: writing down, drafts, what is known and what is owed."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from caseflow.deadlines import clocks
from caseflow.intake import drafts
from caseflow.intake.tables import Draft
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.moves import triage
from caseflow.ledger.moves.record import of_case
from caseflow.ledger.report_tables import Attachment, Reply, Report
from caseflow.ledger.tables import INSTRUCTED, Case
from caseflow.people.tables import Recusal
from tests import office as offices
from tests.web.site import PNG, Page, Site, a_file
from tests.web.walking import on_case

DESK = "/console/desk"
CALL = {"kind": "complaint", "text": "食堂的菜里有虫", "phone": "13812345678"}
CARD = {
    "danger": "1",
    "police_called": "yes",
    "police_who": "李值班",
    "police_at": "10:05",
    "leader_told": "1",
}


def desk(site: Site, name: str = "operator", channel: str = "telephone") -> Page:
    return site.as_(name).get(f"{DESK}?channel={channel}")


def log(site: Site, channel: str = "telephone", **typed: Any) -> Page:
    return desk(site, channel=channel).send(DESK, **{**CALL, **typed})


def newest(site: Site) -> Case:
    return site.ask(lambda s: s.scalars(select(Case).order_by(Case.id.desc()).limit(1)).one())


def cases(site: Site) -> int:
    return site.ask(lambda s: s.scalar(select(func.count()).select_from(Case)) or 0)


def put_draft(page: Page, **typed: str) -> int:
    nonce = page.form(DESK).fields["nonce"][0]
    answer = page.visit.client.put(
        f"{DESK}/draft/{nonce}",
        data={"channel": page.form(DESK).fields["channel"][0], **typed},
        headers={"X-CSRFToken": page.csrf},
    )
    return answer.status_code


# Writing down


def test_a_call_becomes_a_case_and_its_numbers_are_read_aloud(site: Site) -> None:
    page = log(site)
    report = site.ask(lambda s: s.scalars(select(Report)).one())
    assert page.status == 200
    assert report.number in page.text
    assert (report.channel, report.logged_by) == ("telephone", site.office["operator"].id)
    assert newest(site).state == "received"


def test_the_next_sheet_is_empty_and_has_a_number_of_its_own(site: Site) -> None:
    page = desk(site)
    after = page.send(DESK, **CALL)
    assert after.form(DESK).fields["text"] == [""]
    assert after.form(DESK).fields["nonce"] != page.form(DESK).fields["nonce"]


def test_the_code_stands_in_the_answer_to_the_post_and_nowhere_else(site: Site) -> None:
    page = log(site)
    assert "查询码" in page.text
    assert "no-store" in page.response.headers["Cache-Control"]
    assert "查询码" not in desk(site).text


def test_from_when_until_when_the_call_lasted_stands_on_the_report(site: Site) -> None:
    began = site.now - timedelta(minutes=5)
    log(site, started=began.isoformat())
    case = newest(site)
    report = site.ask(lambda s: s.scalars(select(Report)).one())
    assert (report.call_began, report.call_ended) == (began, site.now)
    opened = site.ask(lambda s: s.scalars(select(Entry).filter_by(verb="open")).one())
    said = ["2026-03-03T01:55:00.000000Z", "2026-03-03T02:00:00.000000Z"]
    assert json.loads(opened.body)["facts"]["call"] == said
    assert "通话 09:55–10:00" in site.as_("handler").get(f"/console/cases/{case.number}").text


def test_a_report_that_nobody_telephoned_tells_of_no_call(site: Site) -> None:
    log(site, "window", started=site.now.isoformat())
    page = site.as_("handler").get(f"/console/cases/{newest(site).number}")
    assert CALL["text"] in page.text
    assert "通话" not in page.text


@pytest.mark.parametrize("channel", ["window", "letter", "handed_down"])
def test_what_was_enclosed_is_kept_with_the_report(site: Site, channel: str) -> None:
    enclosed = [a_file("来信扫描.png"), a_file("收据.png", PNG + b"2")]
    more = {"sender": "市信访局"} if channel == "handed_down" else {}
    page = log(site, channel, files=enclosed, **more)
    assert "附 2 个文件" in page.text
    names = site.ask(lambda s: s.scalars(select(Attachment.name).order_by(Attachment.id)).all())
    assert names == ["来信扫描.png", "收据.png"]
    case = site.as_("handler").get(f"/console/cases/{newest(site).number}")
    assert "来信扫描.png" in case.text


def test_an_error_elsewhere_on_the_sheet_loses_no_file(site: Site) -> None:
    page = log(site, "letter", kind="", files=[a_file("来信扫描.png"), a_file("空.png", b"")])
    assert page.status == 422
    assert "空.png”是空文件" in page.text.replace(" ", "")
    kept = page.form(DESK).fields["kept"]
    assert len(kept) == 1
    page.send(DESK, **CALL, kept=kept)
    assert site.ask(lambda s: s.scalars(select(Attachment.name)).all()) == ["来信扫描.png"]


def test_nobody_sends_a_file_by_telephone(site: Site) -> None:
    assert "files" not in desk(site).form(DESK).names
    assert "files" in desk(site, channel="letter").form(DESK).names


def test_errors_keep_everything_that_was_typed(site: Site) -> None:
    page = log(site, kind="", name="王女士", place="某某路", unit="没有的学校")
    fields = page.form(DESK).fields
    assert page.status == 422
    assert "请选择诉求类型" in page.text
    assert "名单里没有这个单位" in page.text
    assert [fields[name] for name in ("phone", "name", "place", "text", "unit")] == [
        [CALL["phone"]],
        ["王女士"],
        ["某某路"],
        [CALL["text"]],
        ["没有的学校"],
    ]
    assert cases(site) == 0


def test_the_same_sheet_sent_twice_makes_one_case_and_says_so(site: Site) -> None:
    page = desk(site)
    first = page.send(DESK, **CALL)
    second = page.send(DESK, **{**CALL, "text": "改过的话"})
    assert cases(site) == 1
    assert "先前已经保存过" in second.text
    number = site.ask(lambda s: s.scalars(select(Report.number)).one())
    assert number in first.text
    assert number in second.text


def test_a_danger_is_acknowledged_by_whoever_writes_it_down(site: Site) -> None:
    page = log(site, **CARD)
    case = newest(site)
    assert "紧急，已由您接手" in page.text
    assert case.urgent
    assert site.ask(lambda s: list(clocks.alive(s, of_case(case), "immediate"))) == []


def test_a_danger_without_its_card_is_not_saved(site: Site) -> None:
    page = log(site, danger="1")
    assert (page.status, cases(site)) == (422, 0)
    assert "请选择是否已经报警" in page.text


def test_a_reason_for_not_calling_the_police_waits_for_another_person(site: Site) -> None:
    log(site, danger="1", police_called="no", reason="孩子已由家长接走", leader_told="1")
    assert newest(site).countersign


def test_an_answer_on_the_spot_is_kept_and_gets_a_second_look(site: Site) -> None:
    page = log(site, kind="help", outcome="answer", answer_text="请先到班主任处登记")
    case = newest(site)
    assert "当场答复" in page.text
    assert case.state == "answered"
    assert site.ask(lambda s: s.scalars(select(Reply.text)).one()) == "请先到班主任处登记"
    assert "要复看 1" in desk(site).text


@pytest.mark.parametrize(("channel", "code"), [("window", True), ("letter", True)])
def test_window_and_letter_have_a_receipt(site: Site, channel: str, code: bool) -> None:
    page = log(site, channel)
    assert (newest(site).channel, "查询码" in page.text) == (channel, code)
    assert "/track，输入来件编号和查询码" in page.text


def test_what_is_handed_down_keeps_sender_number_and_due_moment(site: Site) -> None:
    page = log(
        site,
        "handed_down",
        sender="市信访局",
        sender_number="邵信12号",
        due_day="2026-03-06",
        report_back="1",
        instructed="1",
    )
    report = site.ask(lambda s: s.scalars(select(Report)).one())
    assert (report.handed_by, report.handed_number) == ("市信访局", "邵信12号")
    assert report.report_back
    assert newest(site).rank == INSTRUCTED
    assert "3月6日(周五) 24:00" in page.text
    assert "查询码" not in page.text


def test_whoever_handed_a_matter_down_is_reported_back_to(site: Site) -> None:
    said = {"sender": "市信访局", "sender_number": "邵信12号", "due_day": "2026-03-06"}
    log(site, "handed_down", **said, kind="question", report_back="1")
    number = newest(site).number
    page = site.as_("handler").get(f"/console/cases/{number}")
    assert "交办期限 3月6日(周五) 24:00" in page.text
    assert "要向来文机关回报" in page.text
    asked = "等来文机关签收办结报告"
    assert asked not in page.text
    ended = on_case(site, "operator", number, "answer", text="九月一日", way="telephone")
    assert asked in ended.text
    handler = site.as_("handler").get(f"/console/cases/{number}")
    assert "向来文机关回报：起草办结报告。" in handler.text


def test_the_unit_may_be_typed_in_part(site: Site) -> None:
    log(site, unit="academy")
    assert newest(site).unit_id == site.office.units["academy"]


def test_a_unit_that_the_operator_is_recused_from_is_left_to_a_colleague(site: Site) -> None:
    me, unit = site.office["operator"].person, site.office.units["academy"]
    site.do(lambda s: s.add(Recusal(user_id=me, unit_id=unit, reason="亲属", since=site.now)))
    page = log(site, unit="测试academy", **CARD)
    assert (page.status, cases(site)) == (422, 0)
    assert "回避关系" in page.text
    assert page.form(DESK).fields["text"] == [CALL["text"]]


@pytest.mark.parametrize("name", ["reviewer", "leader", "auditor", "inspector", "school"])
def test_only_people_of_the_desk_may_sit_there(site: Site, name: str) -> None:
    assert site.as_(name).get(DESK).status == 403


# Drafts


def test_a_draft_survives_a_reload_and_is_sealed(site: Site) -> None:
    page = desk(site)
    assert put_draft(page, text="说到一半", phone="13812345678") == 204
    again = site.as_("operator").get(DESK)
    assert again.form(DESK).fields["text"] == ["说到一半"]
    assert again.form(DESK).fields["nonce"] == page.form(DESK).fields["nonce"]
    sealed = site.ask(lambda s: s.scalars(select(Draft.sealed)).one())
    assert b"13812345678" not in sealed


def test_nobody_else_finds_a_draft(site: Site) -> None:
    page = desk(site)
    put_draft(page, text="说到一半")
    nonce = page.form(DESK).fields["nonce"][0]
    other = site.as_("handler").get(f"{DESK}?channel=telephone&sheet={nonce}")
    assert other.form(DESK).fields["text"] == [""]


def test_a_draft_is_gone_once_saved_even_when_it_arrives_late(site: Site) -> None:
    page = desk(site)
    put_draft(page, **CALL)
    page.send(DESK, **CALL)
    assert put_draft(page, **CALL) == 204
    assert site.ask(lambda s: s.scalars(select(Draft)).all()) == []
    assert desk(site).form(DESK).fields["text"] == [""]


def test_a_draft_left_behind_by_a_saved_sheet_is_never_offered(site: Site) -> None:
    page = desk(site)
    nonce, me = page.form(DESK).fields["nonce"][0], site.office["operator"].person
    page.send(DESK, **CALL)
    sealed = site.rooms.ring.seal(b"{}", f"draft:{me}:{nonce}")
    row = Draft(user_id=me, nonce=nonce, sealed=sealed, saved_at=site.now)
    site.do(lambda s: s.add(row))
    assert site.ask(lambda s: drafts.find(s, site.rooms.ring, me, nonce)) is None
    assert site.ask(lambda s: drafts.waiting(s, site.rooms.ring, me)) == []


def test_an_emptied_sheet_leaves_no_draft(site: Site) -> None:
    page = desk(site)
    put_draft(page, text="说到一半")
    put_draft(page, text="", outcome="open", disclosure="withheld")
    assert site.ask(lambda s: s.scalars(select(Draft)).all()) == []


def test_a_draft_can_be_thrown_away(site: Site) -> None:
    page = desk(site)
    put_draft(page, text="说到一半")
    nonce = page.form(DESK).fields["nonce"][0]
    after = desk(site).send(f"{DESK}/draft/{nonce}/drop")
    assert after.form(DESK).fields["text"] == [""]
    assert site.ask(lambda s: s.scalars(select(Draft)).all()) == []


def test_a_second_sheet_is_offered_beside_the_first(site: Site) -> None:
    put_draft(desk(site), text="说到一半")
    page = desk(site, channel="window")
    assert "还没保存的：" in page.text
    assert page.form(DESK).fields["text"] == [""]


# Owed


def test_the_shift_sees_danger_first_and_of_the_rest_what_is_owed_soonest(site: Site) -> None:
    late = site.do(lambda s: offices.report(s, site.now)[0]).number
    site.later(days=2)  # it is overdue by now, and a child in danger is more urgent still
    ordinary = site.do(lambda s: offices.report(s, site.now)[0]).number
    urgent = site.do(lambda s: offices.report(s, site.now, urgent=True)[0]).number
    text = site.as_("operator").get(f"{DESK}/owed").text
    assert "等待即时处置 3" in text
    assert text.index(urgent) < text.index(late) < text.index(ordinary)


def test_an_answered_case_is_owed_a_second_look_and_no_immediate_handling(site: Site) -> None:
    case = site.do(lambda s: offices.report(s, site.now, kind="help")[0])
    later = site.now + timedelta(minutes=1)
    site.do(lambda s: triage.answer(s, site.office["operator"], case.id, "已说明", later))
    text = site.as_("operator").get(f"{DESK}/owed").text
    assert "等待即时处置 0" in text
    assert "要复看 1" in text


def test_nothing_outside_the_scope_is_owed_here(site: Site) -> None:
    case = site.do(lambda s: offices.report(s, site.now, area=offices.OTHER)[0])
    assert case.number not in site.as_("operator").get(f"{DESK}/owed").text
