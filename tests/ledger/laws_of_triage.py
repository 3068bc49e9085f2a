"""What must hold of what is proposed for a case, and decided by somebody else."""

from collections.abc import Callable

from tests.ledger.snapshot import Snapshot

MAY_END = ("received", "accepted", "handling")


def a_proposal_is_decided_by_other_eyes(seen: Snapshot) -> None:
    """Nobody decides what they proposed; what was approved is what happened, and says so."""
    for one in seen.proposals:
        assert one.decided_by != one.asked_by, "proposal: whoever proposed decided"
        at = [said for said in seen.said[one.case_id] if said.at == one.decided_at]
        ends = [said for said in at if said.verb == one.move and "proposed_by" in said.facts]
        if one.outcome == "approved":
            [said] = ends
            assert said.user == one.decided_by, "proposal: somebody else ended it"
            assert said.facts["proposed_by"] == one.asked_by, "proposal: nobody proposed it"
            assert said.facts["code"] == one.code, "proposal: for another reason"
        else:
            assert not ends, "proposal: it happened, unapproved"
        if one.outcome == "refused":
            assert "refuse_proposal" in {said.verb for said in at}, "proposal: refused unseen"


def what_waits_for_a_decision_is_promised(seen: Snapshot) -> None:
    """One proposal at the most waits, where the case can still be ended so, with its promise."""
    waits = {one.case_id: one for one in seen.proposals if one.outcome is None}
    assert len(waits) == sum(one.outcome is None for one in seen.proposals), "proposal: two wait"
    wished = {one.shelving_id for one in seen.milestones if one.wish_until}
    shelved = {s.case_id for s in seen.shelvings if s.outcome is None or s.id in wished}
    left_out = {one.case_id for one in seen.exclusions if one.outcome is None}
    for case in seen.cases.values():
        alive = [c for c in seen.alive(case.id) if c.name == "consent" and c.case_id == case.id]
        # Each has the same kind of promise.
        asked = (case.id in waits) + (case.id in shelved) + (case.id in left_out)
        assert len(alive) == asked, "proposal: it is not promised, or for nothing"
    for one in waits.values():
        state = seen.cases[one.case_id].state
        assert state in MAY_END, f"proposal: undecided in {state}"
        since = [s for s in seen.said[one.case_id] if s.at > one.asked_at]
        assert not any(s.verb == "accept" for s in since), "proposal: outlives its acceptance"


def a_supplement_is_asked_for_once(seen: Snapshot) -> None:
    """Before anything was decided, and the case comes back to where that is."""
    for case in seen.cases.values():
        asked = [one for one in seen.said[case.id] if one.verb == "supplement"]
        assert len(asked) <= 1, "supplement: asked for twice"
        waits = case.state == "awaiting_reporter" and case.resume_to == "received"
        accepted = bool(asked) and any(
            one.verb == "accept" and one.n < asked[0].n for one in seen.said[case.id]
        )
        assert not accepted, "supplement: asked for after it was accepted"
        if waits:
            assert asked, "supplement: waited for, and not asked for"
        silent = [one for one in seen.said[case.id] if one.facts.get("code") == "unsupplemented"]
        ends = [one for one in seen.said[case.id] if one.verb == "resume"]
        for one in silent:
            swept = [e for e in ends if e.facts["by"] == "sweep" and e.n < one.n]
            assert swept, "supplement: declined as not supplemented, and nobody was silent"


def nobody_is_told_what_nobody_decided(seen: Snapshot) -> None:
    """While a supplement is waited for, nothing is merged in, and nobody told of a decision."""
    for told in seen.said.values():
        waits = False
        for one in told:
            waits = one.verb == "supplement" or (waits and one.verb != "resume")
            undecided = waits and one.verb in ("take_in", "tell")
            assert not undecided, f"supplement: {one.verb}, and nobody had decided"


LAWS: tuple[Callable[[Snapshot], None], ...] = (
    a_proposal_is_decided_by_other_eyes,
    what_waits_for_a_decision_is_promised,
    a_supplement_is_asked_for_once,
    nobody_is_told_what_nobody_decided,
)
