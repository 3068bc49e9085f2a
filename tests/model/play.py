"""Chance makes the same steps on the model and on the product, and compares after each.

Everything a story does follows from its seed, so that a disagreement can be told again.
"""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from caseflow.db import WRITE
from tests.ledger.conftest import Stage
from tests.model import (
    assisting,
    back,
    case_moves,
    excluding,
    item_moves,
    likely,
    merging,
    more_time,
    passing,
    shelving,
    signing,
    silence,
    splitting,
    visiting,
    wishes,
)
from tests.model.case_moves import delivered, more_said, opened
from tests.model.choosing import Choosing
from tests.model.compare import Disagreement, agree, documents_agree, rungs_agree
from tests.model.matters import Case, Refused
from tests.model.merging import ALIKE
from tests.model.office import DISTRICT, OTHER, PEOPLE
from tests.model.product import Product
from tests.model.states import AT, GOING, IN, OVER
from tests.model.things import Said

ITEM_MOVES = (
    item_moves.MOVES
    | wishes.MOVES
    | more_time.ITEM_MOVES
    | visiting.MOVES
    | signing.MOVES
    | assisting.MOVES
)
CASE_MOVES = (
    case_moves.MOVES
    | more_time.CASE_MOVES
    | shelving.MOVES
    | excluding.MOVES
    | splitting.MOVES
    | passing.MOVES
)
_OF_OTHERS = dict(CASE_MOVES)
CASE_MOVES |= back.MOVES
ORDER_MOVES = silence.MOVES
MOVES = {*ITEM_MOVES, *CASE_MOVES, *ORDER_MOVES, *merging.MOVES}
TWO = merging.MOVES  # of two cases
BY_ITSELF = {"report", "more", "retaliation", "delivered", "undeliverable", "time"}

# Evenings and mornings before long holidays, make-up days and turns of the year.
BEGINNINGS = (
    datetime(2025, 1, 20, 1, 30, tzinfo=UTC),
    datetime(2025, 4, 25, 9, 0, tzinfo=UTC),
    datetime(2025, 9, 26, 15, 59, tzinfo=UTC),
    datetime(2025, 12, 24, 3, 0, tzinfo=UTC),
    datetime(2026, 2, 6, 1, 0, tzinfo=UTC),
    datetime(2026, 2, 13, 15, 59, tzinfo=UTC),
    datetime(2026, 4, 29, 22, 0, tzinfo=UTC),
    datetime(2026, 9, 18, 16, 0, tzinfo=UTC),
    datetime(2026, 12, 21, 7, 0, tzinfo=UTC),
)
_MOMENT = timedelta(microseconds=1)
_HOURS = (1, 2, 5, 5, 24, 24, 72, 500)
_LAST = datetime(2027, 6, 30, tzinfo=UTC)  # the handwritten days end some months later
_ENOUGH = 3
_OF_DRAFTS = ("issue", "issue", "cancel")
_OF_ISSUED = ("answer_order", "answer_order", "answer_order", "issue", "cancel")
_KINDS = ("complaint", "complaint", "tip", "tip", "help", "question", "suggestion")


@dataclass
class Counted:
    """What chance did, over all stories. `refused`: by move and reason, as the model said."""

    steps: int = 0
    made: Counter[str] = field(default_factory=Counter)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    rungs: Counter[str] = field(default_factory=Counter)


class Story:
    """One story: a few cases, and whatever chance does to them."""

    def __init__(self, product: Product, seed: int, counted: Counted) -> None:
        self.product, self.counted = product, counted
        self.chance = random.Random(seed)
        self.picks = Choosing(self.chance)
        self.now = self.chance.choice(BEGINNINGS)
        self.cases: list[Case] = []
        self.handed_down = seed % 5 == 0  # the other stories are as short as they were
        self.told: list[str] = []

    def goes_on(self, steps: int) -> None:
        """Take so many steps. Raises Disagreement, with what led to it."""
        try:
            for _ in range(steps):
                self._step()
        except Exception as error:
            error.add_note("\n".join(self.told[-40:]))
            raise

    def _step(self) -> None:
        self.counted.steps += 1
        self.now += _MOMENT
        luck = self.chance.random()
        going = sum(case.state in GOING for case in self.cases)
        if going == 0 or (luck < 0.04 and going < _ENOUGH):
            self._report()
        elif luck < 0.11:
            self._time()
        elif luck < 0.14:
            self._more()
        elif luck < 0.2:
            self._order()
        elif luck < 0.25 and len(self.cases) > 1:
            self._two()
        elif luck < 0.46:
            self._case()
        else:
            self._item()

    # What happens by itself

    def _report(self) -> None:
        chance = self.chance
        kind, reach = chance.choice(_KINDS), chance.choice(("", "email", "phone", "email,phone"))
        area = OTHER if chance.random() < 0.12 else DISTRICT
        about = chance.choice(("school", "school", "academy", "")) if area == DISTRICT else ""
        said: dict[str, Any] = {
            "urgent": chance.random() < 0.2,
            "petition": chance.random() < 0.15,
            "agreed": chance.random() < 0.5,
            "imposed": None,
            "category": "food" if chance.random() < 0.3 else "",
            "asks": False,
        }
        if chance.random() < 0.2:
            said["imposed"] = self.now + timedelta(hours=chance.choice((20, 100, 150, 400)))
        if self.cases and chance.random() < 0.5:  # about the same matter
            like = chance.choice(self.cases)
            area, about = like.area, like.about
            kind = chance.choice(("complaint", "help")) if like.kind in ALIKE else like.kind
        said["asks"] = self.handed_down and said["imposed"] is None and len(self.cases) % 3 < 2
        self._tell("report", area, kind, reach, about, said)
        self.cases.append(opened(len(self.cases), self.now, area, kind, reach, about, **said))
        food = said.pop("category") or None
        category = "petition" if said.pop("petition") else food
        more = {"call_back": said.pop("agreed"), "imposed_due": said.pop("imposed")}
        more |= {"reach": reach, "about": about, "category": category}
        self.product.comes_in(self.now, area, kind=kind, **said, **more)
        self._made("report", len(self.cases) - 1)

    def _more(self) -> None:
        n = self.picks.likely([bool(case.waiting) for case in self.cases])
        case = self.cases[n]
        if case.waiting:
            takes = self.chance.random() < 0.75
            self._tell("channel", n, takes)
            self.product.channel(n, self.now, takes=takes)
            if takes:
                delivered(case, self.now)
            else:
                case.waiting.pop(0)
            self._made("delivered" if takes else "undeliverable", n)
            return
        if not case.reach:  # merged: its reports are another case's
            return
        retaliation = self.chance.random() < 0.3
        self._tell("more", n, retaliation)
        self.product.says_more(n, self.now, retaliation=retaliation)
        more_said(case, self.now, retaliation=retaliation)
        self._made("retaliation" if retaliation else "more", n)

    def _time(self) -> None:
        self.now = max(self.now, min(self._later(), _LAST))
        self._tell("time", self.now.isoformat())
        self.product.silence(self.now)
        for n, case in enumerate(self.cases):
            before = len(case.rungs)
            silence.swept(case, self.now)
            for rung in case.rungs[before:]:
                self.counted.rungs[f"{rung.clock} {rung.n}"] += 1
            rungs_agree(case, n, self.product)
            agree(case, n, self.product)
        self.counted.made["time"] += 1

    def _later(self) -> datetime:
        """Some hours on, or to the very moment at which something is to happen, or just before."""
        if self.chance.random() < 0.4:
            return self.now + timedelta(hours=self.chance.choice(_HOURS))
        moments = [
            at
            for case in self.cases
            for one in case.alive("all")
            for at in (one.due, one.paused_until, (one.next_rung() or (0, None))[1])
            if at is not None and at > self.now
        ]
        if not moments:
            return self.now
        at = min(moments) if self.chance.random() < 0.8 else self.chance.choice(moments)
        return at - self.chance.choice((timedelta(0), timedelta(0), _MOMENT))

    # What people do

    def _case(self) -> None:
        able = [likely.falls_to_the_case(case, self.now) for case in self.cases]
        if not any(able) and any(case.items for case in self.cases) and self.chance.random() < 0.7:
            return self._item()
        n = self.picks.likely(able)
        case = self.cases[n]
        fitting = [move for move in CASE_MOVES if case.state in IN[move]]
        if not back.owed(case):
            fitting = [move for move in fitting if move not in back.MOVES]
        move = self.picks.pick(
            fitting,
            CASE_MOVES if self.handed_down else _OF_OTHERS,
            lambda move: likely.on_case(move, case, self.now),
        )
        by_reporter = move == "resume" and self.chance.random() < 0.4
        who = None if by_reporter else self.picks.who(move, case)
        said = replace(self.picks.said(None), report=self.chance.choice([*case.reach] or [n]))
        if move == "split_off":
            said = self.picks.apart(replace(said, number=len(self.cases)), case)
        if move == "extend_case":
            due = case.alive("case", "resolve")
            said = self.picks.dated(
                self.now, said, due, lambda: more_time.room_of_case(case, self.now)
            )
        self._try(
            move,
            n,
            (who.name if who else "", said),
            lambda: CASE_MOVES[move](case, who, said, self.now),  # type: ignore[arg-type]
            self.product.on_case(move, who.name if who else None, n, said, self.now),
        )
        return None

    def _two(self) -> None:
        """Merge a case, or take it back."""
        pairs = [(a, b) for a in self.cases for b in self.cases if b is not a.merged_into]
        pairs = [(a, b) for a, b in pairs if not a.merged_into]
        pairs += [(one, one.merged_into) for one in self.cases if one.merged_into]
        fit = [likely.of_two(*pair) for pair in pairs]
        if not any(fit) and self.chance.random() < 0.8:
            return self._item()
        case, target = pairs[self.picks.likely(fit)]
        n, k, move = case.n, target.n, "unmerge" if case.merged_into else "merge"
        who = self.picks.who(move, case)
        self._try(
            move,
            n,
            (k, who.name),
            lambda: TWO[move](case, target, who, Said(), self.now),
            self.product.on_two(move, who.name, n, k, self.now),
        )
        return agree(target, k, self.product)

    def _item(self) -> None:
        found = [(n, item) for n, case in enumerate(self.cases) for item in case.items]
        if not found:
            return self._case()
        able = [item.state not in OVER and self.cases[n].at_work for n, item in found]
        if not any(able) and self.chance.random() < 0.7:
            return self._case()
        n, item = found[self.picks.likely(able)]
        case = self.cases[n]
        fitting = [move for move in ITEM_MOVES if item.state in AT[move]]
        move = self.picks.pick(
            fitting, ITEM_MOVES, lambda move: likely.on_item(move, case, item, self.now)
        )
        said = self.picks.said(item)
        if move == "reassign" and self.chance.random() < 0.8:
            said = replace(said, inspector="inspector")
        if move in ("release_assistance", "share_assistance") and item.assisted:
            asked = self.chance.choice(item.assisted)
            said = replace(said, unit=asked.unit, which=self.chance.choice((0, 1, 1, 2)))
        if move == "extend":
            due = case.alive(item.on, "verify", "rectify")
            said = self.picks.dated(
                self.now, said, due, lambda: more_time.room_of_item(case, item, self.now)
            )
        who = self.picks.holder(move, case, item)
        self._try(
            move,
            n,
            (item.n, who.name, said),
            lambda: ITEM_MOVES[move](case, item, who, said, self.now),
            self.product.on_item(move, who.name, (n, item.n), said, self.now),
        )
        return None

    def _order(self) -> None:
        found = [
            (n, order)
            for n, case in enumerate(self.cases)
            for order in case.documents
            if order.state in ("draft", "issued")
        ]
        if not found:
            return self._item()
        n, order = self.chance.choice(found)
        move = self.chance.choice(_OF_DRAFTS if order.state == "draft" else _OF_ISSUED)
        above = ("supervisor", "leader", "city")
        who = PEOPLE[self.chance.choice(above if self.chance.random() < 0.7 else [*PEOPLE])]
        if move == "answer_order" and self.chance.random() < 0.6 and order.unit in PEOPLE:
            who = PEOPLE[order.unit]
        self._try(
            move,
            n,
            (order.n, who.name),
            lambda: ORDER_MOVES[move](self.cases[n], order, who, self.now),
            self.product.on_order(move, who.name, (n, order.n), self.now),
        )
        return documents_agree(self.cases[n], n, self.product)

    def _try(
        self,
        move: str,
        n: int,
        said: tuple[Any, ...],
        model: Callable[[], object],
        product: Callable[[], object],
    ) -> None:
        why, born = "", None
        try:
            born = model()
        except Refused as refused:
            why = str(refused)
        self._tell(move, n, *said, why)
        refusal = self.product.attempt(product)
        if bool(why) != (refusal is not None):
            raise Disagreement(
                f"{move}: the model says {why or 'yes'}, the product {refusal!r}"
            ) from refusal
        if why:
            self.counted.refused[move, why] += 1
        else:
            self._begun(n, born)
            self._made(move, n)

    def _begun(self, n: int, born: object) -> None:
        """Let a case that a move opened be one of the story's."""
        if isinstance(born, splitting.Apart):
            self.product.parted(n, born.items, born.documents)
            self.cases.append(born.case)
            agree(born.case, born.case.n, self.product)

    def _made(self, move: str, n: int) -> None:
        self.counted.made[move] += 1
        agree(self.cases[n], n, self.product)

    def _tell(self, *words: object) -> None:
        self.told.append(f"{self.now:%m-%d %H:%M:%S.%f} " + " ".join(map(str, words)))


def tell(stage: Stage, seed: int, steps: int, counted: Counted) -> None:
    """Tell one story on the stage; afterwards the stage is as it was."""
    with stage.database.engine.connect().execution_options(**{WRITE: True}) as connection:
        outer = connection.begin()
        with Session(bind=connection, join_transaction_mode="create_savepoint") as session:
            Story(Product(session, stage.office), seed, counted).goes_on(steps)
        outer.rollback()
