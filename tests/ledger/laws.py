"""What must hold after every step (design §4), asked of plain rows and of the history alone.

No law calls the code it judges. A law that is broken says its number and what was wrong.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import func, select

from caseflow.ledger.states import TO_RECTIFY
from caseflow.ledger.tables import Case
from caseflow.ledger.verify import verify_chains
from tests.ledger import (
    laws_of_assisting,
    laws_of_endings,
    laws_of_excluding,
    laws_of_merging,
    laws_of_more_time,
    laws_of_orders,
    laws_of_oversight,
    laws_of_passing,
    laws_of_pauses,
    laws_of_people,
    laws_of_reporting,
    laws_of_reviews,
    laws_of_rules,
    laws_of_shelving,
    laws_of_signing,
    laws_of_splitting,
    laws_of_stepping,
    laws_of_time,
    laws_of_triage,
    laws_of_visits,
)
from tests.ledger.snapshot import Row, Snapshot, take
from tests.ledger.world import World

SHANGHAI = timedelta(hours=8)


def hold(world: World) -> None:
    """Raise AssertionError, naming the law, when one does not hold."""
    world.session.flush()
    lengths = select(func.count(), func.sum(Case.head_n))
    state = (world.now.replace(microsecond=0), tuple(world.session.execute(lengths).one()))
    if state == world.checked:
        return  # the last step was refused, and left nothing
    seen = take(world.session, world.now, world.standing)
    verdict = verify_chains(world.session)
    assert verdict.fits, f"law 8: {verdict.line}"
    for law in every_law():
        law(seen)
    world.checked, world.taken = state, seen.taken


def every_law() -> tuple[Callable[[Snapshot], None], ...]:
    """Return the laws of every module."""
    others = (laws_of_people, laws_of_rules, laws_of_time, laws_of_pauses, laws_of_orders)
    others = (*others, laws_of_more_time, laws_of_endings, laws_of_merging, laws_of_passing)
    others = (*others, laws_of_shelving, laws_of_triage, laws_of_excluding, laws_of_oversight)
    others = (*others, laws_of_signing, laws_of_visits, laws_of_reviews, laws_of_assisting)
    others = (*others, laws_of_splitting)
    others = (*others, laws_of_stepping, laws_of_reporting)
    return (*LAWS, *(law for module in others for law in module.LAWS))


# Law 3: one move, one transaction


def an_entry_has_its_event(seen: Snapshot) -> None:
    told = Counter((one.case_id, one.verb) for said in seen.said.values() for one in said)
    emitted = Counter({key: n for key, n in seen.events.items() if key[0] is not None})
    # That a report back can be written now is told beside the move that brought it.
    emitted = Counter({key: n for key, n in emitted.items() if key[1] != "report_back_owed"})
    assert told == emitted, f"law 3: entry without event, or the other way round: {told - emitted}"
    for case in seen.cases.values():
        assert case.head_n == len(seen.said[case.id]), "law 3: the head is not the last entry"


# Law 4: four eyes


def nobody_strikes_off_their_own_work(seen: Snapshot) -> None:
    for item in seen.items.values():
        if item.state == "struck_off":
            assert item.struck_off_by not in _hands(seen, item), "law 4: struck off by a hand"


def _hands(seen: Snapshot, item: Row) -> set[int | None]:
    """Return who worked on an item, by the history: its handlers too, from the dispatch on."""
    told = seen.of_item(item.id)
    worked = {e.user for e in told if e.verb in ("sign_for", "hand_in", "find", "submit")}
    sent = next(e.id for e in told if e.verb == "dispatch")
    [over] = [e for e in told if e.verb == "strike_off"]
    handlers: set[int | None] = set()
    for one in seen.story(over.case_id):
        if one.facts.get("handler") and one.id < over.id:
            handlers = {one.facts["handler"], *(handlers if one.id > sent else ())}
    return worked | handlers


def work_is_handed_in_on_new_evidence(seen: Snapshot) -> None:
    for item_id in seen.items:
        fresh = False
        for one in seen.of_item(item_id):
            if one.verb == "hand_in":
                fresh = True
            ends = one.verb == "submit" or (
                one.verb == "find" and one.facts["result"] not in TO_RECTIFY
            )
            assert fresh or not ends, "law 4: handed in without new evidence"
            if one.verb in ("find", "return"):
                fresh = False


# Law 5: a case closes only by the rules


def a_case_closes_by_the_rules(seen: Snapshot) -> None:
    for case in seen.cases.values():
        if case.state in ("replying", "calling_back", "closed"):
            _items_are_done(seen, case)
        if case.state in ("answered", "calling_back", "closed"):
            _everybody_has_a_reply(seen, case)
        if case.state == "closed":
            _called_back(seen, case)


def _items_are_done(seen: Snapshot, case: Row) -> None:
    mine = [item for item in seen.items.values() if item.case_id == case.id]
    over = ("struck_off", "withdrawn", "statutory")
    assert all(item.state in over for item in mine), "law 5: an item is still open"
    if not mine and case.reviews is None:
        assert case.kind in ("question", "suggestion"), "law 5: replied without any item"
    if not mine:
        return
    ours = {None} | {item.id for item in mine}
    told = [one for one in seen.story(case.id) if one.item in ours]
    again = max((one.id for one in told if one.verb == "reopen"), default=0)
    since = [one for one in told if one.id > again]
    if any(one.verb in ("strike_off", "statutory") for one in since):
        return
    said = next((one for one in since if one.verb == "conclude_withdrawn"), None)
    assert said is not None, "law 5: replied with nothing of this round but what was withdrawn"
    gone = {one.item for one in since if one.verb == "consent_withdrawal"}
    asked = {w.asked_by for w in seen.withdrawals if w.item_id in gone and w.outcome == "consented"}
    assert gone, "law 5: reopened without a successor item"
    assert said.user not in asked, "law 5: whoever withdrew it all went on to the reply"


def _everybody_has_a_reply(seen: Snapshot, case: Row) -> None:
    got = {
        reply.report_id
        for reply in seen.replies
        if reply.round == case.reopened and reply.delivered_at is not None
    }
    owed = {report.id for report in seen.first_reports(case.id)}
    assert owed <= got, "law 5: past the reply without one"


def _called_back(seen: Snapshot, case: Row) -> None:
    closed = next(one for one in reversed(seen.said[case.id]) if one.verb == "close")
    calls = [c for c in seen.calls if c.case_id == case.id and c.round == case.reopened]
    each = [[c for c in calls if c.report_id == one] for one in {c.report_id for c in calls}]
    told = {reply.explains for reply in seen.replies if reply.delivered_at is not None}
    settled = bool(calls) and all(_heard(some, told) for some in each)
    unheard = any(some[-1].satisfied is False and some[-1].id not in told for some in each)
    assert not unheard, "law 5: closed over the head of somebody who was not satisfied"
    decided = closed.role == "supervisor" and bool(calls)
    fair = not case.call_back or settled or decided
    assert fair, "law 5: closed without a satisfied call-back"


def _heard(calls: list[Row], told: set[int | None]) -> bool:
    """Tell whether somebody was satisfied, had it explained, or was tried often enough."""
    days = {(call.at + SHANGHAI).date() for call in calls if not call.reached}
    tried = len(days) >= 3 and not any(call.reached for call in calls)
    return tried or bool(calls[-1].satisfied) or calls[-1].id in told


def a_message_counts_once_the_channel_took_it(seen: Snapshot) -> None:
    told = {
        one.facts["reply"]: one.at
        for said in seen.said.values()
        for one in said
        if one.verb == "reply_delivered"
    }
    for reply in seen.replies:
        if reply.way == "message":
            said_at = told.get(reply.id)
            assert reply.delivered_at == said_at, "law 5: a message counts before it was taken"


# Numbers (design §2)


_ORDER = re.compile(r"教督(.)〔(\d{4})〕(\d+)-(\d+)号")
_PERIODS = {"办": "SO", "通": "CI", "约": "IN", "挂": "LI", "问": "AC"}


def numbers_have_no_gaps(seen: Snapshot) -> None:
    given: dict[tuple[str, str], list[int]] = defaultdict(list)
    for report in seen.reports.values():
        given[report.area_code, report.day].append(report.seq)
    for case in seen.cases.values():
        given[case.registered_in, str(case.year)].append(case.seq)
    for order in seen.orders.values():
        if order.number is not None:
            found = _ORDER.fullmatch(order.number)
            assert found, "numbers: an order's number cannot be read"
            given[found[3], _PERIODS[found[1]] + found[2]].append(int(found[4]))
    counted = {(row.area_code, row.period): row.value for row in seen.tallies}
    assert set(counted) == set(given), "numbers: counted for nothing"
    for place, numbers in given.items():
        whole = list(range(1, counted[place] + 1))
        assert sorted(numbers) == whole, "numbers: one is missing or given twice"


LAWS: tuple[Callable[[Snapshot], None], ...] = (
    an_entry_has_its_event,
    nobody_strikes_off_their_own_work,
    work_is_handed_in_on_new_evidence,
    a_case_closes_by_the_rules,
    a_message_counts_once_the_channel_took_it,
    numbers_have_no_gaps,
)
