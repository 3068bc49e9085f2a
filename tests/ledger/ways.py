"""How a case gets somewhere: the sensible next step, the way to a state, the way along one edge."""

from sqlalchemy import select

from caseflow.ledger import gate
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.states import ITEM_DONE, ITEM_EDGES, STAY, SYSTEM, Edge
from caseflow.ledger.tables import Case, Item
from caseflow.people.actor import Actor
from tests.ledger import (
    heard,
    laws,
    reported,
    reviewed,
    shelved,
    ways_of_handing,
    ways_of_oversight,
    ways_of_reviews,
    ways_of_splitting,
)
from tests.ledger.assistants import MOVES, made_ready
from tests.ledger.ways_of_stepping import ALONG
from tests.ledger.world import World

LEADS, _NOWHERE = 12, ("",) * 4
_END = {"answered": "answer", "declined": "decline", "referred": "refer"}
_FOR_DANGER = ("acknowledge", "countersign")
_ON_REQUEST = ("consent_withdrawal", "refuse_withdrawal")
_BY_ITSELF = ("hasten", "ease", "stand_still", "carry_on")
_AT_ANY_TIME = ("withdraw", *_ON_REQUEST, "statutory", *_BY_ITSELF, *MOVES)
_BEGINS = {"objected": "dispatched", "statutory": "dispatched"}
_FIRST = {"refuse_proposal": "propose_decline", "countersign": "acknowledge"}
_OF_PASSING = ("pass_on", "take_back", "receive", "send_back", "go_along")
_OF_MERGING = ("merge", "take_in", "unmerge", "give_back")


class Way:
    """Leads cases about. The laws are asked after every move that was made."""

    def __init__(self, world: World) -> None:
        self.world = world

    # The sensible next step

    def on(self, case: Case, luck: int) -> None:
        """Take the next step of a case as whoever it falls to."""
        steps = {
            "received": ("accept", "handler"),
            "awaiting_reporter": ("resume", "handler"),
            "shelved": ("take_up", "handler"),
            "replying": ("reply", "handler"),
            "calling_back": ("call_back", "operator"),
        }
        if case.state in steps:
            move, who = steps[case.state]
            self.world.on_case(move, self.world.office[who], case, luck)
        elif case.state in ("accepted", "handling"):
            self._on_items(case, luck)
        laws.hold(self.world)

    def _on_items(self, case: Case, luck: int) -> None:
        handler = self.world.office["handler"]
        mine = [item for item in self.world.items() if item.case_id == case.id]
        undone = [item for item in mine if item.state not in ITEM_DONE]
        at_work = case.state == "handling" or any(item.state == "draft" for item in undone)
        if not undone or not at_work:
            move = "conclude" if case.kind in ("question", "suggestion") and not mine else "split"
            self.world.on_case(move, handler, case, luck)
            return
        drafts = [item for item in undone if item.state == "draft"]
        self.on_item((drafts or undone)[0], luck)

    def on_item(self, item: Item, luck: int) -> None:
        """Take the next step of an item as its holder."""
        for move in {
            "draft": ("dispatch",),
            "dispatched": ("sign_for",),
            "objected": ("reject_objection", "designate"),
            "verifying": ("hand_in", "find"),
            "rectifying": ("sign_for", "hand_in", "submit"),
            "submitted": ("strike_off",),
        }[item.state]:
            self.world.on_item(move, self._holder(move, item), item, luck)
            laws.hold(self.world)

    def _holder(self, move: str, item: Item) -> Actor:
        office = self.world.office
        if move in ("edit", "dispatch"):
            return office["handler"]
        if move in ("return", "strike_off"):
            return office["reviewer"]
        if move in ("reject_objection", "dispatch_anew"):
            return office["supervisor"]
        if move == "designate":
            return office["leader"]
        if item.inspector_id is not None and item.state in ("dispatched", "verifying"):
            return office["inspector"]
        return next(a for a in office.actors.values() if a.unit == gate.holder_unit(item))

    # The way to a state

    def to(self, case: Case, state: str, luck: int = 0) -> bool:
        """Lead a case to a state; False when it did not get there."""
        if state == "shelved":
            return shelved.shelve(self, case)
        for _ in range(LEADS):
            if case.state == state:
                return True
            late = state in ("declined", "referred") and case.state == "accepted"
            if state in _END and (case.state == "received" or late):
                supervisor = self.world.office["supervisor"]
                self.world.on_case(_END[state], supervisor, case, luck)
                laws.hold(self.world)
            elif state == "awaiting_reporter" and case.state in ("accepted", "handling"):
                self.world.on_case("ask", self.world.office["handler"], case, luck)
                laws.hold(self.world)
            else:
                self.on(case, luck)
        return case.state == state

    # The way along one edge

    def along(self, edge: Edge) -> None:
        """Bring a fresh case to where an edge begins and let everybody try it, hands first."""
        if edge in ITEM_EDGES:
            ALONG.get(edge.move, Way._along_item)(self, edge)
        else:
            self._along_case(edge)

    def _along_case(self, edge: Edge) -> None:
        ends_at_once = edge.move == "close" and edge.source == "replying"
        without_items = edge.move == "conclude" and edge.source == "accepted"
        case = self.world.come_in(
            "question" if without_items else "complaint",
            "" if ends_at_once else "phone",
            urgent=edge.move in _FOR_DANGER and edge.source != "shelved",
            unit=False,
        )
        self._passes(case, edge)
        for moves, way in _OF_THEIR_OWN.items():
            if edge.move in moves:
                way(self, case, edge)
                return
        assert self.to(case, edge.source), f"no way to {edge.source}"
        if edge.move in _FOR_DANGER and edge.source == "shelved":
            self.tried("raise_urgency", case)
        if first := _FIRST.get(edge.move):
            self.tried(first, case)
        if edge.who == SYSTEM or edge.move == "dispatch":
            assert self._by_itself(case, edge), f"no way along {edge.move}"
        elif edge.move == "close":
            self._three_days_of_silence(case)
        else:
            self.tried(edge.move, case)

    def _passes(self, case: Case, edge: Edge) -> None:
        """Lead a case through what an edge needs on the way to where it begins."""
        if edge.move == "resume":
            self._waiting(case, edge.target)
        if edge.source == "closed":
            assert self.to(case, "calling_back"), "no way to calling_back"
        if edge.move in ("grant_case", "refuse_case"):
            assert self.to(case, "accepted"), "no way to accepted"
            self._asks_for_more(case)
        if edge.move == "conclude_withdrawn":
            assert self.to(case, "accepted"), "no way to accepted"
            self._all_withdrawn(case, edge.source)

    def _along_shelving(self, case: Case, edge: Edge) -> None:
        if edge.move == "take_up":
            shelved.shelve(self, case, edge.target)
        else:
            shelved.before(self, case, edge.move, edge.source)
        self.tried(edge.move, case)

    def _waiting(self, case: Case, since: str) -> None:
        """Bring a case to where its reporter can be asked, and before it is accepted ask."""
        if since == "received":
            self.world.on_case("supplement", self.world.office["handler"], case, 0)
        else:
            assert self.to(case, since), f"no way to {since}"

    def _along_merging(self, case: Case, edge: Edge) -> None:
        """Let there be another case about the same matter, and everybody try."""
        world, handler = self.world, self.world.office["handler"]
        other = world.come_in("complaint", "phone", unit=False)
        state = edge.target if edge.move == "unmerge" else edge.source
        if state == "handling" and edge.move in ("merge", "unmerge"):
            self._idle(case)
        elif edge.move == "give_back" and state != "received":
            assert self.to(case, "accepted"), "no way to accepted"
        elif state != "received":
            assert self.to(case, state), f"no way to {state}"
        if edge.move in ("merge", "unmerge") and case.state != "received":
            self.to(other, "accepted")
        if edge.move == "unmerge":
            world.on_case("merge", handler, case, 0)
        elif edge.move == "give_back":
            world.on_case("take_in", handler, case, 0)
            assert self.to(case, state), f"no way to {state}"
        laws.hold(world)
        self.tried(edge.move, case)

    def _along_passing(self, case: Case, edge: Edge) -> None:
        """Let the case be where it may be passed on, passed on, and everybody answer."""
        world, office = self.world, self.world.office
        if edge.move == "go_along":
            other = world.come_in("complaint", "phone", unit=False)
            self.to(case, "accepted")
            world.on_case("merge", office["handler"], other, 0)
            laws.hold(world)
        elif edge.source == "handling":
            self._idle(case)
        else:
            assert self.to(case, edge.source), f"no way to {edge.source}"
        if edge.move != "pass_on":
            world.on_case("pass_on", office["supervisor"], case, 0)
            laws.hold(world)
        move = "receive" if edge.move == "go_along" else edge.move
        self.tried(move, case)

    def _idle(self, case: Case) -> None:
        """Bring a case to where it is at work, and no item of it is left."""
        world, office = self.world, self.world.office
        self.to(case, "accepted")
        world.on_case("split", office["handler"], case, 0)
        first = next(one for one in world.items() if one.case_id == case.id)
        world.on_item("dispatch", office["handler"], first, 1)
        world.on_item("withdraw", office["handler"], first, 0)
        world.on_item("consent_withdrawal", office["leader"], first, 0)
        assert case.state == "handling", "no way to handling with nothing under way"
        laws.hold(world)

    def _by_itself(self, case: Case, edge: Edge) -> bool:
        for _ in range(LEADS):
            if self.world.taken[edge.move, edge.source, edge.target]:
                return True
            if edge.move == "dispatch" and edge.target == STAY:
                self.world.on_case("split", self.world.office["handler"], case, 0)
            self.on(case, 0)
        return False

    def _three_days_of_silence(self, case: Case) -> None:
        """Not reached on two days nobody may close, on three an operator may."""
        operator = [self.world.office["operator"]]
        for _ in range(3):
            self.tried("close", case, operator)
            self.world.on_case("call_back", self.world.office["operator"], case, 2)
            self.world.pass_time(24)
            laws.hold(self.world)
        self.tried("close", case, operator)

    def tried(self, move: str, case: Case, people: list[Actor] | None = None) -> None:
        """Let people try a case move until one may: first whoever acted last on the case."""
        for actor in people or self.hands_first(case):
            if self.world.on_case(move, actor, case, 1 + 3 * len(self.world.people)):
                laws.hold(self.world)
                return

    def hands_first(self, case: Case) -> list[Actor]:
        people = self.world.people
        query = select(Entry.user_id).where(Entry.case_id == case.id).order_by(Entry.n)
        last = {user: n for n, user in enumerate(self.world.session.scalars(query))}
        return sorted(people, key=lambda actor: -last.get(actor.id, -1))

    def _along_item(self, edge: Edge) -> None:
        world = self.world
        stands = edge.move in ("stand_still", "carry_on")
        other = self._earlier() if edge.who == SYSTEM and not stands else None
        case = world.come_in("complaint", "phone")
        assert self.to(case, "accepted"), "no way to accepted"
        world.on_case("split", world.office["handler"], case, 0)
        [item] = [one for one in world.items() if one.case_id == case.id]
        # 1: the academy verifies. 0: substantiated, the school rectifies. 1: unsubstantiated.
        finding = 0 if "rectifying" in (edge.source, edge.target) else 1
        begins = _BEGINS.get(edge.source, edge.source)
        if edge.source == "objected" and edge.move not in _AT_ANY_TIME:
            begins = edge.target
        for _ in range(LEADS):
            made_ready(world, item, edge)
            signs = item.state == "rectifying" and edge.move != "sign_for"
            if item.state == begins and (item.signed_at or not signs):
                break
            self._item_step(item, finding)
        self._made_ready(case, item, edge, finding)
        if stands:
            shelved.shelve(self, case, "handling")
            self.tried("take_up", case)
            return
        if other is not None:
            self._merged_in(other, edge.move == "ease")
            return
        self._everybody_tries_item(edge, item, finding)
        if edge.move == "return":  # and once more on old evidence
            self._everybody_tries_item(Edge("submit", *edge[1:]), item, finding)
            self._everybody_tries_item(Edge("find", *edge[1:]), item, finding)

    def _earlier(self) -> Case:
        """Let the same matter have come in some days before."""
        other = self.world.come_in("complaint", "phone")
        assert self.to(other, "accepted"), "no way to accepted"
        self.world.pass_time(72)
        laws.hold(self.world)
        return other

    def _merged_in(self, other: Case, undone: bool) -> None:
        """Merge a case into the only other one, and undo that."""
        for move in ("merge", "unmerge") if undone else ("merge",):
            self.world.on_case(move, self.world.office["handler"], other, 0)
            laws.hold(self.world)

    def _made_ready(self, case: Case, item: Item, edge: Edge, finding: int) -> None:
        """Bring about what an edge needs beside the state that it begins in."""
        if edge.move in ("extend", "grant", "refuse"):
            self._asks_for_more(case)
            self.world.on_case("grant_case", self.world.office["leader"], case, 0)
        if edge.move in ("grant", "refuse"):
            self.world.on_item("extend", self._holder("extend", item), item, 0)
            laws.hold(self.world)
        if edge.source == "objected":
            self._objected(item, 2 if edge.move == "designate" else 1)
        if edge.move == "statutory" and edge.source == "draft":
            self._another_dispatched(case)
        before = "withdraw" if edge.move in _ON_REQUEST else edge.source
        if before in ("withdraw", "statutory"):
            self._everybody_tries_item(Edge(before, *_NOWHERE), item, finding)

    def _another_dispatched(self, case: Case) -> None:
        """Split off one item more and send it out, so that the case is at work."""
        self.world.on_case("split", self.world.office["handler"], case, 0)
        other = [one for one in self.world.items() if one.case_id == case.id][-1]
        self.world.on_item("dispatch", self.world.office["handler"], other, 1)
        laws.hold(self.world)

    def _all_withdrawn(self, case: Case, source: str) -> None:
        """Have the only item of a case withdrawn, before or after it was sent out."""
        self.world.on_case("split", self.world.office["handler"], case, 0)
        [item] = [one for one in self.world.items() if one.case_id == case.id]
        if source == "handling":
            self.world.on_item("dispatch", self.world.office["handler"], item, 1)
        for move in ("withdraw", "consent_withdrawal"):
            self._everybody_tries_item(Edge(move, *_NOWHERE), item, 0)

    def _asks_for_more(self, case: Case) -> None:
        """Let everybody ask for more time for a case until one may."""
        for actor in self.world.people:
            if self.world.on_case("extend_case", actor, case, 0):
                break
        laws.hold(self.world)

    def _objected(self, item: Item, times: int) -> None:
        """Let the unit object, and again after it was told that it has to do it."""
        for n in range(times):
            if n:
                self.world.on_item("reject_objection", self.world.office["supervisor"], item, 0)
            for actor in self.world.people:
                self.world.on_item("object", actor, item, 0)
            laws.hold(self.world)
        assert item.state == "objected", "no way to objected"

    def _item_step(self, item: Item, finding: int) -> None:
        move = {
            "draft": "dispatch",
            "dispatched": "sign_for",
            "verifying": "find",
            "rectifying": "submit" if item.signed_at else "sign_for",
        }[item.state]
        luck = 1 if move == "dispatch" else finding
        if move in ("find", "submit"):
            # The supervisor brings the evidence, and will be the first to try and strike off.
            self.world.on_item("hand_in", self.world.office["supervisor"], item, luck)
            laws.hold(self.world)
        self.world.on_item(move, self._holder(move, item), item, luck)
        laws.hold(self.world)

    def _everybody_tries_item(self, edge: Edge, item: Item, finding: int) -> None:
        case = self.world.session.get_one(Case, item.case_id)
        # The academy has it: it is another unit to which an objection leads.
        luck = {"dispatch": 1, "designate": 1, "dispatch_anew": 2}.get(edge.move, finding)
        for _ in range(2):
            for actor in self.hands_first(case):
                if self.world.on_item(edge.move, actor, item, luck):
                    laws.hold(self.world)
                    return
            self.world.on_item("hand_in", self._holder("hand_in", item), item, luck)
            laws.hold(self.world)


_OF_THEIR_OWN = {
    _OF_MERGING: Way._along_merging,
    _OF_PASSING: Way._along_passing,
    ways_of_handing.MOVES: ways_of_handing.along,
    shelved.MOVES: Way._along_shelving,
    reviewed.MOVES: ways_of_reviews.along,
    heard.MOVES: heard.along,
    reported.MOVES: reported.along,
    ways_of_oversight.MOVES: ways_of_oversight.along,
    ways_of_splitting.MOVES: ways_of_splitting.along,
}
