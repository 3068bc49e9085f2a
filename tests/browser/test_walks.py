"""Each door from report to closed case, in a real browser on the demo office (design §3)."""

import re
import time
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.house import House
from tests.browser.people import (
    FOUND,
    ITS_HEAD,
    ITS_PEOPLE,
    SCHOOL,
    Receipt,
    does,
    hand_in,
    hold,
    letter,
    log,
    move,
    open_case,
    photograph,
    put,
    report,
    send,
    sign,
    signed_off,
    state,
)

SECTION = "区教育局基础教育股"
PARENT = "parent@mail.example"
CALL = "午餐里有异物，孩子吃了肚子疼"
PLEASED = {
    "reached": "yes",
    "solved": "yes",
    "satisfied": "yes",
    "words": "满意",
    "whose": "reporter",
}
DISPLEASED = {
    "reached": "yes",
    "solved": "no",
    "satisfied": "no",
    "words": "还是老样子",
    "whose": "caller",
}


def at_work(page: Page, got: Receipt, task: str, to: str = SCHOOL, **more: object) -> None:
    """Accept, split, dispatch: what a handler does with a new report."""
    open_case(page, got.number)
    move(page, "accept")
    move(page, "split", matters=task)
    move(page, "item-1-dispatch", unit=to, text=task, **more)
    state(page, "办理中")


def put_right(
    house: House, task: str, photo: Path, done: str = "已更换供应商，补了留样记录"
) -> None:
    """Verify and put right, as a school does with a complaint: one signs, looks, concludes and
    submits, and its head signs each answer off.
    """
    page, head = house.as_(ITS_PEOPLE), house.as_(ITS_HEAD)
    hold(page, task)
    sign(page)
    hand_in(page, photo)
    does(page, "find", **FOUND)
    signed_off(head, task)
    hold(page, task)
    hand_in(page, photo, note="整改后")
    does(page, "submit", done=done)
    signed_off(head, task)


def answered(house: House, got: Receipt, text: str, **more: object) -> Page:
    """Strike the last item off and reply; return the handler's page."""
    reviewer, handler = house.as_("reviewer"), house.as_("handler")
    open_case(reviewer, got.number)
    move(reviewer, "item-1-strike_off", remark="照片清楚")
    state(reviewer, "待答复")
    open_case(handler, got.number)
    move(handler, "reply", text=text, **more)
    return handler


def test_a_principal_reported_by_a_teacher_never_knew_who_and_puts_it_right(
    house: House, tmp_path: Path
) -> None:
    stranger, school = house.visit(), house.as_(ITS_PEOPLE)
    handler, inspector = house.as_("handler"), house.as_("inspector")
    photo = photograph(tmp_path)
    told = "我是本校教师。校长要求各班周末有偿补课，每人每次一百元。"
    got = report(stranger, kind="tip", unit=SCHOOL, text=told, files=photo, contact="none")
    expect(letter(stranger, got)).to_contain_text("举报")

    task = "核查是否组织有偿补课"
    open_case(handler, got.number)
    move(handler, "accept")
    move(handler, "split", matters=task)
    send(handler, "item-1-dispatch", unit=SCHOOL, text=task)
    expect(handler.locator("#item-1")).to_contain_text("举报不得交给被举报单位")
    move(handler, "item-1-dispatch", unit=SECTION, inspector="刘启正", text=task)
    school.goto("/unit/")
    expect(school.locator("main")).not_to_contain_text(task)

    hold(inspector, task)
    expect(inspector.locator("main")).not_to_contain_text(told)
    sign(inspector)
    hand_in(inspector, photo)
    notice = "检查发现存在有偿补课，请立即停止并退费"
    does(inspector, "find", **FOUND, rectifying_unit=SCHOOL, rectify_text=notice)

    hold(school, notice)
    expect(school.locator("main")).to_contain_text("核查结论：属实")
    expect(school.locator("main")).not_to_contain_text(task)
    sign(school)
    hand_in(school, photo)
    does(school, "submit", done="已停止并退费")
    signed_off(house.as_(ITS_HEAD), notice)
    handler = answered(house, got, "已责令停止并退费。", way="track")
    state(handler, "已办结")
    expect(letter(stranger, got)).to_contain_text("已责令停止并退费。")


def test_a_refund_asked_for_by_telephone_is_returned_once_and_its_caller_is_pleased(
    house: House, tmp_path: Path
) -> None:
    operator, handler, reviewer = (house.as_(name) for name in ("operator", "handler", "reviewer"))
    school, photo = house.as_(ITS_PEOPLE), photograph(tmp_path)
    told = "多收了三百元资料费，一直不退"
    got = log(
        operator, phone="13800002222", name="陈女士", kind="complaint", unit=SCHOOL, text=told
    )
    task = "核查多收的资料费并退还"
    at_work(handler, got, task)
    put_right(house, task, photo, done="多收的资料费已退还")

    open_case(reviewer, got.number)
    move(reviewer, "item-1-return", reason="退费凭证只有一半学生的，请补全")
    state(reviewer, "办理中")
    hold(school, task)
    expect(school.locator("main")).to_contain_text("退费凭证只有一半学生的，请补全")
    send(school, "move-submit", done="补了")
    expect(school.locator(".error-summary")).to_be_visible()
    hand_in(school, photo)
    does(school, "submit", done="已全部退还，凭证补全")
    signed_off(house.as_(ITS_HEAD), task)

    handler = answered(house, got, "多收的资料费已全部退还。", way="telephone")
    state(handler, "待回访")
    open_case(operator, got.number)
    move(operator, "call_back", **PLEASED)
    state(operator, "已办结")
    expect(operator.locator(".case-story")).to_contain_text("满意")
    expect(letter(house.visit(), got)).to_contain_text("多收的资料费已全部退还。")


def test_a_question_at_the_window_is_answered_on_the_spot(house: House) -> None:
    operator = house.as_("operator")
    got = log(
        operator,
        "window",
        kind="question",
        text="转学要带哪些材料？",
        outcome="answer",
        answer_text="户口簿、学籍证明和转学申请表。",
    )
    expect(operator.locator("#saved-title")).to_contain_text("当场答复")
    open_case(operator, got.number)
    state(operator, "当场答复")
    expect(operator.locator(".case-items .panel")).to_have_count(0)
    expect(letter(house.visit(), got)).to_contain_text("户口簿、学籍证明和转学申请表。")


def test_window_letter_and_what_was_handed_down_come_to_their_end(house: House) -> None:
    operator, handler = house.as_("operator"), house.as_("handler")
    helped = log(operator, "window", kind="help", unit=SCHOOL, text=CALL, phone="13800004444")
    expect(operator.locator(".desk-saved")).to_contain_text("请打印回执")
    posted = log(
        operator, "letter", kind="suggestion", text="建议校门口错峰放学", address="临溪路 3 号"
    )
    operator.goto("/console/desk?channel=handed_down&new=1")
    put(
        operator.locator("#desk"),
        sender="市信访局",
        sender_number="邵信 12 号",
        report_back=True,
        kind="question",
        text="群众问：转学要带哪些材料？",
    )
    with operator.expect_navigation():
        operator.locator("#desk button[type=submit]").click()
    handed = operator.locator(".desk-saved .big-number").first.inner_text()

    task = "查明午餐异物的来源"
    at_work(handler, helped, task, to=SECTION)
    move(handler, "item-1-sign_for")
    move(handler, "item-1-find", **FOUND, rectifying_unit=SECTION)
    done = {"done": "已更换供应商", "evidence": photograph(house.home)}
    move(handler, "item-1-submit", **done)
    answered(house, helped, "已更换供应商。", way="window")
    open_case(operator, helped.number)
    move(operator, "call_back", **PLEASED)
    state(operator, "已办结")

    for number, way in ((posted.number, "letter"), (handed, "letter")):
        open_case(handler, number)
        move(handler, "accept")
        move(handler, "conclude")
        move(handler, "reply", text="感谢来信，九月起错峰放学。", way=way)
        state(handler, "已办结" if number == posted.number else "待答复")
    reported_back(house, handler, handed)
    state(handler, "已办结")
    expect(letter(house.visit(), posted)).to_contain_text("九月起错峰放学")


def reported_back(house: House, handler: Page, number: str) -> None:
    """Tell whoever handed a matter down what came of it, with a second person's eyes on it."""
    move(handler, "draft_report_back")
    supervisor = house.as_("supervisor")
    open_case(supervisor, number)
    move(supervisor, "check_report_back")
    open_case(handler, number)
    move(handler, "send_report_back", proof="邵教督函〔2026〕8号")
    move(handler, "sign_report_back", signed_by="市信访局 收发室")


def test_a_question_on_the_web_is_answered_where_it_was_asked(house: House) -> None:
    stranger, handler = house.visit(), house.as_("handler")
    got = report(stranger, kind="question", text="转学要带哪些材料？", contact="none")
    open_case(handler, got.number)
    move(handler, "accept")
    move(handler, "conclude")
    move(handler, "reply", text="户口簿和学籍证明。", way="track")
    state(handler, "已办结")
    expect(letter(stranger, got)).to_contain_text("户口簿和学籍证明。")


def test_a_complaint_by_mail_goes_on_when_its_reply_was_sent(house: House, tmp_path: Path) -> None:
    message = EmailMessage(policy=policy.SMTP)
    message["From"], message["To"] = PARENT, "office@mail.example"
    message["Subject"], message["Message-ID"] = "投诉课后服务收费", "<walk-1@mail.example>"
    message.set_content("临溪中学课后服务费收了两次，请查一查。")
    kept, number, case = house.command("mail", "deliver", given=message.as_bytes()).split()
    assert kept == "kept"
    got, handler, task = by_return(house, number), house.as_("handler"), "查明课后服务是否重复收费"
    expect(letter(house.visit(), got)).to_contain_text("投诉")
    at_work(handler, got, task)
    put_right(house, task, photograph(tmp_path))
    answered(house, got, "多收的费用已退回。", way="message")
    shown_in_time(handler, "待回访")
    expect(handler.locator(".case-head")).to_contain_text(case)
    told = [text for to, text in outgoing(house) if to == PARENT]
    assert len(told) == 3, "the receipt, the decision, the reply"
    assert all(number in text for text in told)
    texts = [text for _, text in outgoing(house)]
    assert not any(word in text for text in texts for word in ("收了两次", "已退回"))
    operator = house.as_("operator")
    open_case(operator, got.number)
    move(operator, "call_back", **PLEASED)
    state(operator, "已办结")


def outgoing(house: House) -> list[tuple[str, str]]:
    """Return address and text of the messages that left the office."""
    files = sorted((house.home / "outgoing").glob("*.eml"))
    sent = [message_from_bytes(one.read_bytes(), policy=policy.default) for one in files]
    return [(one["To"], one.get_body().get_content()) for one in sent]


def by_return(house: House, number: str) -> Receipt:
    """Wait for the receipt that the reporter gets by mail, and read it."""
    for _ in range(60):
        for to, text in outgoing(house):
            code = re.search(r"\b(?:\d{4} ){3}\d{4}\b", text)
            if to == PARENT and number in text and code:
                return Receipt(number, code[0])
        time.sleep(0.25)
    raise AssertionError("no receipt came by mail")


def shown_in_time(page: Page, word: str) -> None:
    """See that the open case comes to a state by itself; the outbox is carried out every 2 s."""
    for _ in range(60):
        if word in page.locator(".case-line").inner_text():
            return
        page.wait_for_timeout(250)
        page.reload()
    state(page, word)


def test_an_unsatisfied_caller_makes_the_office_start_again(house: House, tmp_path: Path) -> None:
    operator, handler, supervisor = (
        house.as_(name) for name in ("operator", "handler", "supervisor")
    )
    photo = photograph(tmp_path)
    got = log(operator, phone="13800003333", kind="complaint", unit=SCHOOL, text=CALL)
    task = "查明午餐异物的来源"
    at_work(handler, got, task)
    put_right(house, task, photo)
    answered(house, got, "已更换供应商。", way="telephone")
    open_case(operator, got.number)
    move(operator, "call_back", **DISPLEASED)
    state(operator, "待回访")

    open_case(supervisor, got.number)
    move(supervisor, "reopen", reason="家长说仍有异物")
    state(supervisor, "已受理")
    again = "再查午餐异物"
    open_case(handler, got.number)
    move(handler, "split", matters=again, follows=f"1. {task}")
    move(handler, "item-2-dispatch", unit=SCHOOL, text=again)
    put_right(house, again, photo)
    reviewer = house.as_("reviewer")
    open_case(reviewer, got.number)
    move(reviewer, "item-2-strike_off")
    open_case(handler, got.number)
    move(handler, "reply", text="已换掉供应商并赔偿。", way="telephone")
    open_case(operator, got.number)
    move(operator, "call_back", **PLEASED)
    state(operator, "已办结")
    expect(operator.locator(".case-line")).to_contain_text("第 1 次重新办理")


def test_nobody_strikes_off_what_they_had_a_hand_in(house: House, tmp_path: Path) -> None:
    supervisor, photo = house.as_("supervisor"), photograph(tmp_path)
    got = log(house.as_("operator"), kind="complaint", text="门口路灯坏了", place="临溪路口")
    task = "核实路灯情况"
    at_work(supervisor, got, task, to=SECTION)
    move(supervisor, "item-1-sign_for")
    move(supervisor, "item-1-find", **FOUND, rectifying_unit=SECTION)
    if supervisor.locator("#item-1-sign_for").count():
        move(supervisor, "item-1-sign_for")
    move(supervisor, "item-1-submit", done="路灯已修", evidence=photo)
    expect(supervisor.locator("#item-1-strike_off")).to_have_count(0)
    expect(supervisor.locator("#item-1 .notice-soon")).to_contain_text("何静宜")
    case = supervisor.url.partition("#")[0].rpartition("/")[2]
    supervisor.goto("/console/check")
    row = supervisor.locator("li.check", has_text=case)
    expect(row.get_by_role("link", name="查看")).to_be_visible()
    reviewer = house.as_("reviewer")
    reviewer.goto("/console/check")
    reviewer.locator("li.check", has_text=case).get_by_role("link", name="验收").click()
    move(reviewer, "item-1-strike_off")
    state(reviewer, "待答复")


# The ladder


def test_a_neglected_case_climbs_the_whole_ladder_and_its_documents_are_issued(
    long_ago: House,
) -> None:
    house, number = long_ago, long_ago.neglected()
    coming = [line.split() for line in house.command("sweep", "--dry-run").splitlines()]
    rungs = [one for one in coming if one[2:4] == [number, "sign_for"]]
    assert [int(one[4]) for one in rungs] == [2, 3, 4, 5, 6, 7]  # the reminder came on the day
    office = house.as_("supervisor")
    for day, hour, _, _, rung, _ in rungs:
        house.sweep(datetime.fromisoformat(f"{day}T{hour}+08:00"))
        office.goto(f"/console/cases/{number}")
        clock = office.locator("#item-1 .clock", has_text="签收期限")
        expect(clock).to_contain_text(LABELS[int(rung) - 1])
        expect(office.locator("main")).not_to_contain_text("问责")
    last = "T".join(rungs[-1][:2])
    assert house.command("sweep", "--now", f"{last}+0800") == "0\n", "no rung comes twice"

    for account, kinds in SIGNED_BY.items():
        signer = house.as_(account)
        for kind in kinds:
            signer.goto(f"/console/cases/{number}")
            drafts = signer.locator(".case-side li", has_text=kind).filter(has_text="拟稿")
            while drafts.count():
                drafts.first.get_by_role("link").click()
                signer.get_by_role("button", name="签发").click()
                expect(signer.locator("main")).to_contain_text("已签发")
                signer.goto(f"/console/cases/{number}")
    office.goto(f"/console/cases/{number}")
    expect(office.locator(".case-side")).to_contain_text("已签发")
    expect(office.locator(".case-side")).not_to_contain_text("拟稿")
    expect(office.locator("#item-1 .clock", has_text="签收期限")).to_contain_text("启动问责建议")


# Documents are drafts until somebody signs them, and none is called accountability before.
LABELS = (
    *("工作提醒", "催办", "督办单（拟稿）", "工作通报（拟稿）", "提醒约谈（拟稿）"),
    *("挂牌督办（拟稿）", "第 7 级督办（拟稿）"),
)
SIGNED_BY = {
    "supervisor": ("督办单", "工作通报"),
    "leader": ("提醒约谈",),
    "city": ("挂牌督办", "第 7 级督办"),
}
