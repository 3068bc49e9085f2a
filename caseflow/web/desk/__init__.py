"""The telephone desk: one screen on which a shift writes down what people say.

The same sheet serves four doors: telephone, window, letter, and what other offices hand down.
"""

from caseflow.web.desk import calls, duty, fragments, handover, page, paste, pieces, streams
from caseflow.web.desk.frame import blueprint

__all__ = [
    "blueprint",
    "calls",
    "duty",
    "fragments",
    "handover",
    "page",
    "paste",
    "pieces",
    "streams",
]
