"""The life of an order as data, read by the one gate of `escalation.orders`. Pure.

An edge says who may (a permission of `people.permissions`) and why, as `ledger.states` does.
"""

from caseflow.ledger.states import STAY, SYSTEM, Edge

ORDER_STATES = ("draft", "issued", "signed_for", "answered", "accepted", "lifted", "cancelled")
OUT = ("issued", "signed_for", "answered", "accepted", "lifted")
"""States of a document that was signed and went out: it has a number, and its unit reads it."""
OWED = ("issued", "signed_for")
"""States in which the unit that got it owes an answer."""
PENDING = ("issued", "signed_for", "answered")
"""States in which somebody still has to do something about a document that went out."""
WAITS = ("draft", "answered")
"""States in which a document waits for somebody of the office: to be signed, or judged."""
WHILE_SHELVED = ("order_edited", "order_cancelled", "order_lifted")
"""What may happen to the documents of a shelved case: nobody is held to anything meanwhile."""
STANDS = ("issued", "signed_for", "answered", "accepted")
"""States of a document that binds: issued, and not lifted."""

_LIFTED = "事情已经办妥或不再需要督办，由签发的一级解除"
_MOOT = "这一事项已改由他人办理或停止办理，文书随之解除"

ORDER_EDGES: tuple[Edge, ...] = (
    Edge("order_edited", "draft", STAY, "order.edit", "修改正文；改过的人不能签发"),
    Edge("order_issued", "draft", "issued", "order.issue", "由没有改过正文的人审核签发，自动编号"),
    Edge("order_cancelled", "draft", "cancelled", "order.issue", "不再签发，说明理由"),
    Edge("order_signed", "issued", "signed_for", "order.sign_for", "收文单位签收"),
    Edge("order_answered", "issued", "answered", "order.answer", "收文单位书面答复，视同签收"),
    Edge("order_answered", "signed_for", "answered", "order.answer", "收文单位书面答复"),
    Edge("order_accepted", "answered", "accepted", "order.judge", "答复属实、措施到位"),
    Edge("order_returned", "answered", "signed_for", "order.judge", "答复不清楚，退回重新答复"),
    *(Edge("order_lifted", state, "lifted", "order.lift", _LIFTED) for state in STANDS),
    *(Edge("order_lifted", state, "lifted", SYSTEM, _MOOT) for state in PENDING),
)

ORDER_MOVES = tuple(dict.fromkeys(edge.move for edge in ORDER_EDGES))
