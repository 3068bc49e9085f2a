"""Stories that chance tells too seldom, like those of `scenes`: what is withdrawn, and merged."""

from collections.abc import Callable

from tests.ledger import laws, scenes, scenes_of_triage
from tests.ledger.scenes import Scene
from tests.ledger.world import TO_SCHOOL, TO_SECTION


def withdrawn(scene: Scene) -> None:
    """All that there is to look into is withdrawn, by other eyes than ask for it and than work on
    it; then the case is taken up anew, and of two items one goes to the police.
    """
    world = scene.world
    case = world.come_in("complaint", "phone")
    item = scene.dispatched(case, TO_SCHOOL)
    scene.works("school", "withdraw", item)
    scene.works("school", "sign_for", item)
    scene.works("supervisor", "hand_in", item)
    scene.works("school", "object", item)
    for again in range(2):
        scene.works("supervisor" if again else "handler", "withdraw", item)
        scene.waits(30)
        for who in ("handler", "reviewer", "supervisor", "brother"):
            scene.works(who, "consent_withdrawal", item)
        scene.works("leader", "consent_withdrawal" if again else "refuse_withdrawal", item)
    for who in ("handler", "supervisor", "leader"):
        scene.does(who, "conclude_withdrawn", case)
    scene.to(case, "closed")
    scene.does("supervisor", "reopen", case)
    draft = scene.split_off(case)
    scene.works("handler", "withdraw", draft)
    scene.works("handler", "consent_withdrawal", draft)
    scene.works("supervisor", "statutory", draft)
    item = scene.dispatched(case, TO_SCHOOL)
    scene.works("supervisor", "consent_withdrawal", draft)
    scene.works("supervisor", "statutory_outcome", item)
    for who in ("handler", "brother", "supervisor"):
        scene.works(who, "statutory", item)
    scene.works("school", "sign_for", item)
    scene.to(case, "closed")
    scene.works("handler", "statutory_outcome", item)


def again_withdrawn(scene: Scene) -> None:
    """Struck off, not satisfied, and the successor is withdrawn: what was struck off before does
    not carry the case to its reply.
    """
    case = scene.world.come_in("complaint", "phone", unit=False)
    scene.dispatched(case, TO_SCHOOL)
    scene.to(case, "replying")
    scene.does("supervisor", "reopen", case)
    item = scene.dispatched(case, TO_SCHOOL)
    scene.works("supervisor", "withdraw", item)
    for who in ("supervisor", "leader"):
        scene.works(who, "consent_withdrawal", item)
    scene.waits(24)
    for who in ("supervisor", "leader"):
        scene.does(who, "conclude_withdrawn", case)


def left_withdrawing(scene: Scene) -> None:
    """What is declined while somebody waits for a withdrawal waits no more; nor does what is
    struck off, or goes to a procedure of law.
    """
    case = scene.world.come_in("complaint", "phone", unit=False)
    first, second = scene.dispatched(case, TO_SCHOOL), scene.dispatched(case, 1)
    for item in (first, second):
        scene.works("handler", "withdraw", item)
    scene.works("supervisor", "statutory", first)
    draft = scene.split_off(case)
    scene.works("handler", "withdraw", draft)
    scene.does("supervisor", "decline", case)
    scene.works("supervisor", "consent_withdrawal", draft)
    scene.waits(48)
    scene.does("supervisor", "reopen", case)
    scene.works("handler", "dispatch", draft, TO_SCHOOL)
    scene.works("handler", "withdraw", draft)
    scene.to(case, "replying")
    scene.waits(24)


def taken_back(scene: Scene) -> None:
    """A reporter who is asked something takes the matter back, and again; all of it is withdrawn,
    and nobody is called. Taken up anew it may be taken back once more.
    """
    case = scene.world.come_in("complaint", "phone")
    item = scene.dispatched(case, TO_SCHOOL)
    scene.does("handler", "ask", case)
    for who in ("auditor", "school", "operator", "handler"):
        scene.does(who, "retract", case)
    scene.waits(24)
    scene.works("handler", "withdraw", item)
    scene.works("supervisor", "consent_withdrawal", item)
    scene.does("leader", "conclude_withdrawn", case)
    scene.does("operator", "retract", case)
    scene.to(case, "closed")
    scene.does("supervisor", "reopen", case)
    scene.does("operator", "retract", case, 1)


def merged(scene: Scene) -> None:
    """The same matter three times, days apart: merged by those who may, undone in another order,
    merged again, answered one by one.
    """
    world = scene.world
    first = world.come_in("complaint", "phone")
    scene.does("handler", "accept", first)
    scene.waits(72)
    second = world.come_in("complaint", "email")
    third = world.come_in("complaint", "")
    item = scene.dispatched(second, TO_SCHOOL)
    for who in ("operator", "brother", "stranger", "handler"):
        scene.does(who, "merge", first, 0)
    scene.works("school", "sign_for", item)
    scene.does("handler", "accept", third)
    scene.does("supervisor", "merge", second, 1)
    scene.does("handler", "take_in", second, 1)
    scene.waits(24)
    for who in ("reviewer", "handler"):
        scene.does(who, "unmerge", first)
    scene.does("handler", "merge", first, 0)
    scene.does("handler", "unmerge", third)
    world.more_comes_in(second, retaliation=False)
    laws.hold(world)
    for move in ("unmerge", "merge"):
        scene.does("handler", move, first, 0)
    world.more_comes_in(second, retaliation=True)
    laws.hold(world)
    scene.does("handler", "unmerge", first)  # not before somebody took over
    scene.does("supervisor", "acknowledge", second)
    for move in ("unmerge", "merge"):
        scene.does("handler", move, first, 0)
    scene.to(second, "replying")
    scene.does("handler", "reply", second)
    scene.does("supervisor", "unmerge", first)
    scene.to(second, "closed")
    for case in (first, third):
        scene.does("supervisor", "unmerge", case)


def handed_over(scene: Scene) -> None:
    """Who may not, tries to hand over what another has; the supervisor does, all that there is of
    a tip, to somebody who must keep away and then to somebody else; and in the end they leave.
    """
    world = scene.world
    case = world.come_in("tip", "phone")
    item = scene.dispatched(case, TO_SECTION)
    everybody = len(world.people)
    for who in ("handler", "stranger", "leader", "supervisor"):
        for taker in ("brother", "supervisor", "city"):
            scene.does(who, "hand_over", case, world.number_of(taker) + everybody)
            scene.does(who, "hand_over", case, world.number_of(taker))
    scene.works("inspector", "sign_for", item)
    scene.does("supervisor", "fall_back", case)
    for who in ("supervisor", "reviewer"):
        scene.to(case, "replying")
        scene.does(who, "reopen", case)
        scene.does("supervisor", "fall_back", case)


SCENES: tuple[Callable[[Scene], None], ...] = (
    *scenes.SCENES,
    withdrawn,
    again_withdrawn,
    left_withdrawing,
    taken_back,
    merged,
    handed_over,
    *scenes_of_triage.SCENES,
)
