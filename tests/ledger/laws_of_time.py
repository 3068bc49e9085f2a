"""What must hold of clocks, rungs and orders after every step (design §3, laws 6 and 7)."""

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise

import chinese_calendar

from caseflow.ledger.tables import NEVER
from tests.ledger.laws_of_orders import DOCUMENTS, unsigned
from tests.ledger.snapshot import Row, Snapshot

SHANGHAI = timedelta(hours=8)
DAY = timedelta(days=1)

# What may go on running after the end (documents outlive their case), and what a clock that counts
# as kept was kept by.
OF_DOCUMENT = {"draft", "answer"}
OF_SENDER = {"report_back", "signed_back"}
OVER = {
    "answered": {"oversee", "second_look", "immediate", "consent"} | OF_DOCUMENT | OF_SENDER,
    "declined": {"oversee", "second_look", "immediate", "notice"} | OF_DOCUMENT | OF_SENDER,
    "referred": {"oversee", "immediate", "notice"} | OF_DOCUMENT | OF_SENDER,
    "merged": OF_DOCUMENT,
    "closed": {"oversee", "immediate", "consent"} | OF_DOCUMENT,
}
DONE_BY_REPLY = {"answer", "reply", "reply_delivered", "countersign", "answer_later"}
KEPT_BY = {
    "immediate": {"answer", "dispatch", "decline", "refer", "conclude", "acknowledge"}
    | {"conclude_withdrawn", "merge", "supplement"},
    "report_back": {"send_report_back"},
    "signed_back": {"sign_report_back"},
    "sign_for": {"sign_for"},
    "verify": {"find"},
    "rectify": {"submit"},
    "check": {"return", "strike_off"},
    "decide": {"reject_objection", "dispatch_anew", "designate", "grant", "refuse"}
    | {"grant_case", "refuse_case"},
    "consent": {"consent_withdrawal", "refuse_withdrawal"}
    | {"decline", "refer", "refuse_proposal"}
    | {"shelve", "refuse_shelving", "move_milestone", "refuse_milestone"}
    | {"exclude", "refuse_exclusion", "step_up", "refuse_step_up"},
    "milestone": {"meet_milestone"},
    "reply": DONE_BY_REPLY,
    "resolve": DONE_BY_REPLY,
    "notice": DONE_BY_REPLY | {"tell", "notice_sent", "accept", "decline", "refer", "take_in"},
    "call_back": {"close", "reopen", "call_back", "explain", "reply_delivered"},
    "assist": {"answer_assistance", "record_assistance"},
    "receive": {"receive", "send_back"},
    "oversee": {"oversee"},
    "second_look": {"second_look"},
    "draft": {"order_issued"},
    "answer": {"order_answered"},
}
OF_ORDER = {
    "draft": {"order_issued"},
    "sign_for": {"order_signed", "order_answered"},
    "answer": {"order_answered"},
    "check": {"order_accepted", "order_returned"},
}
OF_ITEM = ("sign_for", "verify", "rectify", "assist", "check", "decide", "consent")


def a_kept_promise_has_its_deed(seen: Snapshot) -> None:
    deeds = defaultdict(set)
    for said in seen.said.values():
        for one in said:
            deeds[one.case_id, one.at].add((one.verb, one.item))
            if one.verb == "record_assistance":  # kept when it was said on the telephone
                at = datetime.fromisoformat(one.facts["kept_at"])
                deeds[one.case_id, at].add((one.verb, one.item))
    for clock in seen.clocks.values():
        if clock.state == "met":
            done = deeds[clock.root_case_id, clock.ended_at]
            ours = clock.name not in OF_ITEM or clock.order_id is not None
            verbs = {v for v, item in done if ours or item == clock.item_id}
            kept_by = KEPT_BY if clock.order_id is None else OF_ORDER
            assert verbs & kept_by[clock.name], f"law 7: {clock.name} counts as kept, by nothing"


def what_is_over_owes_nothing(seen: Snapshot) -> None:
    for case in seen.cases.values():
        if case.state in OVER:
            later = seen.later(case.id)
            alive = [c for c in seen.alive(case.id) if c.order_id is None]
            running = {c.name for c in alive if c.report_id not in later}
            allowed = OVER[case.state] - (set() if case.urgent else {"immediate"})
            assert running <= allowed, f"law 7: {running - allowed} runs on in {case.state}"


def an_open_case_is_promised(seen: Snapshot) -> None:
    for case in seen.cases.values():
        names = {clock.name for clock in seen.alive(case.id)}
        if case.state in ("received", "accepted", "handling", "awaiting_reporter", "replying"):
            waits = OF_SENDER if case.state == "replying" else set()
            assert names & {"resolve", *waits}, f"law 7: no resolve clock in {case.state}"
            _replies_are_promised(seen, case)
        if case.state == "calling_back":
            assert names & {"call_back", *OF_SENDER}, (
                "law 7: nothing urges the call-back, or what follows it"
            )
        of_itself = case.reviews is None and not case.urgent
        if case.state in ("received", "accepted") and of_itself:
            assert "immediate" in names, "law 7: nobody must handle it at once"


def _replies_are_promised(seen: Snapshot, case: Row) -> None:
    told = {clock.report_id for clock in seen.clocks.values() if clock.name == "notice"}
    owed = {c.report_id for c in seen.alive(case.id) if c.name == "reply"}
    got = {
        reply.report_id
        for reply in seen.replies
        if reply.round == case.reopened and reply.delivered_at is not None
    }
    for report in seen.first_reports(case.id):
        assert report.id in told or case.reviews, "law 7: the reporter was promised no word"
        assert report.id in owed | got, "law 7: the reporter was promised no reply"


def the_work_list_sorts_by_what_burns(seen: Snapshot) -> None:
    soonest: dict[int, datetime] = {}
    for clock in seen.clocks.values():
        if clock.state == "running":
            root = clock.root_case_id
            soonest[root] = min(clock.due, soonest.get(root, NEVER))
    for case in seen.cases.values():
        assert case.next_due == soonest.get(case.id, NEVER), "law 7: the work list sorts wrongly"


def the_holder_of_an_item_is_promised(seen: Snapshot) -> None:
    """Exactly the clock of whoever holds the item runs while the case is at work, and else none."""
    wanted = {
        "dispatched": {"sign_for", "verify"},
        "objected": {"verify", "decide"},
        "verifying": {"verify"},
        "rectifying": {"rectify"},
        "submitted": {"check"},
    }
    for item in seen.items.values():
        case = seen.cases[item.case_id]
        at_work = case.state == "handling" or case.resume_to == "handling"
        alive = [c.name for c in seen.alive(case.id) if c.item_id == item.id]
        alive = [name for name in alive if name != "assist"]  # of those beside the holder
        expected = set(wanted.get(item.state, set())) if at_work else set()
        if item.state in ("rectifying", "objected") and item.signed_at is None and at_work:
            expected.add("sign_for")
        if any(one.item_id == item.id and one.outcome is None for one in seen.extensions):
            expected.add("decide")
        wishes = (*seen.withdrawals, *seen.step_ups)
        if any(one.item_id == item.id and one.outcome is None for one in wishes):
            expected.add("consent")
        assert len(alive) == len(set(alive)), "law 7: a clock runs twice"
        assert set(alive) == expected, f"law 7: item clocks {set(alive)} in {item.state}"


# What a unit objects to (退单)


def objections_are_bounded(seen: Snapshot) -> None:
    """In five working days from the dispatch, twice at the most, and never to what was designated;
    the second one is the leader's to decide.
    """
    for item_id in seen.items:
        given, times, final = None, 0, False
        for one in seen.of_item(item_id):
            if one.verb in ("dispatch", "dispatch_anew"):
                given = one.at
            if one.verb == "object":
                assert given is not None, "objection: to nothing"
                days = working_days(day_of(given), day_of(one.at))
                assert days <= 5, f"objection: after {days} working days"
                assert not final, "objection: to what the leader designated"
                times += 1
                assert times <= 2, "objection: a third one"
            if one.verb in ("reject_objection", "dispatch_anew"):
                assert times < 2, "objection: the second one is the leader's to decide"
            if one.verb == "designate":
                assert times == 2, "objection: designated too early"
                final = True


# Law 6: rungs


def rungs_come_once_and_in_order(seen: Snapshot) -> None:
    climbed: dict[int, list[Row]] = defaultdict(list)
    for rung in seen.rungs:
        assert rung.planned_at <= rung.at, "law 6: a rung before its moment"
        if not rung.cause:  # what came before its date: laws_of_stepping
            climbed[rung.clock_id].append(rung)
    for clock_id, rungs in climbed.items():
        numbers = [rung.n for rung in rungs]
        first, entered = numbers[0], seen.clocks[clock_id].entered
        before = _climbed_before(seen, climbed, seen.clocks[clock_id])
        assert first <= max(2, before + 1, entered + 1), "law 6: a rung is missing below the first"
        all_of_them = [n for n in range(first, numbers[-1] + 1) if n > entered or n in numbers]
        assert numbers == all_of_them, "law 6: a rung is missing"
        assert seen.clocks[clock_id].last_rung == numbers[-1], "law 6: the clock forgot its rung"
        _only_the_newest_sends(seen, seen.clocks[clock_id], rungs)
    for clock in seen.clocks.values():
        if clock.state == "running" and clock.due <= seen.now:
            told = climbed[clock.id] or _climbed_before(seen, climbed, clock)
            assert told, f"law 6: {clock.name} is overdue and nobody was told"


def _climbed_before(seen: Snapshot, climbed: dict[int, list[Row]], clock: Row) -> int:
    """Return the last rung of what this promise follows: it held before, or holds again."""
    link = seen.clocks.get(clock.follows)
    while link is not None and not climbed.get(link.id):
        link = seen.clocks.get(link.follows)
    return int(climbed[link.id][-1].n) if link is not None else 0


def rungs_of_one_sweep_come_as_time_went(seen: Snapshot) -> None:
    """Whatever clocks of a case stood still: its history reads in the order of the moments."""
    swept: dict[tuple[int | None, datetime], list[datetime]] = defaultdict(list)
    for rung in sorted(seen.rungs, key=lambda one: one.id):
        swept[rung.case_id, rung.at].append(rung.planned_at)
    for (case_id, _), moments in swept.items():
        assert case_id is None or moments == sorted(moments), "law 6: out of order"


def _only_the_newest_sends(seen: Snapshot, clock: Row, rungs: list[Row]) -> None:
    """Where somebody ended a clock between two passes of a sweep, nobody is to be told; where
    somebody let it stand still there, the newer rung comes when it runs again.
    """
    last = rungs[-1]
    silent = last.superseded and clock.state == "running" and not unsigned(seen, clock, last)
    assert not silent or _stood_still(seen, clock, last.at, NEVER), (
        "law 6: the newest rung sent nothing"
    )
    for one, after in pairwise(rungs):
        late = after.planned_at <= one.at
        put_off = one.superseded and _stood_still(seen, clock, one.at, after.at)
        put_off = put_off or unsigned(seen, clock, one)
        assert one.superseded == late or put_off, "law 6: an old rung sent beside a newer one"


def _stood_still(seen: Snapshot, clock: Row, since: datetime, until: datetime) -> bool:
    """Tell whether a clock began to stand still between two moments."""
    return any(
        pause.clock_id == clock.id and since <= pause.started_at <= until for pause in seen.pauses
    )


def documents_are_drafted_once(seen: Snapshot) -> None:
    of_rungs = sorted(r.id for r in seen.rungs if r.action in DOCUMENTS and not r.superseded)
    assert of_rungs == sorted(o.rung_id for o in seen.orders.values()), "law 6: drafts and rungs"


def what_stands_still_does_not_climb(seen: Snapshot) -> None:
    rungs: dict[int, list[datetime]] = defaultdict(list)
    for rung in seen.rungs:
        rungs[rung.clock_id].append(rung.at)
    for pause in seen.pauses:
        until = pause.ended_at or seen.now
        for at in rungs[pause.clock_id]:
            between = pause.started_at < at < until
            assert not between, "law 6: a clock that stood still climbed"


def day_of(moment: datetime) -> date:
    """Return the day it is in Shanghai."""
    return (moment.astimezone(UTC) + SHANGHAI).date()


def last_day(due: datetime) -> date:
    """Return the day that a due moment belongs to; 24:00 belongs to the day it ends."""
    return day_of(due - timedelta(microseconds=1))


@cache
def working_days(after: date, until: date) -> int:
    days = (after + n * DAY for n in range(1, (until - after).days + 1))
    return sum(1 for day in days if chinese_calendar.is_workday(day))


LAWS: tuple[Callable[[Snapshot], None], ...] = (
    a_kept_promise_has_its_deed,
    what_is_over_owes_nothing,
    an_open_case_is_promised,
    the_work_list_sorts_by_what_burns,
    the_holder_of_an_item_is_promised,
    objections_are_bounded,
    rungs_come_once_and_in_order,
    rungs_of_one_sweep_come_as_time_went,
    documents_are_drafted_once,
    what_stands_still_does_not_climb,
)
