"""What must hold of promises that were counted anew: told, kept apart, and nobody late by it."""

from collections.abc import Callable, Iterator
from datetime import datetime

from tests.ledger.snapshot import Row, Said, Snapshot

DOCUMENTS = {"supervision_order", "circular", "interview", "listed", "accountability"}
ANEW = ("recalendar", "recompute", "climb_anew")


def _told(seen: Snapshot) -> Iterator[tuple[Said, Row, Row]]:
    """Yield the entries that promises were counted anew, with the old clock and the new one."""
    for said in seen.said.values():
        for one in said:
            for fact in one.facts.get("clocks", ()) if one.verb in ANEW else ():
                yield one, seen.clocks[fact["clock"]], seen.clocks[fact["successor"]]


def what_is_counted_anew_is_told_in_its_case(seen: Snapshot) -> None:
    """The old clock is on the record, ended at that moment, and exactly one other follows it."""
    told = set()
    for entry, old, new in _told(seen):
        told.add((old.id, new.id))
        assert old.state == "superseded", "law 7: counted anew, and the old promise is gone"
        assert old.ended_at == entry.at, "law 7: counted anew at another moment than was said"
        assert new.follows == old.id, "law 7: counted anew, and something else follows"
    for clock in seen.clocks.values():
        before = seen.clocks.get(clock.follows)
        if before is None or before.state != "superseded" or clock.root_case_id is None:
            continue
        other = (before.policy_id, before.ladder_version) != (clock.policy_id, clock.ladder_version)
        assert not other or (before.id, clock.id) in told, "law 7: another rule, and nobody is told"


def nobody_becomes_late_by_a_rule(seen: Snapshot) -> None:
    for entry, old, new in _told(seen):
        due = _due_then(seen, entry, new)
        assert old.due <= entry.at or due > entry.at, "law 7: late by the change of a rule"


def _due_then(seen: Snapshot, entry: Said, new: Row) -> datetime:
    facts = [fact for fact in entry.facts["clocks"] if fact["successor"] == new.id]
    return datetime.fromisoformat(facts[0]["new_due"])


def a_ladder_moves_no_promise(seen: Snapshot) -> None:
    for entry, old, _new in _told(seen):
        if entry.verb == "climb_anew":
            facts = [fact for fact in entry.facts["clocks"] if fact["clock"] == old.id]
            assert facts[0]["old_due"] == facts[0]["new_due"], "law 7: moved by a ladder"


def no_document_is_drafted_twice_for_one_due_moment(seen: Snapshot) -> None:
    """Where a ladder changed and the promise did not, what happened never happens again."""
    did: dict[int, set[str]] = {}
    for rung in seen.rungs:
        did.setdefault(rung.clock_id, set()).add(rung.action)
    for entry, old, new in _told(seen):
        if _due_then(seen, entry, new) == old.due:
            again = did.get(old.id, set()) & did.get(new.id, set()) & DOCUMENTS
            assert not again, f"law 6: {again} once more, by another ladder"


LAWS: tuple[Callable[[Snapshot], None], ...] = (
    what_is_counted_anew_is_told_in_its_case,
    nobody_becomes_late_by_a_rule,
    a_ladder_moves_no_promise,
    no_document_is_drafted_twice_for_one_due_moment,
)
