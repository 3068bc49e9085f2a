"""What must hold of what comes back too often: the level above learns of each time, and says so."""

from collections import Counter
from collections.abc import Callable, Iterator

from tests.ledger.snapshot import Row, Snapshot

_TIMES = 3
_UP = ("province", "city", "county")


def whatever_comes_back_three_times_is_brought_before_the_level_above(seen: Snapshot) -> None:
    """Each time from the third on, once; counted here from the history and from nothing else."""
    keys = [
        (None if row.item_id else row.case_id, row.item_id, row.cause) for row in seen.oversights
    ]
    told = dict(Counter(keys))  # of an item wherever it was, for a part may be split off with it
    came = Counter[tuple[int | None, int | None, str]]()
    for case_id, said in seen.said.items():
        passed = 0
        for one in said:
            passed = 0 if one.verb == "receive" else passed + (one.verb == "send_back")
            came[case_id, None, "passages"] += one.verb == "send_back" and passed >= _TIMES
        for item_id, verb in _back(seen, case_id):
            place = None if item_id else case_id
            came[place, item_id, "returns" if verb == "return" else "reopenings"] += 1
    for item in seen.items.values():
        before = _objected_before(seen, item)
        came[None, item.id, "objections"] += sum(
            before + n >= _TIMES for n in range(1, item.objections + 1)
        )
    assert told == {key: n for key, n in came.items() if n}, "oversight: not as often as it came"


def _back(seen: Snapshot, case_id: int) -> Iterator[tuple[int | None, str]]:
    """Yield each time from the third on that an item was returned, or its matter taken up again;
    those that it succeeds are the same matter.
    """
    again, left = 0, Counter[int]()

    def in_all(item_id: int | None, until: int) -> int:
        times = again
        while item_id is not None:
            told = seen.of_item(item_id)
            times += sum(e.verb == "return" and e.id <= until for e in told)
            item_id = seen.items[item_id].follows
        return times

    for one in seen.story(case_id):
        here = one.case_id == case_id
        if one.verb == "split_off" and here:
            left.update(moved["id"] for moved in one.facts["items"])
        elif one.verb == "return" and here and in_all(one.item, one.id) >= _TIMES:
            yield one.item, one.verb
        elif one.verb == "reopen":
            again += 1
            known = {x.item for x in seen.story(case_id) if x.id < one.id and x.item is not None}
            times = max((in_all(x, one.id) for x in known - set(left)), default=again)
            if here and times >= _TIMES:
                yield None, one.verb


def nothing_that_came_back_is_struck_off_before_the_level_above_looked(seen: Snapshot) -> None:
    """The item itself, what it succeeds, or its whole case."""
    for item in seen.items.values():
        if item.state != "struck_off":
            continue
        line = {None, item.id}
        link = item
        while link.follows is not None:
            link = seen.items[link.follows]
            line.add(link.id)
        ended = item.struck_off_at
        for row in seen.oversights:
            if row.case_id == item.case_id and row.item_id in line and row.at < ended:
                looked = row.looked_at is not None and row.looked_at <= ended
                assert looked, "oversight: struck off, and the level above had not looked"


def _objected_before(seen: Snapshot, item: Row) -> int:
    times = 0
    while item.follows is not None:
        item = seen.items[item.follows]
        times += item.objections
    return times


def the_level_above_is_urged_while_it_has_not_looked(seen: Snapshot) -> None:
    """From the first thing that waits on, by one promise of the case; it is not merged before."""
    for case in seen.cases.values():
        waits = [r for r in seen.oversights if r.case_id == case.id and r.looked_at is None]
        urged = [c for c in seen.alive(case.id) if (c.case_id, c.name) == (case.id, "oversee")]
        assert not waits or case.state != "merged", "oversight: merged, and nobody above looked"
        wanted = 1 if waits else 0
        assert len(urged) == wanted, f"oversight: {len(urged)} promises, {wanted} wanted"
        if urged:
            began = min(row.at for row in waits)
            assert urged[0].started_at == began, "oversight: promised since another moment"


def what_is_brought_up_is_said_and_looked_into_from_above(seen: Snapshot) -> None:
    for row in seen.oversights:
        said = seen.said[row.case_id]
        up = [one for one in said if (one.verb, one.item) == ("go_up", row.item_id)]
        assert any(one.facts["times"] == row.times and one.at == row.at for one in up), (
            "oversight: the history is silent"
        )
        if row.looked_at is None:
            continue
        by = [one for one in said if one.verb == "oversee" and one.at == row.looked_at]
        assert [one.user for one in by] == [row.looked_by], "oversight: looked into by another"
        assert by[0].facts["text"] == row.said, "oversight: other words"
    for told in seen.said.values():
        for one in told:
            if one.verb == "oversee":
                _from_above(seen, one.case_id, one.user)


def _from_above(seen: Snapshot, case_id: int, user_id: int | None) -> None:
    """Where anybody of a higher area could, nobody of the case's own office looks into it."""
    case, person = seen.cases[case_id], seen.users[user_id]
    higher = {getattr(case, level) for level in _UP} - {case.county or case.city, None}
    able = {
        one.id
        for one in seen.users.values()
        if one.area_code in higher
        and one.role in ("supervisor", "leader")
        and one.active
        and (one.id, case.unit_id) not in seen.recusals
    }
    assert not able or person.id in able, "oversight: looked into by those it is about"


LAWS: tuple[Callable[[Snapshot], None], ...] = (
    the_level_above_is_urged_while_it_has_not_looked,
    nothing_that_came_back_is_struck_off_before_the_level_above_looked,
    whatever_comes_back_three_times_is_brought_before_the_level_above,
    what_is_brought_up_is_said_and_looked_into_from_above,
)
