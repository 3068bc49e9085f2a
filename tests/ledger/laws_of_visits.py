"""What must hold of visits, by the history alone."""

from collections.abc import Callable

from tests.ledger.snapshot import Snapshot


def two_go_and_somebody_else_judges(seen: Snapshot) -> None:
    """Nobody goes alone; neither who went nor who wrote it down strikes the item off."""
    for told in seen.said.values():
        for one in told:
            if one.verb != "visit":
                continue
            assert one.facts["persons"] >= 2, "visit: one person's word"
            hands = {one.user, *one.facts["people"]}
            judge = seen.items[one.item].struck_off_by if one.item else None
            assert judge not in hands, "visit: whoever went judged"


def where_a_visit_is_demanded_somebody_went(seen: Snapshot) -> None:
    """Nothing of a category that demands a visit is struck off without one."""
    demanded = {row.category for row in seen.demands}
    for item in seen.items.values():
        if item.state != "struck_off" or seen.cases[item.case_id].category not in demanded:
            continue
        verbs = [one.verb for one in seen.of_item(item.id)]
        assert "visit" in verbs[: verbs.index("strike_off")], "visit: demanded, and nobody went"


LAWS: tuple[Callable[[Snapshot], None], ...] = (
    two_go_and_somebody_else_judges,
    where_a_visit_is_demanded_somebody_went,
)
