"""What must hold of items that end without a check: withdrawn, or gone to a procedure of law."""

from collections.abc import Callable

from tests.ledger.snapshot import Snapshot

UNDER_WAY = ("dispatched", "objected", "verifying", "rectifying", "submitted")
WORKED = ("sign_for", "hand_in", "find", "submit")


def a_withdrawal_is_decided_by_other_eyes(seen: Snapshot) -> None:
    """Nobody consents to what they asked for, handle or worked on; what waits has its promise."""
    for one in seen.withdrawals:
        item = seen.items[one.item_id]
        assert one.decided_by != one.asked_by, "withdrawal: whoever asked decided"
        if one.outcome is None:
            wait = [c for c in seen.alive(one.case_id) if c.name == "consent"]
            assert [c for c in wait if c.item_id == item.id], "withdrawal: nobody need decide it"
            assert item.state in ("draft", *UNDER_WAY), f"withdrawal: undecided in {item.state}"
        if one.outcome != "consented":
            continue
        assert item.state == "withdrawn", f"withdrawal: granted, and the item is {item.state}"
        told = seen.of_item(item.id)
        [said] = [e for e in told if e.verb == "consent_withdrawal"]
        worked = {e.user for e in told if e.verb in WORKED}
        if any(e.verb == "dispatch" for e in told):
            handlers = [e for e in seen.story(said.case_id) if e.facts.get("handler")]
            worked |= {[e.facts["handler"] for e in handlers if e.id < said.id][-1]}
        assert one.decided_by not in worked, "withdrawal: whoever worked on it consented"


def what_ended_without_a_check_owes_nothing(seen: Snapshot) -> None:
    """Neither is struck off, each is of a round, and no promise of theirs runs on."""
    consented = {w.item_id for w in seen.withdrawals if w.outcome == "consented"}
    for item in seen.items.values():
        if item.state not in ("withdrawn", "statutory"):
            continue
        assert item.struck_off_by is None, "ending: struck off as well"
        assert item.round is not None, "ending: of no round"
        assert (item.state == "withdrawn") == (item.id in consented), "ending: without consent"
        assert bool(item.authority) == (item.state == "statutory"), "ending: to no authority"
        alive = [c for c in seen.alive(item.case_id) if c.item_id == item.id]
        assert not alive, f"ending: {alive[0].name} runs on"


def nobody_is_troubled_with_what_they_took_back(seen: Snapshot) -> None:
    """Once in each round, and from then on no question waits for them, and nobody calls them."""
    for case in seen.cases.values():
        gone: list[str] = []
        for one in seen.said[case.id]:
            if one.verb == "reopen":
                gone = []
            elif one.verb == "retract":
                assert one.facts["report"] not in gone, "taken back: twice"
                gone.append(one.facts["report"])
        first = {report.id: report.number for report in seen.first_reports(case.id)}
        for question in seen.questions:
            waits = question.case_id == case.id and question.ended_at is None
            asked = first.get(question.report_id)
            later = [
                e for e in seen.said[case.id] if e.verb == "retract" and e.at > question.asked_at
            ]
            assert not (waits and asked in [e.facts["report"] for e in later]), "taken back: asked"
        if case.state == "calling_back" and first:
            assert set(first.values()) - set(gone), "taken back: called back"


def a_withdrawn_item_marks_its_case(seen: Snapshot) -> None:
    """Only where there is a mark anybody looks whether nothing else is left."""
    for item in seen.items.values():
        case = seen.cases[item.case_id]
        if item.state == "withdrawn" and item.round == case.reopened:
            assert case.withdrawn, "ending: nobody sees that an item was withdrawn"


LAWS: tuple[Callable[[Snapshot], None], ...] = (
    a_withdrawal_is_decided_by_other_eyes,
    what_ended_without_a_check_owes_nothing,
    nobody_is_troubled_with_what_they_took_back,
    a_withdrawn_item_marks_its_case,
)
