"""What a call-back brought (回访), and what of it may go on record."""

from dataclasses import dataclass, replace

from caseflow.errors import BadInput
from caseflow.ledger.moves.record import may_say

WHOSE = ("reporter", "caller")
"""The reporter's own words, or the caller's summary of them."""


@dataclass(frozen=True)
class Heard:
    """What a call-back brought: `whose` words (`WHOSE`) say it, where any do."""

    reached: bool
    solved: bool | None = None
    satisfied: bool | None = None
    words: str = ""
    whose: str = "reporter"


def sound(heard: Heard) -> Heard:
    """Return what a call brought as it goes on record: of nobody who was not reached it is said
    what they think, and who is not satisfied says why, for somebody decides by that.
    """
    said = may_say(heard.words, "words")
    if not heard.reached:
        return Heard(reached=False, words=said, whose="caller")
    if heard.solved is None or heard.satisfied is None:
        raise BadInput({"satisfied": "已接通时请记录是否解决、是否满意"})
    if not said and not heard.satisfied:
        raise BadInput({"words": "不满意的，请写明反映人怎么说"})
    if said and heard.whose not in WHOSE:
        raise BadInput({"whose": "请选择是反映人的原话，还是回访人的概括"})
    return replace(heard, words=said)
