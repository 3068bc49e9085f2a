"""Deliberate faults in how a case is declined or referred, like those of `faults`."""

from typing import Any

from caseflow.errors import MoveNotAllowed
from caseflow.ledger import proposals, supplements
from caseflow.ledger.moves import proposing, triage
from tests.ledger import scenes_of_triage as scenes
from tests.ledger.faults import Fault


def _anybody(session: Any, _actor: Any, case: Any) -> Any:
    row = proposals.undecided(proposals.asked(session, case.id))
    if row is None:
        raise MoveNotAllowed("没有")
    return row


def _nothing(*_args: Any, **_kwargs: Any) -> None:
    return None


_CARRY_OUT = triage.carry_out


def _alone(*args: Any, **_proposal: Any) -> None:
    _CARRY_OUT(*args)


def _unseen(*args: Any, proposal: Any = None) -> None:
    _CARRY_OUT(*args, proposal=proposal or (args[1].person, ""))


FAULTS: dict[str, Fault] = {
    "whoever proposes approves": Fault(
        lambda: [(proposing, "_decides", _anybody)],
        scenes.proposed,
        "proposal: whoever proposed|ck_proposal_another",
    ),
    "a proposal outlives its case": Fault(
        lambda: [(proposals, "lapse", _nothing)],
        scenes.otherwise,
        "proposal: (undecided in|outlives|it is not promised)",
    ),
    "nobody knows who proposed": Fault(
        lambda: [(triage, "carry_out", _alone)],
        scenes.proposed,
        "not enough values to unpack",
    ),
    "what one person declines nobody looks at": Fault(
        lambda: [(triage, "carry_out", _unseen)],
        scenes.proposed,
        "second person: approved without a proposal",
    ),
    "a supplement is asked for twice": Fault(
        lambda: [(supplements, "ends", lambda *_: [])],
        scenes.supplemented,
        "supplement: asked for twice",
    ),
    "nobody need be silent to be declined for it": Fault(
        lambda: [(supplements, "ends", lambda *_: ["sweep"])],
        scenes.out_of_nothing,
        "supplement: declined as not supplemented",
    ),
    "what waits for a supplement takes others in": Fault(
        lambda: [(supplements, "undecided", lambda _case: False)],
        scenes.supplemented,
        "supplement: take_in, and nobody had decided",
    ),
    "two proposals wait": Fault(
        lambda: [(proposals, "undecided", _nothing)],
        scenes.proposed,
        "uq_proposal_case_id_undecided|UNIQUE constraint failed: proposal",
    ),
}
