"""Telephone calls as the desk shows them: which, when, whose turn; never the whole number."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from caseflow.clock import local
from caseflow.deadlines.rules import rules_of
from caseflow.intake import call_lists
from caseflow.intake.call_lists import Owed
from caseflow.intake.call_tables import Call, RingBack
from caseflow.intake.known import Earlier
from caseflow.people import names
from caseflow.web.clocks import clock_view
from caseflow.web.console.phoned import rows as recorded
from caseflow.web.desk.lines import earlier
from caseflow.web.edge import actor, now, rooms
from caseflow.web.locale import gettext, moment_text
from caseflow.words.calls import CALL_OUTCOMES, CALL_SETTLED

Row = dict[str, Any]


def owed(session: Session, found: Sequence[Owed]) -> list[Row]:
    """Return what is to be rung back, one row a number."""
    rules = rules_of(session)
    calls = [one.call for one in found]
    tails = call_lists.tails(session, rooms().ring, calls)
    taped = call_lists.recordings(session, [call.id for call in calls])
    return [
        _row(one.call, tails)
        | {
            "clock": clock_view(rules, one.clock, now()),
            "times": one.times,
            "recordings": recorded(taped.get(one.call.id, ())),
        }
        for one in found
    ]


def ringing(session: Session) -> list[Row]:
    """Return what rings at this moment, with the earlier cases of each number."""
    calls = call_lists.ringing(session, actor(), now())
    tails = call_lists.tails(session, rooms().ring, calls)
    people = _people(session, calls)
    return [
        _row(call, tails)
        | {
            "who": people.get(call.answered_by or call.ringing or 0, ""),
            "began_iso": call.began_at.isoformat(),
            "earlier": earlier(
                session,
                [Earlier(case, None) for case in call_lists.earlier(session, actor(), call)],
            ),
        }
        for call in calls
    ]


def lately(session: Session, before: int) -> list[Row]:
    """Return the newest calls below an id, with what became of each."""
    calls = call_lists.lately(session, actor(), before)
    tails = call_lists.tails(session, rooms().ring, calls)
    tried = call_lists.rung_back(session, {call.head_id or call.id for call in calls})
    people = _people(session, calls, tried.values())
    cases = call_lists.case_numbers(session, actor(), calls)
    taped = call_lists.recordings(session, [call.id for call in calls])
    return [
        _row(call, tails)
        | {
            "who": people.get(call.answered_by or 0, ""),
            "lasted": _lasted(call),
            "case": cases.get(call.report_id or 0, ""),
            "settled": gettext(CALL_SETTLED[call.settled]) if call.settled else "",
            "tried": _tried(tried.get(call.head_id or call.id), people),
            "again": _may_try_again(call, tried.get(call.id)),
            "recordings": recorded(taped.get(call.id, ())),
        }
        for call in calls
    ]


def _row(call: Call, tails: Mapping[int, str]) -> Row:
    return {
        "id": call.id,
        "tail": tails.get(call.id, ""),
        "withheld": call.identity_id is None,
        "at": moment_text(call.began_at),
        "outcome": call.outcome,
        "outcome_label": gettext(CALL_OUTCOMES[call.outcome]),
    }


def _people(
    session: Session, calls: Sequence[Call], tried: Collection[RingBack] = ()
) -> Mapping[int, str]:
    ids = {one for call in calls for one in (call.answered_by, call.ringing) if one}
    return names.users(session, ids | {row.by for row in tried})


def _tried(row: RingBack | None, people: Mapping[int, str]) -> Row | None:
    if row is None:
        return None
    return {"by": people.get(row.by, ""), "at": moment_text(row.at), "reached": row.reached}


def _may_try_again(call: Call, row: RingBack | None) -> bool:
    return row is not None and not row.reached and call.settled == "rung_back"


def _lasted(call: Call) -> str:
    if call.answered_at is None or call.ended_at is None:
        return ""
    return f"{local(call.answered_at):%H:%M:%S}–{local(call.ended_at):%H:%M:%S}"
