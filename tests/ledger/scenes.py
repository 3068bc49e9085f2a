"""Stories that chance tells too seldom: danger, silence, a question, a tip, a decision reversed.

In each, whoever must not do a thing tries it first; the laws are asked after every move.
"""

from collections.abc import Callable

from sqlalchemy import select

from caseflow.ledger.tables import Case, Item
from tests.ledger import laws
from tests.ledger.ways import Way
from tests.ledger.world import KINDS, TO_SCHOOL, TO_SECTION

POLICE, NO_POLICE, MESSAGE = 0, 1, 1


class Scene(Way):
    """Short sentences over a world."""

    def does(self, who: str, move: str, case: Case, luck: int = 0) -> bool:
        """Let somebody try a case move."""
        done = self.world.on_case(move, self.world.office[who], case, luck)
        laws.hold(self.world)
        return done

    def works(self, who: str, move: str, item: Item, luck: int = 0) -> bool:
        """Let somebody try an item move."""
        done = self.world.on_item(move, self.world.office[who], item, luck)
        laws.hold(self.world)
        return done

    def waits(self, hours: int) -> None:
        """Let time pass."""
        self.world.pass_time(hours)
        laws.hold(self.world)

    def dispatched(self, case: Case, luck: int) -> Item:
        """Accept, split and dispatch."""
        self.does("handler", "accept", case)
        item = self.split_off(case)
        self.works("handler", "dispatch", item, luck)
        return item

    def split_off(self, case: Case) -> Item:
        """Make one more item."""
        self.does("handler", "split", case)
        return self.world.session.scalars(select(Item).order_by(Item.id.desc()).limit(1)).one()


def silence(scene: Scene) -> None:
    """Nobody touches an item for two months; then everybody tries to settle the documents."""
    case = scene.world.come_in("complaint", "phone")
    scene.dispatched(case, TO_SCHOOL)
    for _ in range(20):
        scene.waits(72)
    for n, document in enumerate(scene.world.documents()):
        for actor in scene.world.people:
            scene.world.on_order(actor, document, n)
            laws.hold(scene.world)
    scene.waits(24)


def standstill(scene: Scene) -> None:
    """The sweep itself stood still for two months."""
    scene.dispatched(scene.world.come_in("complaint", "phone"), TO_SCHOOL)
    scene.waits(60 * 24)


def danger(scene: Scene) -> None:
    """A child in danger: the reason not to call the police, and revenge after the end."""
    case = scene.world.come_in("complaint", "phone", unit=False)
    for who in ("stranger", "reviewer", "operator", "handler"):
        scene.does(who, "raise_urgency", case)
    scene.dispatched(case, TO_SCHOOL)
    scene.does("supervisor", "acknowledge", case, NO_POLICE)
    scene.does("leader", "acknowledge", case, POLICE)
    scene.does("supervisor", "countersign", case)
    scene.to(case, "replying")
    scene.does("handler", "reply", case)
    scene.does("city", "countersign", case)
    scene.to(case, "closed")
    scene.world.more_comes_in(case, retaliation=True)
    laws.hold(scene.world)
    scene.waits(5)
    scene.does("supervisor", "reopen", case)
    scene.dispatched(case, TO_SCHOOL)
    scene.to(case, "closed")


def question(scene: Scene) -> None:
    """The reporter is asked three times: answers, says nothing, answers after the holiday.

    The school works on meanwhile: it signs for the item, finds, submits, gets it back.
    """
    case = scene.world.come_in("complaint", "phone")
    item = scene.dispatched(case, TO_SCHOOL)
    work = {50: ("sign_for", "hand_in", "find"), 600: ("hand_in", "submit", "return")}
    for hours, answers in ((50, True), (600, False), (200, True)):
        scene.waits(30)
        scene.does("handler", "ask", case)
        for move in work.get(hours, ()):
            scene.works("reviewer" if move == "return" else "school", move, item)
        for _ in range(hours // 50):
            scene.waits(50)
        if answers:
            scene.does("handler", "resume", case, 1)
    scene.waits(200)


def tip(scene: Scene) -> None:
    """A tip about the school: it goes to nobody under the school, and a unit finds nothing."""
    world = scene.world
    case = world.come_in("tip", "phone")
    item = scene.dispatched(case, TO_SCHOOL)
    scene.works("handler", "dispatch", item, 2)
    scene.works("handler", "dispatch", item, 1)
    for move in ("sign_for", "hand_in", "find"):
        for who in ("branch", "school", "academy", "stranger", "brother"):
            scene.works(who, move, item)
    for move in ("hand_in", "find", "sign_for", "hand_in", "submit"):
        for who in ("inspector", "handler", "academy", "school"):
            scene.works(who, move, item)
    scene.to(case, "closed")


def objected(scene: Scene) -> None:
    """The school is not competent, it says: rejected, and again until the leader designates the
    academy, which may not. Another one objects too late, and a tip stays away from the school.
    """
    case = scene.world.come_in("complaint", "phone")
    item = scene.dispatched(case, TO_SCHOOL)
    for again in range(2):
        for who in ("handler", "academy", "school"):
            scene.works(who, "object", item)
        scene.waits(30)
        scene.works("reviewer", "reject_objection", item)
        for move in ("dispatch_anew", "reject_objection"):
            scene.works("supervisor", move, item, TO_SCHOOL)
        scene.works("leader", "designate", item, 1)
        scene.works("school", "hand_in" if again else "sign_for", item)
    scene.works("academy", "object", item)
    scene.works("academy", "sign_for", item)
    scene.works("academy", "object", item)
    late = scene.dispatched(case, TO_SCHOOL)
    scene.waits(12 * 24)
    scene.works("school", "object", late)
    tip = scene.dispatched(scene.world.come_in("tip", "phone"), 1)
    scene.works("academy", "object", tip)
    for luck in (TO_SCHOOL, 2, TO_SECTION):
        scene.works("supervisor", "dispatch_anew", tip, luck)


def extended(scene: Scene) -> None:
    """The handler asks for more time, decides it in vain, and the leader does; so does the school.

    Then again for the same promises, too late, and once more before the case is declined.
    """
    world = scene.world
    case = world.come_in("complaint", "phone")
    item = scene.dispatched(case, TO_SCHOOL)
    scene.works("school", "sign_for", item)
    for who in ("academy", "school"):
        scene.works(who, "extend", item)  # the case leaves no day for it
    scene.works("supervisor", "grant", item)
    scene.does("supervisor", "extend_case", case)
    for who in ("supervisor", "handler", "leader"):
        scene.does(who, "grant_case", case)
    for luck in (4, 0, 0):
        scene.works("school", "extend", item, luck)
    scene.waits(30)
    for who in ("school", "reviewer", "supervisor"):
        scene.works(who, "grant", item)
    for who in ("school", "handler"):
        scene.works(who, "extend", item)
    scene.does("handler", "extend_case", case)
    scene.does("leader", "grant_case", case)
    scene.waits(60 * 24)
    scene.works("school", "extend", item)
    other = world.come_in("complaint", "phone", unit=False)
    scene.does("handler", "accept", other)
    scene.does("handler", "extend_case", other)
    scene.does("handler", "ask", other)
    scene.does("leader", "grant_case", other)
    second = scene.dispatched(world.come_in("help", "phone", unit=False), 1)
    scene.works("academy", "sign_for", second)
    last = world.session.get_one(Case, second.case_id)
    scene.does("operator", "tell", last)
    scene.does("handler", "extend_case", last)
    scene.does("supervisor", "refuse_case", last)
    scene.does("handler", "extend_case", last)
    scene.does("leader", "grant_case", last)
    scene.works("academy", "extend", second)
    scene.works("academy", "hand_in", second)
    scene.works("academy", "find", second, 1)
    scene.works("reviewer", "return", second)
    scene.works("academy", "extend", second)
    scene.does("supervisor", "decline", last)
    scene.waits(24)


def inspected(scene: Scene) -> None:
    """An inspector verifies for an office section; the office finds for it."""
    case = scene.world.come_in("help", "email", unit=False)
    item = scene.dispatched(case, TO_SECTION)
    for move in ("sign_for", "hand_in", "find"):
        for who in ("academy", "inspector", "handler"):
            scene.works(who, move, item, 1)
    scene.works("reviewer", "return", item)
    scene.works("inspector", "find", item, 3)
    scene.works("inspector", "hand_in", item)
    scene.works("inspector", "find", item, 3)
    scene.to(case, "replying")
    scene.does("handler", "reply", case, MESSAGE)
    scene.waits(24)
    scene.world.channel_takes(0)
    scene.world.channel_takes(1)
    laws.hold(scene.world)
    scene.does("handler", "reply", case, MESSAGE)
    scene.world.channel_takes(1)
    laws.hold(scene.world)


def two_units(scene: Scene) -> None:
    """The academy verifies, the school puts right; neither does the other's part."""
    case = scene.world.come_in("complaint", "phone", unit=False)
    item = scene.dispatched(case, 1)
    for move in ("sign_for", "hand_in", "find", "sign_for", "hand_in", "submit"):
        for who in ("handler", "academy", "school"):
            scene.works(who, move, item)
    scene.works("supervisor", "return", item)
    scene.works("school", "submit", item)
    scene.works("supervisor", "hand_in", item)
    scene.works("school", "submit", item)
    scene.does("supervisor", "assign", case, scene.world.number_of("city"))
    for who in ("supervisor", "city", "reviewer"):
        scene.works(who, "strike_off", item)
    scene.to(case, "closed")


def reversed_decision(scene: Scene) -> None:
    """Declined while a unit was at it, and taken up again."""
    case = scene.world.come_in("complaint", "phone", unit=False)
    scene.dispatched(case, 1)
    first = scene.dispatched(case, TO_SCHOOL)
    scene.works("school", "sign_for", first)
    for who in ("handler", "supervisor", "reviewer"):
        scene.does(who, "decline", case)
        scene.does(who, "second_look", case)
    scene.waits(48)
    scene.does("supervisor", "reopen", case)
    scene.dispatched(case, TO_SCHOOL)
    scene.waits(24)
    for _ in range(4):
        scene.to(case, "replying")


def recused(scene: Scene) -> None:
    """A handler whose brother runs the school tries everything, and is offered the case."""
    world = scene.world
    case = world.come_in("complaint", "phone")
    for move in ("accept", "note", "tell", "split", "hand_out"):
        scene.does("stranger", move, case)
        scene.does("brother", move, case)
    scene.does("handler", "accept", case)
    for who in ("stranger", "brother"):
        scene.does("supervisor", "assign", case, world.number_of(who))


def displeased(scene: Scene) -> None:
    """The call-back finds nobody pleased: nobody may close, a supervisor takes it up again or
    explains; by a message that is refused first.
    """
    case = scene.world.come_in("complaint", "phone", unit=False)
    for reply in range(2):
        scene.to(case, "calling_back")
        scene.does("operator", "close", case)
        scene.does("operator", "call_back", case, 1)
        scene.does("operator", "close", case)
        scene.waits(240)
        scene.does("supervisor", "close", case)
        for who in ("operator", "handler", "supervisor") if reply else ():
            scene.does(who, "explain", case, 1)
        scene.does("supervisor", "reopen", case)
    other = scene.world.come_in("complaint", "email", unit=False)
    scene.to(other, "calling_back")
    scene.does("supervisor", "explain", other)
    scene.does("operator", "call_back", other, 2)
    scene.does("operator", "close", other)  # tried once, and not reached
    scene.does("operator", "call_back", other, 1)
    for luck in (0, 1):
        scene.does("supervisor", "explain", other)
        scene.does("supervisor", "explain", other)
        scene.does("operator", "close", other)
        scene.world.channel_takes(luck)
        laws.hold(scene.world)


def every_kind(scene: Scene) -> None:
    """Each kind goes all the way, and one is answered on the spot."""
    for kind in KINDS:
        case = scene.world.come_in(kind, "phone", unit=False)
        scene.to(case, "closed", TO_SECTION)
        answered = scene.world.come_in(kind, "", unit=False)
        scene.does("operator", "answer", answered)
        scene.does("operator", "second_look", answered)
        scene.does("handler", "second_look", answered)


SCENES: tuple[Callable[[Scene], None], ...] = (
    silence,
    standstill,
    danger,
    question,
    tip,
    objected,
    extended,
    inspected,
    two_units,
    reversed_decision,
    recused,
    displeased,
    every_kind,
)
