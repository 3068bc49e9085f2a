"""Stories that chance tells too seldom: what is reported back to whoever handed a matter down."""

from collections.abc import Callable

from caseflow.ledger.tables import Case
from tests.ledger.reported import wants_a_report
from tests.ledger.scenes import Scene


def _steps(scene: Scene, case: Case, *steps: tuple[str, str]) -> None:
    for who, step in steps:
        scene.does(who, f"{step}_report_back", case)


def signed_for(scene: Scene) -> None:
    """Answered, drafted, checked by everybody in turn, sent late, refused, sent, signed for."""
    case = scene.world.come_in("suggestion", "")
    wants_a_report(scene.world, case)
    scene.to(case, "replying")
    scene.does("handler", "reply", case)
    assert case.state == "replying", "nobody signed, and it is over"
    scene.waits(100)
    writes = ("handler", "draft"), ("handler", "check"), ("supervisor", "check")
    _steps(scene, case, *writes, ("handler", "send"))
    scene.waits(200)
    _steps(scene, case, ("handler", "refuse"), *writes, ("handler", "send"), ("handler", "sign"))
    assert case.state == "closed", "the sender signed, and it goes on"
    scene.does("supervisor", "reopen", case)
    scene.to(case, "replying")
    scene.does("handler", "reply", case)
    _steps(scene, case, ("supervisor", "draft"), ("supervisor", "check"), ("supervisor", "waive"))


def called_and_signed(scene: Scene) -> None:
    """The reporter is pleased before the sender has signed; it was written by who would check."""
    case = scene.world.come_in("complaint", "phone", unit=False)
    wants_a_report(scene.world, case)
    scene.to(case, "calling_back")
    _steps(scene, case, ("supervisor", "draft"), ("supervisor", "check"), ("leader", "check"))
    scene.does("operator", "call_back", case)
    scene.does("supervisor", "close", case)
    _steps(scene, case, ("handler", "send"), ("handler", "sign"))
    assert case.state == "closed", "called, signed for, and it goes on"


def declined_and_merged(scene: Scene) -> None:
    """A matter that went into another one: both senders are owed, and after it is undone one."""
    case = scene.world.come_in("complaint", "phone", unit=False)
    other = scene.world.come_in("complaint", "phone", unit=False)
    wants_a_report(scene.world, case)
    scene.does("handler", "accept", other)
    scene.does("handler", "merge", case)
    scene.does("supervisor", "decline", other)
    scene.does("supervisor", "unmerge", case)
    scene.waits(100)


SCENES: tuple[Callable[[Scene], None], ...] = (signed_for, called_and_signed, declined_and_merged)
