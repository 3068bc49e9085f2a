"""An item under a document of a higher level is that level's to strike off (issue: "Items under an
order or listing are struck off only by the level that issued it").

Escalation knows the documents and says which level; the ledger keeps it beside the item.
"""

from caseflow.errors import NotPermitted
from caseflow.ledger.tables import Item
from caseflow.people.actor import Actor

RESERVED = "这个问题项正由上级督办，只能由签发督办文书的一级验收销号"


def reserve(item: Item, level: str | None) -> None:
    """Let only people of `level` strike an item off; None: whoever else may."""
    item.reserved_for = level


def is_free_for(actor: Actor, item: Item) -> bool:
    """Tell whether an item is struck off by somebody of this level."""
    return item.reserved_for is None or item.reserved_for == actor.level


def require_level(actor: Actor, item: Item) -> None:
    """Raise NotPermitted where the item is another level's to strike off."""
    if not is_free_for(actor, item):
        raise NotPermitted(RESERVED)
