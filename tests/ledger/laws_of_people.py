"""Who may do what, and who must: second persons, danger, tips, roles, scope (laws 4, 10, 11)."""

from collections import defaultdict
from collections.abc import Callable

from caseflow.ledger.states import (
    CASE_EDGES,
    ITEM_EDGES,
    OPEN_CASE_STATES,
    SYSTEM,
    TO_RECTIFY,
)
from caseflow.people.permissions import OFFICE, PERMISSIONS
from tests.ledger.snapshot import Row, Said, Snapshot

GIVEN = ("dispatch", "dispatch_anew", "designate")
"""The moves that say which unit verifies an item."""

# Second persons


def a_reason_is_countersigned_by_somebody_else(seen: Snapshot) -> None:
    for case in seen.cases.values():
        waits: set[int | None] = set()
        for one in seen.said[case.id]:
            if one.verb == "acknowledge":
                card = one.facts
                waits |= set() if card["police_called"] and card["leader_told"] else {one.user}
            elif one.verb == "countersign":
                assert one.user not in waits, "second person: own reason countersigned"
                waits = set()
            assert not (waits and one.verb == "close"), "second person: closed uncountersigned"
        assert case.countersign == bool(waits), "second person: the countersignature is forgotten"


def a_decision_is_looked_at_by_somebody_else(seen: Snapshot) -> None:
    for case in seen.cases.values():
        decided: Said | None = None
        for one in seen.said[case.id]:
            if one.verb == "second_look":
                assert decided is not None, "second person: looked at nothing"
                assert one.user != decided.user, "second person: looked at the own decision"
            elif one.verb == "decline" or (one.verb == "answer" and case.kind != "question"):
                decided = one
                if "proposed_by" in one.facts:
                    asked = [p.asked_by for p in seen.proposals if p.decided_at == one.at]
                    assert asked, "second person: approved without a proposal"
                    continue
                started = {c.started_at for c in _of(seen, case.id, "second_look")}
                assert one.at in started, "second person: a decision nobody looks at"


def _of(seen: Snapshot, case_id: int, name: str) -> list[Row]:
    return [c for c in seen.clocks.values() if c.case_id == case_id and c.name == name]


# Danger to a child


def danger_stops_only_for_a_person(seen: Snapshot) -> None:
    """An urgent immediate clock ends by a named person's card, or for a fresh one."""
    for clock in seen.clocks.values():
        urgent = clock.name == "immediate" and seen.policies[clock.policy_id].urgent
        if urgent and clock.ended_at is not None:
            at_once = [o for o in seen.said[clock.root_case_id] if o.at == clock.ended_at]
            by = {o.verb for o in at_once if o.user is not None or o.verb == "retaliation"}
            assert by & {"acknowledge", "retaliation"}, "danger: its clock stopped without a person"


def danger_that_was_raised_is_promised(seen: Snapshot) -> None:
    """From when somebody says so, by the urgent rule, in place of the ordinary promise."""
    for case in seen.cases.values():
        promised = _of(seen, case.id, "immediate")
        urgent = {c.started_at for c in promised if seen.policies[c.policy_id].urgent}
        for one in seen.said[case.id]:
            if one.verb == "raise_urgency":
                assert case.urgent, "danger: raised, and the case is not urgent"
                assert one.at in urgent, "danger: raised, and nobody need take over"
        running = [c for c in promised if c.ended_at is None]
        assert len(running) <= 1, "danger: the ordinary promise runs beside the urgent one"


# Tips (design §3, law 10)


def a_tip_is_shielded(seen: Snapshot) -> None:
    for case in seen.cases.values():
        if case.kind != "tip":
            continue
        reported = seen.under(case.unit_id)
        for one in seen.said[case.id]:
            if one.verb in GIVEN and "text" in one.facts:
                assert one.facts["unit"] not in reported, "tip: the unit reported verifies itself"
                known = case.unit_id is not None or one.facts.get("none_listed")
                assert known, "tip: it went out before its unit was said"
            if one.verb == "find":
                assert one.role in ("inspector", "handler", "supervisor"), "tip: found by a unit"
            if one.role == "unit" and one.verb != "order_answered":
                theirs = seen.users[one.user].unit_id not in reported
                assert theirs or one.item_state == "rectifying", (
                    "tip: the unit reported had it in hand"
                )
    for report in seen.reports.values():
        assert report.kind != "tip" or report.disclosure == "withheld", "tip: not withheld"


def a_complaint_is_found_by_its_unit(seen: Snapshot) -> None:
    for case in seen.cases.values():
        verifies: dict[int | None, int] = {}
        for one in seen.story(case.id):
            if one.verb in GIVEN:
                verifies[one.item] = one.facts["unit"]
            if one.verb == "find" and case.kind != "tip" and one.role in ("handler", "supervisor"):
                kind = seen.units[verifies[one.item]].kind
                assert kind in ("office", "section"), "kind: the office found for a unit"


# Law 11: nobody acts outside their scope


def nobody_acts_beyond_role_and_scope(seen: Snapshot) -> None:
    edges = {(e.move, e.source): e.who for e in CASE_EDGES}
    edges |= {(e.move, f"item {e.source}"): e.who for e in ITEM_EDGES}
    for case in seen.cases.values():
        story = seen.story(case.id)
        turns = _Turns(case, story)
        for one in story:
            if one.case_id != case.id:
                turns.after(one)
                continue
            place = one.state if one.item is None else f"item {one.item_state}"
            who = edges.get((one.verb, place))
            if who is not None:
                allowed = PERMISSIONS[who] if who != SYSTEM else ("system",)
                assert one.role in allowed, f"law 11: {one.role} may not {one.verb}"
            if one.user is not None:
                _in_scope(seen, case, one, turns)
            turns.after(one)
        if case.handler_id is not None:
            assert _sees(seen, case, case.handler_id), "law 11: the handler may not see the case"


class _Turns:
    """Whose turn it is with each item: unit and inspector until the finding, then the other.

    `about`: which unit the matter was known to be about; `lies`: where it lay, `bound`: whose
    office had to sign for it.
    """

    def __init__(self, case: Row, said: list[Said]) -> None:
        named = [one.facts["was"] for one in said if one.verb == "name_unit"]
        self.about: int | None = named[0] if named else case.unit_id
        self.unit: dict[int | None, int] = {}
        self.inspector: dict[int | None, int | None] = defaultdict(lambda: None)
        self.asked: dict[int | None, set[int]] = defaultdict(set)
        self.lies: str = case.registered_in
        self.bound: str | None = None

    def after(self, one: Said) -> None:
        if one.verb in ("pass_on", "receive", "send_back", "take_back", "go_along"):
            self.bound = one.facts["to"] if one.verb == "pass_on" else None
            moved = one.verb in ("receive", "go_along")
            self.lies = one.facts["to"] if moved else self.lies
        elif one.verb == "name_unit":
            self.about = one.facts["unit"]
        elif one.verb in GIVEN:
            self.unit[one.item] = one.facts["unit"]
            self.inspector[one.item] = one.facts.get("inspector")
        elif one.verb == "ask_assistance":
            self.asked[one.item].add(one.facts["unit"])
        elif one.verb == "reassign":
            self.inspector[one.item] = one.facts["inspector"]
        elif one.verb == "hand_over":
            self.inspector |= dict.fromkeys(one.facts.get("items", ()), one.facts.get("inspector"))
        elif one.verb == "find" and one.facts["result"] in TO_RECTIFY:
            self.unit[one.item] = one.facts["unit"]


def _in_scope(seen: Snapshot, case: Row, one: Said, turns: _Turns) -> None:
    user = seen.users[one.user]
    assert (user.id, turns.about) not in seen.recusals, "law 11: a recused person acted"
    if one.verb == "order_answered" and user.role == "unit":
        assert user.unit_id == seen.orders[one.facts["order"]].unit_id, "law 11: not their order"
    elif one.verb == "answer_assistance":
        assert user.unit_id in turns.asked[one.item], "law 11: nobody asked this unit"
    elif user.role == "unit":
        assert user.unit_id == turns.unit[one.item], "law 11: a unit out of turn"
    elif user.role == "inspector":
        assert user.id == turns.inspector[one.item], "law 11: an inspector out of turn"
    elif one.verb in ("receive", "send_back"):
        assert user.area_code == turns.bound, "law 11: another office answered"
    else:
        lay = seen.areas[turns.lies]
        assert _in_area(seen, lay, user.id), "law 11: a stranger acted"


def no_open_case_is_left_behind(seen: Snapshot) -> None:
    """Whoever handles an accepted case is in office, here, and need not keep away."""
    for case in seen.cases.values():
        if case.state not in OPEN_CASE_STATES[1:] or case.handler_id is None:
            continue
        user = seen.users[case.handler_id]
        assert user.active, "no owner: the handler left"
        assert user.role in OFFICE, "no owner: the handler is elsewhere"
        assert _sees(seen, case, user.id), "no owner: the handler may not see the case"


def what_is_handed_over_was_theirs(seen: Snapshot) -> None:
    """The handler only from whoever had the case; every time for a reason."""
    for case in seen.cases.values():
        handler: int | None = None
        for one in seen.said[case.id]:
            if one.verb in ("hand_over", "fall_back") and "handler" in one.facts:
                assert handler in (None, one.facts["giver"]), "handing over: not theirs to give"
            if one.verb == "hand_over":
                assert one.facts["reason"], "handing over: without a reason"
            handler = one.facts.get("handler", handler)


def _in_area(seen: Snapshot, lies: Row, user_id: int) -> bool:
    """Tell whether somebody answers for where a case lies: by its own columns, or by its area's."""
    path = (lies.district, lies.county, lies.city, lies.province)
    return seen.users[user_id].area_code in path


def _sees(seen: Snapshot, case: Row, user_id: int) -> bool:
    recused = (user_id, case.unit_id) in seen.recusals
    return _in_area(seen, case, user_id) and not recused


LAWS: tuple[Callable[[Snapshot], None], ...] = (
    a_reason_is_countersigned_by_somebody_else,
    a_decision_is_looked_at_by_somebody_else,
    danger_stops_only_for_a_person,
    danger_that_was_raised_is_promised,
    a_tip_is_shielded,
    a_complaint_is_found_by_its_unit,
    nobody_acts_beyond_role_and_scope,
    no_open_case_is_left_behind,
    what_is_handed_over_was_theirs,
)
