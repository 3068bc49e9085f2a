"""What must hold of cases that are left out of the figures: asked by one, decided by another."""

from collections.abc import Callable

from tests.ledger.snapshot import Snapshot

_DECIDED = {"approved": "exclude", "refused": "refuse_exclusion"}


def an_exclusion_is_decided_by_other_eyes(seen: Snapshot) -> None:
    """Whoever asked decides nothing; what was decided stands in the history, with its reason."""
    for row in seen.exclusions:
        assert row.decided_by != row.asked_by, "exclusion: whoever asked decided"
        at = {one.verb: one for one in seen.said[row.case_id] if one.at == row.decided_at}
        if row.outcome in _DECIDED:
            said = at[_DECIDED[row.outcome]]
            assert said.user == row.decided_by, "exclusion: somebody else decided"
            assert said.facts["reason"], "exclusion: without a reason"
    for case_id, told in seen.said.items():
        left_out = sum(one.verb == "exclude" for one in told)
        back = sum(one.verb == "lift_exclusion" for one in told)
        lasting = [
            row
            for row in seen.exclusions
            if row.case_id == case_id and row.outcome == "approved" and row.lifted_at is None
        ]
        assert len(lasting) == left_out - back, "exclusion: the history says another thing"
        assert len(lasting) <= 1, "exclusion: left out twice"
        state = seen.cases[case_id].state
        assert not lasting or state in ("answered", "closed"), f"exclusion: left out in {state}"


def what_is_asked_waits_where_it_can_be_decided(seen: Snapshot) -> None:
    waits = [row.case_id for row in seen.exclusions if row.outcome is None]
    assert len(waits) == len(set(waits)), "exclusion: two wait"
    for case_id in waits:
        state = seen.cases[case_id].state
        assert state in ("answered", "closed"), f"exclusion: undecided in {state}"


LAWS: tuple[Callable[[Snapshot], None], ...] = (
    an_exclusion_is_decided_by_other_eyes,
    what_is_asked_waits_where_it_can_be_decided,
)
