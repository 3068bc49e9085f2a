"""The courses that cases of the demo office take. Each yields the moment it waits for."""

from collections.abc import Callable

from caseflow.demo.story import Story
from caseflow.demo.timeline import Script
from caseflow.ledger.moves import (
    asking,
    check,
    closing,
    excluding,
    explaining,
    proposing,
    triage,
    urgency,
)
from caseflow.ledger.moves.heard import Heard
from caseflow.ledger.moves.urgency import DangerCard

PLEASED = Heard(reached=True, solved=True, satisfied=True, words="处理得及时，满意")
DISPLEASED = Heard(reached=True, solved=False, satisfied=False, words="只退了一部分，不满意")
NOT_REACHED = Heard(reached=False)

STAGES = (
    "received",
    "accepted",
    "split",
    "dispatched",
    "signed",
    "found",
    "submitted",
    "struck_off",
    "replied",
    "closed",
)


def path(s: Story, until: str = "closed", after: str = "") -> Script:
    """Take the way of a complaint, a call for help or a tip as far as the stage `until`, from the
    beginning or from the stage that follows `after`.
    """
    begin = STAGES.index(after) + 1 if after else 0
    for stage in STAGES[begin : STAGES.index(until) + 1]:
        yield from _WAY[stage](s)


def _received(s: Story) -> Script:
    yield s.at
    s.comes_in()


def _accepted(s: Story) -> Script:
    yield s.after(minutes=25)
    s.accept()
    yield s.after(minutes=3)
    s.tell()


def _split(s: Story) -> Script:
    yield s.after(minutes=50)
    s.split()


def _dispatched(s: Story) -> Script:
    for n in range(len(s.matter.tasks)):
        yield s.after(minutes=6)
        s.dispatch(n)


def _signed(s: Story) -> Script:
    yield s.next_day("08:50")
    for n in range(len(s.items)):
        if s.item(n).state == "dispatched":
            yield s.after(minutes=4)
            s.sign(n)


def _found(s: Story) -> Script:
    yield s.next_day("10:20", 2)
    for n in range(len(s.items)):
        if s.item(n).state == "verifying":
            yield s.after(minutes=15)
            s.hand_in(n)
            yield s.after(minutes=5)
            s.find(n)


def _submitted(s: Story) -> Script:
    for n in range(len(s.items)):
        if s.item(n).state == "rectifying" and s.item(n).signed_at is None:
            yield s.next_day("09:05")
            s.sign(n, rectifies=True)
    yield s.next_day("15:40", 2)
    for n in range(len(s.items)):
        if s.item(n).state == "rectifying":
            yield s.after(minutes=10)
            s.hand_in(n, rectifies=True)
            yield s.after(minutes=5)
            s.submit(n)


def _struck_off(s: Story) -> Script:
    yield s.next_day("10:05")
    s.visits()
    for n in range(len(s.items)):
        if s.item(n).state == "submitted":
            yield s.after(minutes=12)
            s.strike_off(n)


def _replied(s: Story, next_day: str = "09:30") -> Script:
    yield s.next_day(next_day)
    reply = s.reply()
    if s.matter.who[2]:
        yield s.after(minutes=2)
        closing.delivered(s.session, reply, s.at)


def _closed(s: Story) -> Script:
    yield s.next_day("16:15")
    if s.case().state == "calling_back":
        closing.call_back(s.session, s["operator"], s.case_id, PLEASED, s.at)


_WAY: dict[str, Callable[[Story], Script]] = {
    "received": _received,
    "accepted": _accepted,
    "split": _split,
    "dispatched": _dispatched,
    "signed": _signed,
    "found": _found,
    "submitted": _submitted,
    "struck_off": _struck_off,
    "replied": _replied,
    "closed": _closed,
}


def advised(s: Story, until: str = "closed") -> Script:
    """Take the way of a question or suggestion: no items, straight to the reply."""
    yield from path(s, "accepted")
    if until == "accepted":
        return
    yield s.after(hours=1)
    closing.conclude(s.session, s[s.handler], s.case_id, s.at)
    if until != "replying":
        yield from _replied(s)


def answered(s: Story, look: bool = True) -> Script:
    """Answer on the spot; anything but a question is looked at again the next working day."""
    yield from _received(s)
    yield s.after(minutes=6)
    way = "window" if s.matter.channel == "window" else "telephone"
    triage.answer(s.session, s["operator"], s.case_id, s.matter.reply, s.at, way=way)
    if look and s.matter.kind != "question":
        yield s.next_day("09:15")
        triage.second_look(s.session, s["reviewer"], s.case_id, "答复准确", s.at)


def left_out(s: Story) -> Script:
    """Answered on the spot, and left out of the figures: the same person asked many times."""
    yield from answered(s)
    yield s.next_day("10:20")
    why = "同一人就同一问题第九次来电，每次均已答复。"
    excluding.ask_exclusion(s.session, s["handler"], s.case_id, "repeated", why, s.at)
    yield s.after(hours=4)
    excluding.exclude(s.session, s["leader"], s.case_id, "情况属实", s.at)


def declined(s: Story) -> Script:
    """Decline what a court has before it; a colleague looks at it again the next day."""
    yield from _received(s)
    yield s.after(hours=2)
    reason = "该事项正在人民法院审理中，依法应通过诉讼途径解决，不属于本办受理范围。"
    code = "lawful_way"
    triage.decline(s.session, s["supervisor"], s.case_id, reason, s.at, code=code)
    yield s.after(minutes=5)
    s.tell()
    yield s.next_day("10:00")
    triage.second_look(s.session, s["reviewer2"], s.case_id, "理由成立，已说明救济渠道", s.at)


def referred(s: Story) -> Script:
    """Refer to the authority that is competent: the handler proposes it, a supervisor decides."""
    yield from path(s, "accepted")
    yield s.after(hours=1)
    s.proposes_to_refer("区市场监督管理局", "校外食品摊点的食品安全监管由市场监督管理部门负责。")
    yield s.after(hours=2)
    proposing.approve(s.session, s["supervisor"], s.case_id, "同意转送", s.at)


def proposed(s: Story) -> Script:
    """Propose to refer it; nobody has decided yet."""
    yield from _received(s)
    yield s.after(minutes=20)
    s.proposes_to_refer("公安机关", "校门外道路的交通秩序由公安交警部门管理。")


def asked(s: Story) -> Script:
    """Dispatch, then ask the reporter for more; nobody answered yet."""
    yield from path(s, "signed")
    yield s.next_day("11:10")
    text = "为便于核实，请补充孩子所在年级、班级，以及缴费的大致时间和票据照片。"
    asking.ask(s.session, s[s.handler], s.case_id, s.report_id, text, s.at)


def added(s: Story) -> Script:
    """Ask, get the answer from the tracking page, go on."""
    yield from path(s, "signed")
    yield s.after(minutes=40)
    text = "请补充涉及的班级和大致时间。"
    asking.ask(s.session, s[s.handler], s.case_id, s.report_id, text, s.at)
    yield s.next_day("20:32")
    s.adds("是五年级(3)班，上周三和周五两个下午，有课表照片。")
    yield s.next_day("08:45")
    asking.resume(s.session, s[s.handler], s.case_id, s.at)


def needs_time(s: Story) -> Script:
    """The finding is there, and putting it right takes longer than the promise of the case."""
    yield from path(s, "found")
    yield s.after(minutes=40)
    s.asks_for_more("资助系统补录每月集中开放一次，下一次在五个工作日之后，发放到账须等补录完成。")


def extended(s: Story) -> Script:
    """The answer came late: the case is given more time, and then the unit that verifies."""
    yield from added(s)
    yield s.after(hours=1)
    s.asks_for_more("反映人补充材料后须调取全学期课表和教学日志，逐班核对。")
    yield s.after(hours=3)
    s.gets_more()
    yield s.next_day("09:10")
    s.needs_more(0, "全学期教学日志分存两个校区，正在逐班核对，需要延长。")
    yield s.after(hours=2)
    s.grants(0)


def shelved(s: Story) -> Script:
    """What is to be put right needs a budget: the leader has it shelved."""
    yield from path(s, "signed")
    yield s.next_day("10:10")
    s.asks_to_shelve("片区小学没有资源教室，须改造教室。", "列入暑期改造，由基建科负责。")
    yield s.after(hours=5)
    s.is_shelved()


def waits_for_time(s: Story) -> Script:
    """The case has more time already; the inspector just asked for some of it."""
    yield from path(s, "signed")
    yield s.next_day("10:30")
    s.asks_for_more("试卷印制单位在外地，须函询。")
    yield s.after(hours=4)
    s.gets_more()
    s.at = s.stage.days.now
    yield s.after(minutes=-50)
    s.needs_more(0, "已向印制单位发函，对方答复须五个工作日。")


def doubled(s: Story) -> Script:
    """Two items, and the handler sees that one of them is not for this office to look into."""
    yield from path(s, "split")
    yield s.after(minutes=35)
    s.asks_to_withdraw(1, "周边工地由住建部门监管，反映人已另向其反映。")


def withdrawn(s: Story) -> Script:
    """One of two items turns out to be the same as the other, and is withdrawn by somebody else."""
    yield from path(s, "signed")
    yield s.after(hours=2)
    s.asks_to_withdraw(1, "与第1项是同一件事，拆分时重复。")
    yield s.next_day("09:30")
    s.consents(1)
    yield from path(s, after="signed")


def transferred(s: Story) -> Script:
    """What was found of one item is for another authority; its outcome comes after the closure."""
    yield from path(s, "signed")
    yield s.next_day("11:20")
    s.transfers(1, "区市场监督管理局", "涉嫌无照经营，属行政处罚事项，依法移送。")
    yield from path(s, after="signed")
    yield s.next_day("15:10", 3)
    s.hears_of(1, "已立案调查，拟对房屋承租人作出行政处罚。", "市监移〔2026〕17号")


def merged(s: Story, into: str) -> Script:
    """The same matter was reported before: both are handled together."""
    yield from path(s, "accepted")
    yield s.after(hours=2)
    s.merges(into)


def passed_on(s: Story) -> Script:
    """Nobody here is competent: passed on to the city's office, which has not signed yet."""
    yield from path(s, "received")
    yield s.next_day("16:20", 3)
    s.passes_on("level", "学区划分由市里统筹，区里无权调整，请市督导办办理。")


def received_above(s: Story) -> Script:
    """Passed on to the city's office, which signs for it within the hour."""
    yield from path(s, "accepted")
    yield s.after(minutes=25)
    s.passes_on("area", "孩子就读的高中归市里管，资助申请也由市资助中心受理。")
    yield s.after(minutes=35)
    s.is_received()


def objected(s: Story) -> Script:
    """The unit signs, and says that it is not for it to look into."""
    yield from path(s, "signed")
    yield s.next_day("09:40")
    s.object_to(0)


def returned(s: Story, times: int = 1, again: bool = False, signs: bool = True) -> Script:
    """Submit and be sent back `times`; `again` submitted once more, and signed or not yet."""
    yield from path(s, "submitted")
    for n in range(times):
        yield s.next_day("09:40")
        reason = "只有一张远景照片，看不出整改前后的对比，请补充近照和台账。"
        check.return_item(s.session, s["reviewer"], s.items[0], reason, s.at)
        if n + 1 < times or again:
            yield s.after(hours=6)
            s.hand_in(0, rectifies=True)
            yield s.after(minutes=4)
            s.submit(0, signs)


def undelivered(s: Story) -> Script:
    """All struck off, the reply is refused by the reporter's mail server."""
    yield from path(s, "struck_off")
    yield s.next_day("09:30")
    reply = s.reply()
    yield s.after(minutes=40)
    closing.undeliverable(s.session, reply, s.at)


def explained(s: Story) -> Script:
    """Not satisfied; the supervisor explains and closes."""
    yield from path(s, "replied")
    yield s.next_day("16:00")
    closing.call_back(s.session, s["operator"], s.case_id, DISPLEASED, s.at)
    yield s.next_day("11:00")
    why = "退费按区课后服务收费文件，从请假的第二周算起，按实际缺的周数计算；计算单已当面出示。"
    boss = s["supervisor"]
    explaining.explain(s.session, boss, s.case_id, s.report_id, why, "telephone", s.at)


def reopened(s: Story) -> Script:
    """Not satisfied; handled anew with a successor item."""
    yield from path(s, "replied")
    yield s.next_day("16:00")
    closing.call_back(s.session, s["operator"], s.case_id, DISPLEASED, s.at)
    yield s.next_day("09:20")
    reason = "回访反映问题仍然存在，决定重新办理。"
    closing.reopen(s.session, s["supervisor"], s.case_id, reason, s.at)
    yield s.after(hours=1)
    s.split()
    yield s.after(minutes=10)
    s.dispatch(len(s.items) - 1)
    yield s.next_day("09:00")
    s.sign(len(s.items) - 1)


def missed(s: Story) -> Script:
    """Everything done, but nobody answers the telephone: one attempt so far."""
    yield from path(s, "replied")
    yield s.next_day("15:30")
    closing.call_back(s.session, s["operator"], s.case_id, NOT_REACHED, s.at)


def endangered(s: Story) -> Script:
    """A child may be in danger: taken over at once, dispatched by the shift itself."""
    yield from _received(s)
    yield s.after(minutes=9)
    card = DangerCard(police_called=False, leader_told=True, reason="双方已分开，家长在场，无伤情")
    urgency.acknowledge(s.session, s["operator"], s.case_id, card, s.at)
    yield s.after(minutes=4)
    s.accept()
    s.tell()
    yield s.after(minutes=5)
    s.split()
    yield s.after(minutes=2)
    s.dispatch(0, by="operator")
    yield s.after(minutes=35)
    s.sign(0)


def threatened(s: Story) -> Script:
    """A tip under way whose reporter now says that they are being retaliated against."""
    yield from path(s, "found")
    yield s.next_day("09:05")
    s.sign(0, rectifies=True)
    s.at = s.stage.days.now
    yield s.after(minutes=-40)
    s.adds("今天被年级组长叫去问话，问是不是我举报的，还说要调我的岗。我很害怕。", urgent=True)
