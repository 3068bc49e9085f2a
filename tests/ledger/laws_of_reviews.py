"""What must hold of reviews by the office above (复查, 复核), and of what comes after the end."""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta

from tests.ledger.laws_of_time import SHANGHAI, working_days
from tests.ledger.snapshot import Row, Snapshot

DAYS = 30
OPEN = ("accepted", "replying")
NO_PART = (
    *("note", "reveal", "hand_out", "ask_review", "reviewed", "reopen", "tell", "oversee"),
    *("exclude", "refuse_exclusion", "lift_exclusion"),
)
ENDS = ("answered", "declined", "referred", "closed")
OVER = ("answered", "replying", "calling_back", "closed")


def a_review_is_asked_once_of_the_next_office_above(seen: Snapshot) -> None:
    """In time, of an answer that was given, by one step up; the second after the first."""
    asked = Counter((row.of_report_id, row.round) for row in seen.reviews)
    assert all(n == 1 for n in asked.values()), "review: asked for twice"
    by_case = {row.case_id: row for row in seen.reviews}
    for row in seen.reviews:
        case, of = seen.cases[row.case_id], seen.cases[row.of_case_id]
        assert (case.reviews, of.kind) == (of.id, case.kind), "review: of another case"
        assert of.kind in ("complaint", "help"), "review: nobody asked for anything"
        below = seen.areas[_where_it_was_answered(seen, of, row)]
        assert case.registered_in == below.parent_code, "review: not by the next office above"
        before = by_case.get(of.id)
        assert row.stage == (1 if before is None else before.stage + 1), "review: a third one"
        got = [r.delivered_at for r in seen.replies if _is_answer(r, row)]
        assert got, "review: of no answer"
        latest = _last_day(max(at for at in got if at is not None))
        assert _day(row.asked_at) <= latest, "review: asked too late"
    linked = {case.id for case in seen.cases.values() if case.reviews is not None}
    assert linked == set(by_case), "review: a case that reviews nothing"


def _is_answer(reply: Row, row: Row) -> bool:
    theirs = reply.report_id == row.of_report_id and reply.round == row.round
    return bool(theirs and reply.delivered_at is not None and reply.delivered_at <= row.asked_at)


def _where_it_was_answered(seen: Snapshot, of: Row, row: Row) -> str:
    """Return where a case lay when its review was asked for; a district has no office itself."""
    moved = [e for e in seen.said[of.id] if e.verb == "receive" and e.at < row.asked_at]
    where = seen.areas[moved[-1].facts["to"] if moved else of.registered_in]
    return str(where.county if where.level == "district" else where.code)


def it_is_promised_by_its_own_rule(seen: Snapshot) -> None:
    """Thirty days by the calendar, rolled from a day off; nothing in it stands still."""
    of_reviews = {row.case_id: row for row in seen.reviews}
    for clock in seen.clocks.values():
        row = of_reviews.get(clock.root_case_id)
        if row is None or clock.name not in ("resolve", "reply") or clock.report_id is None:
            continue
        if seen.reports[clock.report_id].follows is None and clock.follows is None:
            policy = seen.policies[clock.policy_id]
            assert policy.category == "review", "review: promised by another rule"
            assert not policy.pausable, "review: its promise may stand still"


def an_opinion_is_somebody_elses_and_in_writing(seen: Snapshot) -> None:
    for row in seen.reviews:
        case = seen.cases[row.case_id]
        assert (row.result is None) == (case.state == "accepted"), "review: over, with no opinion"
        assert not [i for i in seen.items.values() if i.case_id == case.id], "review: investigated"
        assert case.state in (*OPEN, "closed"), f"review: {case.state}"
        if row.result is None:
            continue
        wrote = {r.text for r in seen.replies if r.report_id == row.report_id}
        assert row.grounds in wrote, "review: the opinion was not written to its reporter"
        root = seen.reports[row.root_report_id].case_id
        for other in {row.of_case_id, root}:
            parts = [e for e in seen.story(other) if e.at < row.opined_at]
            own = [e for e in parts if e.user == row.opined_by and e.verb not in NO_PART]
            assert not own, "review: an opinion on the own work"
            told = [e for e in seen.said[other] if e.at == row.opined_at and e.verb == "reviewed"]
            assert told, "review: the office below was told nothing"
        _demanded(seen, row, root)


def _demanded(seen: Snapshot, row: Row, root: int) -> None:
    """What is to be done again is taken up at once, and nothing else is."""
    number = seen.cases[row.case_id].number
    demanded = [e for e in seen.said[root] if e.facts.get("review") == number]
    again = [e for e in demanded if e.verb == "reopen"]
    over = next(e.state for e in demanded if e.verb == "reviewed")
    wanted = row.result == "redone" and over in OVER
    assert bool(again) == wanted, "review: to be done again, and is not, or the other way round"
    ordered = [e for e in again if e.facts.get("handler") == e.user]
    assert not ordered, "review: whoever ordered it again has it in hand"


def what_is_ended_was_reviewed_twice(seen: Snapshot) -> None:
    for case in seen.cases.values():
        said = [e for e in seen.said[case.id] if e.verb in ("reviewed", "reopen")]
        ended = case.reviews is None and _ends(said)  # it is the matter that ends
        assert (case.ended_at is not None) == ended, "review: ended, or not, for no reason"


def _ends(said: list[Row]) -> bool:
    """Tell whether a second review, since the matter was last taken up, let its answer stand."""
    last = max((n for n, one in enumerate(said) if one.verb == "reopen"), default=-1)
    since = said[last + 1 :]
    final = [one for one in since if one.facts["stage"] == 2 and one.facts["result"] != "redone"]
    return any(one.state in OVER for one in final)


def what_came_after_the_end_is_promised_an_answer(seen: Snapshot) -> None:
    """Whoever writes once more waits for an answer, until they have it or all is taken up anew."""
    for case in seen.cases.values():
        if any(one.verb in ("unmerge", "give_back") for one in seen.said[case.id]):
            continue  # reports came or went, with what was promised to them
        waits: set[str] = set()
        for one in seen.said[case.id]:
            report = next(
                (r for r in seen.reports.values() if r.number == one.facts.get("report")), None
            )
            if one.verb == "add" and one.state in ENDS and report is not None:
                waits.add(str(report.follows))
            elif one.verb == "reopen":
                waits.clear()
            elif one.verb == "answer_later":
                assert one.state in ENDS, "afterwards: answered apart, and not over"
                waits -= _delivered(seen, one.facts["report"], one.at)
            elif one.verb == "reply_delivered":
                reply = next(r for r in seen.replies if r.id == one.facts["reply"])
                waits.discard(str(seen.reports[reply.report_id].follows))
        later = seen.later(case.id)
        alive = [c.report_id for c in seen.alive(case.id) if c.name == "reply"]
        promised = {str(seen.reports[n].follows) for n in alive if n in later}
        if case.state in ENDS:
            assert promised == waits, "afterwards: nobody owes an answer, or for nothing"


def _delivered(seen: Snapshot, report_id: int, at: datetime) -> set[str]:
    """Return whose later word was answered at once."""
    got = [r for r in seen.replies if (r.report_id, r.at) == (report_id, at) and r.way != "message"]
    return {str(seen.reports[report_id].follows)} if got else set()


def _day(moment: datetime) -> date:
    return (moment + SHANGHAI).date()


def _last_day(answered: datetime) -> date:
    """Return the thirtieth day after an answer, or the next working day."""
    day = _day(answered) + timedelta(days=DAYS)
    while not working_days(day - timedelta(days=1), day):
        day += timedelta(days=1)
    return day


LAWS: tuple[Callable[[Snapshot], None], ...] = (
    a_review_is_asked_once_of_the_next_office_above,
    it_is_promised_by_its_own_rule,
    an_opinion_is_somebody_elses_and_in_writing,
    what_is_ended_was_reviewed_twice,
    what_came_after_the_end_is_promised_an_answer,
)
