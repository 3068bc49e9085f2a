"""Deliberate faults in splitting a case, like those of `faults`."""

from typing import Any

from caseflow.deadlines import clocks
from caseflow.ledger import extensions, splits
from caseflow.ledger.moves import splitting, two_matters
from caseflow.ledger.moves.record import matter_of
from tests.ledger import scenes_of_splitting as scenes
from tests.ledger.faults import Fault


def _nothing(*_args: Any, **_kwargs: Any) -> None:
    return None


def _anew(session: Any, case: Any, part: Any, *_rest: Any) -> None:
    now = part.opened_at
    clocks.start(session, "resolve", splitting.of_case(part), matter_of(case), now)


def _only_reports(session: Any, row: Any, which: Any) -> None:
    if "report_id" in str(which):
        _CLOCKS_GO(session, row, which)


def _only_items(session: Any, row: Any, which: Any) -> None:
    if "item_id" in str(which):
        _CLOCKS_GO(session, row, which)


def _all_of_them(session: Any, case: Any, *_chosen: Any) -> list[Any]:
    return list(splitting.first_reports(session, case))


def _unsaid(session: Any, case: Any, actor: Any, verb: str, *args: Any, **kwargs: Any) -> int:
    if verb == "split_off":
        return int(case.head_n)
    return _RECORD(session, case, actor, verb, *args, **kwargs)


def _of_itself(session: Any, case_id: int) -> list[Any]:
    return [one for one in _ASKED(session, case_id) if one.row.case_id == case_id]


_ASKED = extensions.asked
_CLOCKS_GO = splitting._clocks_go
_RECORD = splitting.record


def _owed_anew(session: Any, _case: Any, part: Any, _report: Any, linked: Any, now: Any) -> None:
    subject = two_matters.of_report(part, linked.id)
    for name in ("notice", "reply"):
        clocks.start(session, name, subject, matter_of(part), now)


FAULTS: dict[str, Fault] = {
    "what a letter tells besides is promised anew": Fault(
        lambda: [(two_matters, "_promised", _owed_anew)],
        scenes.one_letter,
        "began anew",
    ),
    "a part is promised anew": Fault(
        lambda: [(splitting, "_promise", _anew)], scenes.two_matters, "splitting: a part was prom"
    ),
    "a part is promised nothing": Fault(
        lambda: [(splitting, "_promise", _nothing)], scenes.two_matters, "law 7: no resolve clock"
    ),
    "the clocks of a report that was split off are left behind": Fault(
        lambda: [(splitting, "_clocks_go", _only_items)],
        scenes.two_matters,
        "law 7: the reporter was promised no reply",
    ),
    "the clocks of an item that was split off are left behind": Fault(
        lambda: [(splitting, "_clocks_go", _only_reports)],
        scenes.two_matters,
        "law 7: item clocks",
    ),
    "a case is emptied by splitting it": Fault(
        lambda: [(splitting, "_reports", _all_of_them)],
        scenes.two_matters,
        "splitting: a case was emptied",
    ),
    "undoing a merger empties what was split": Fault(
        lambda: [(splits, "bars_undoing", lambda *_: "")],
        scenes.split_and_merged_back,
        "merging: a report was left|splitting: a case was emptied",
    ),
    "a case that was split does not say so": Fault(
        lambda: [(splitting, "record", _unsaid)], scenes.two_matters, "splitting: said"
    ),
    "what a part was given more of is given again": Fault(
        lambda: [(extensions, "asked", _of_itself)],
        scenes.split_and_merged_back,
        "extension: the same promise twice",
    ),
    "an application about an item is left behind": Fault(
        lambda: [(splitting, "_WITH_ITEM", ())],
        scenes.two_matters,
        "withdrawal: nobody need decide it",
    ),
}
