"""Deliberate faults in the life of documents, like those of `faults`."""

from caseflow.escalation import answers, order_gate, sweep
from caseflow.escalation.tables import OrderAnswer
from caseflow.ledger.moves import check
from tests.ledger import scenes_of_orders as scenes
from tests.ledger.faults import Fault
from tests.ledger.scenes import silence

FAULTS: dict[str, Fault] = {
    "whoever wrote an order signs it": Fault(
        lambda: [(order_gate, "_four_eyes", lambda *_: "")],
        scenes.signed_by_another,
        "order: signed by whoever wrote it",
    ),
    "an order follows a unit that has the item no longer": Fault(
        lambda: [(answers, "lift_moot", lambda *_: 0)],
        scenes.taken_away,
        "order: a former holder is urged",
    ),
    "anybody strikes off what a higher level wants": Fault(
        lambda: [(check, "require_level", lambda *_: None)],
        scenes.struck_off_above,
        "order: struck off below",
    ),
    "documents of a shelved case go on": Fault(
        lambda: [(order_gate, "_is_open", lambda *_: True)],
        scenes.on_the_books,
        "shelving: .* moved|order: answered, and .* runs",
    ),
    "whoever must keep away has a say in a document": Fault(
        lambda: [(order_gate, "is_kept_from", lambda *_: False)],
        scenes.kept_away,
        "order: order_edited by whoever must keep away",
    ),
    "an answer that came back is anybody's guess": Fault(
        lambda: [(answers, "_answers", lambda *_: [OrderAnswer()])],
        scenes.signed_by_another,
        "order: nobody knows what came back",
    ),
    "one silence brings documents twice": Fault(
        lambda: [(sweep, "_put_off", lambda *_: frozenset())],
        scenes.ignored,
        "order: hunted for its signature and its answer",
    ),
    "nor one about an item": Fault(
        lambda: [(sweep, "_put_off", lambda *_: frozenset())],
        silence,
        "order: hunted for its receipt and for its work",
    ),
    "an order reserves nothing": Fault(
        lambda: [(answers, "reserve", lambda *_: None)],
        scenes.struck_off_above,
        "order: the item is anybody's",
    ),
}
