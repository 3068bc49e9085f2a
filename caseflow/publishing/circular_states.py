"""The life of a circular as data, read by the one gate of `publishing.circular_gate`. Pure.

An edge says who may (a permission of `people.permissions`) and why, as `ledger.states` does.
"""

from caseflow.ledger.states import STAY, Edge

KINDS = ("lateness", "problem")
"""What a circular is about: that units did not act in time, or problems that were found."""

CIRCULAR_STATES = (
    "drafted",
    "checked",
    "issued",
    "published",
    "corrected",
    "withdrawn",
    "cancelled",
)
OUT = ("issued", "published", "corrected", "withdrawn")
"""States of a circular that was signed: it has a number, and its texts stay as they are."""
PUBLIC = ("published", "corrected")
"""States in which the public text stands open to everybody."""

CHECKS = {
    "lateness": ("person", "minors", "act", "small"),
    "problem": ("person", "minors", "finding"),
}
"""What a second person looks for in the texts before a circular is signed, by its kind."""

_EDITED = "修改正文或公开稿；改过的人不能核对、签发"
_CHECKED = "由没有起草、改过的人逐项核对：认不出反映人和未成年人"
_CORRECTED = "由另一人核对更正并公开；原文和更正都留存"
_WITHDRAWN = "收回，说明理由；原文留存"

CIRCULAR_EDGES: tuple[Edge, ...] = (
    Edge("circular_edited", "drafted", STAY, "circular.draft", _EDITED),
    Edge("circular_checked", "drafted", "checked", "circular.check", _CHECKED),
    Edge("circular_returned", "drafted", STAY, "circular.return", "核对不通过，退回修改"),
    Edge("circular_cancelled", "drafted", "cancelled", "circular.draft", "不再签发，说明理由"),
    Edge(
        "circular_edited",
        "checked",
        "drafted",
        "circular.draft",
        "修改后须重新核对；改过的人不能核对、签发",
    ),
    Edge("circular_returned", "checked", "drafted", "circular.return", "不予签发，退回修改"),
    Edge("circular_issued", "checked", "issued", "circular.sign", "分管领导签发，自动编号"),
    Edge("circular_cancelled", "checked", "cancelled", "circular.draft", "不再签发，说明理由"),
    Edge("circular_published", "issued", "published", "circular.publish", "公开稿向社会公开"),
    Edge("circular_withdrawn", "issued", "withdrawn", "circular.publish", _WITHDRAWN),
    *(
        edge
        for state in PUBLIC
        for edge in (
            Edge("correction_drafted", state, STAY, "circular.draft", "起草更正，说明理由"),
            Edge("correction_refused", state, STAY, "circular.publish", "更正不予公开，说明理由"),
            Edge("circular_corrected", state, "corrected", "circular.publish", _CORRECTED),
            Edge("circular_withdrawn", state, "withdrawn", "circular.publish", _WITHDRAWN),
        )
    ),
)

CIRCULAR_MOVES = tuple(dict.fromkeys(edge.move for edge in CIRCULAR_EDGES))
