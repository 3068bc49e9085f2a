"""What must hold of what units answer, by the history and the posts alone."""

from collections.abc import Callable

from tests.ledger.snapshot import Snapshot


def a_units_answer_is_its_heads(seen: Snapshot) -> None:
    """A unit's finding or submission names who signed, and is by the hand of who has the post."""
    heads = {row.user_id for row in seen.posts if row.duty == "unit_head"}
    for told in seen.said.values():
        for one in told:
            if one.verb in ("find", "submit") and one.role == "unit":
                assert one.facts.get("signer"), "signed off: by nobody"
                assert one.user in heads, "signed off: not by the head"


LAWS: tuple[Callable[[Snapshot], None], ...] = (a_units_answer_is_its_heads,)
