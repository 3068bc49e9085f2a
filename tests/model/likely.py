"""What chance need not try often, for the model knows that it would be refused: a matter of luck
only, for the rest is tried too and must be refused by both.
"""

from collections.abc import Callable
from datetime import datetime

from tests.model import afterwards, back, days, merging, more_time
from tests.model.calling import displeased
from tests.model.case_moves import WITHOUT_ITEMS
from tests.model.handing import in_hand
from tests.model.item_moves import waiting
from tests.model.matters import Case, Refused
from tests.model.merging import ALIKE
from tests.model.office import PEOPLE, reaches
from tests.model.reviewing import CLAIMS, WITHIN, is_free
from tests.model.states import GOING, IN, OF_REVIEW, ON_ITS_WAY, OVER
from tests.model.things import Item

_RELATED = 4  # parts of parts


def _room(room: Callable[[], tuple[datetime, datetime]], *but: str) -> bool:
    """Tell whether there is room for more time, or none for one of these reasons."""
    try:
        first, last = room()
    except Refused as refused:
        return str(refused) in but
    return first <= last


def falls_to_the_case(case: Case, now: datetime) -> bool:
    """Tell whether the next sensible step is the case's and not one of its items'."""
    works = case.state in ("accepted", "handling")
    undone = works and any(x.state not in OVER for x in case.items)
    asked = case.more_time is not None or case.shelving is not None
    asked = asked or case.passage is not None or case.proposal is not None
    if case.state not in GOING:
        return could_review(case, now)
    return not undone or asked or _wants_more(case, now)


def could_review(case: Case, now: datetime) -> bool:
    """Tell whether somebody may ask the office above for a review of what they were answered."""
    last = case.review is not None and (case.review.stage == 2 or case.review.result == "redone")
    fit = case.state in IN["ask_review"] and case.kind in CLAIMS and not last
    asked = {one.n for one in case.letters.values() if (case.n, case.reopened) in one.asked}
    times = [at for n, at in case.replied.items() if n in case.letters and n not in asked]
    return fit and any(now < days.calendar_days(at, WITHIN) for at in times)


def _wants_more(case: Case, now: datetime) -> bool:
    """Tell whether more time for the case would give some to an item that is worked on."""
    worked_on = any(item.state in ("verifying", "rectifying") for item in case.items)
    return case.more_time is None and worked_on and _room(lambda: more_time.room_of_case(case, now))


def on_case(move: str, case: Case, now: datetime) -> bool:
    """Tell whether a move of a case has something to be about."""
    if move in back.MOVES:
        return back.on_case(move, case)
    if case.passage is not None and move not in ON_ITS_WAY:
        return False
    if case.review is not None and move not in OF_REVIEW:
        return False
    over = all(item.state in OVER for item in case.items)
    waited_for = case.shelving.milestones if case.shelving is not None else []
    wished = any(one.wish is not None for one in waited_for)
    about = {
        "countersign": case.countersign,
        "acknowledge": case.urgent and bool(case.alive("case", "immediate")),
        "oversee": bool(case.above),
        "second_look": bool(case.alive("case", "second_look")),
        "explain": bool(displeased(case)),
        "conclude": case.kind in WITHOUT_ITEMS and not case.items,
        "conclude_withdrawn": over and any(item.withdrawn_by for item in case.items),
        "split": over,
        "ask_review": could_review(case, now),
        "opine": case.review is not None
        and any(
            one.role == "supervisor" and reaches(one, case.area, case.about) and is_free(one, case)
            for one in PEOPLE.values()
        ),
        "pass_on": all(item.state in ("draft", *OVER) for item in case.items)
        and not (case.urgent and case.alive("case", "immediate")),
        **dict.fromkeys(("receive", "send_back", "take_back"), case.passage is not None),
        "retract": any(not one.taken_back for one in case.letters.values()),
        "hand_over": in_hand(case, case.handler)[0]
        or any(in_hand(case, one.inspector)[1] for one in case.items),
        "split_off": len(case.family()) < _RELATED,
        "extend_case": _wants_more(case, now)
        or _room(lambda: more_time.room_of_case(case, now), "extended before"),
        "grant_case": case.more_time is not None,
        "refuse_case": case.more_time is not None,
        "ask_shelving": case.shelving is None,
        "propose_decline": case.proposal is None and case.shelving is None,
        "propose_refer": case.proposal is None and case.shelving is None,
        "approve": case.proposal is not None,
        "refuse_proposal": case.proposal is not None,
        "answer_later": bool(afterwards.owed(case)),
        "shelve": case.shelving is not None,
        "refuse_shelving": case.shelving is not None,
        "move_milestone": wished,
        "refuse_milestone": wished,
        "ask_milestone": not wished,
        "ask_exclusion": case.exclusion is None and not case.left_out,
        "exclude": case.exclusion is not None,
        "refuse_exclusion": case.exclusion is not None,
        "lift_exclusion": case.left_out,
    }
    return about.get(move, True)


def of_two(case: Case, other: Case) -> bool:
    """Tell whether a case could be merged into another one, or is."""
    if case.merged_into is other:
        lent = next(one for one in other.lent if one.case is case)
        others = set(other.letters) - set(lent.letters)
        return bool(others) and not lent.apart and not merging.answered_since(lent, other)
    alike = case.kind == other.kind or {case.kind, other.kind} <= ALIKE
    alike = alike and (case.area, case.about) == (other.area, other.about)
    fit = case.state in IN["merge"] and other.state in IN["take_in"] and case is not other
    return fit and alike and all(item.state in OVER for item in case.items)


def on_item(move: str, case: Case, item: Item, now: datetime) -> bool:
    """Tell whether a move of an item has something to be about."""
    works = case.at_work or item.state in ("draft", "statutory")
    works = works and case.passage is None
    since = [one for one in (item.returned, item.found) if one is not None]
    new = item.evidence is not None and all(item.evidence > one for one in since)
    about = {
        "sign_for": item.state == "dispatched" or not item.signed,
        "hand_in": not new,
        "submit": new and item.signed,
        "dispatch": case.state in IN["dispatch"],
        "extend": item.more_time is None
        and _room(
            lambda: more_time.room_of_item(case, item, now), "extended before", "it stands still"
        ),
        "grant": item.more_time is not None,
        "refuse": item.more_time is not None,
        "withdraw": item.withdrawal is None and case.state in IN["grant_case"],
        "consent_withdrawal": item.withdrawal is not None,
        "refuse_withdrawal": item.withdrawal is not None,
        "designate": item.objections >= 2,
        "reject_objection": item.objections < 2,
        "dispatch_anew": item.objections < 2,
        "object": not item.designated and not item.returns,
        "statutory": case.at_work,
        "visit": not item.visited,
        "answer_assistance": any(one.owes for one in item.assisted),
        "record_assistance": any(one.owes for one in item.assisted),
        "release_assistance": any(one.owes for one in item.assisted),
        "share_assistance": any(one.answered and not one.shared for one in item.assisted),
        "ask_step_up": item.step_up is None and item.withdrawal is None,
        "step_up": item.step_up is not None,
        "refuse_step_up": item.step_up is not None,
        "sign_off": waiting(item) is not None,
        "unsign": waiting(item) is not None,
    }
    return works and about.get(move, True)
