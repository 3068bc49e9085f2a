"""Prints the state tables in both languages from the very data that the gate reads;
`python -m tests.house.state_tables` writes docs/states.md anew (make catalogues).
"""

from collections.abc import Callable, Iterator

from caseflow import words
from caseflow.escalation.accountability_states import ACCOUNTABILITY_EDGES
from caseflow.escalation.order_states import ORDER_EDGES
from caseflow.ledger.states import CASE_EDGES, ITEM_EDGES, NOTHING, STAY, SYSTEM, Edge
from caseflow.people.permissions import PERMISSIONS
from caseflow.publishing.circular_states import CIRCULAR_EDGES
from tests.house.extraction import english
from tests.house.source import ROOT

PAGE = ROOT / "docs/states.md"
Say = Callable[[str], str]


def page() -> str:
    """Return the whole page: both tables, each in Chinese and in English."""
    catalog = english()

    def in_english(text: str) -> str:
        message = catalog.get(text)
        return str(message.string) if message and message.string else text

    lines = [
        "# 状态表 · States",
        "",
        "Printed from `ledger/states.py`, `escalation/order_states.py`,",
        "`escalation/accountability_states.py` and",
        "`publishing/circular_states.py`; a test compares. An edge without a new state is recorded",
        "and leaves the state as it is. Who may: by role, and within their area or unit.",
    ]
    for title, say in (("中文", str), ("English", in_english)):
        lines += ["", f"## {title}"]
        lines += _table(say, say("办件"), CASE_EDGES, words.CASE_STATES)
        lines += _table(say, say("问题项"), ITEM_EDGES, words.ITEM_STATES)
        lines += _table(say, say("文书"), ORDER_EDGES, words.ORDER_STATES)
        lines += _table(say, say("通报"), CIRCULAR_EDGES, words.CIRCULAR_STATES)
        file = say("责任核实案卷")
        lines += _table(say, file, ACCOUNTABILITY_EDGES, words.ACCOUNTABILITY_STATES)
    return "\n".join(lines) + "\n"


def _table(say: Say, title: str, edges: tuple[Edge, ...], states: dict[str, str]) -> Iterator[str]:
    head = [say(text) for text in ("从", "办理", "到", "谁可以", "说明")]
    yield from ("", f"### {title}", "", f"| {' | '.join(head)} |", "|---|---|---|---|---|")
    states = {NOTHING: "（旧台账）"} | states
    order = list(states)
    moves = words.MOVES | words.CIRCULAR_MOVES | words.ACCOUNTABILITY_MOVES
    for edge in sorted(edges, key=lambda edge: order.index(edge.source)):
        target = "" if edge.target == STAY else f"{say(states[edge.target])} `{edge.target}`"
        cells = (
            f"{say(states[edge.source])} `{edge.source}`".removesuffix(" ``"),
            f"{say(moves[edge.move])} `{edge.move}`",
            target,
            _who(say, edge),
            say(edge.why),
        )
        yield f"| {' | '.join(cells)} |"


def _who(say: Say, edge: Edge) -> str:
    if edge.who == SYSTEM:
        return say("系统自动")
    roles = [role for role in PERMISSIONS[edge.who] if role in words.ROLES]
    return say("、").join(say(words.ROLES[role]) for role in roles)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
