"""Chance makes the same steps on the model and on the product, and compares after each.

Everything a story does follows from its seed, so that a disagreement can be told again.
"""

from dataclasses import replace

from sqlalchemy.orm import Session

from caseflow.db import WRITE
from tests.ledger.conftest import Stage
from tests.model import (
    afterwards,
    assisting,
    back,
    beginnings,
    case_moves,
    excluding,
    handing,
    item_moves,
    likely,
    merging,
    more_time,
    passing,
    proposing,
    reporters,
    reviewing,
    shelving,
    signing,
    silence,
    splitting,
    stepping,
    visiting,
    wishes,
)
from tests.model.compare import agree, documents_agree
from tests.model.matters import Case
from tests.model.office import PEOPLE, Person
from tests.model.product import Product
from tests.model.states import AT, GOING, IN, OVER
from tests.model.telling import MOMENT, Counted, Telling
from tests.model.things import Said

ITEM_MOVES = (
    item_moves.MOVES
    | wishes.MOVES
    | more_time.ITEM_MOVES
    | visiting.MOVES
    | signing.MOVES
    | assisting.MOVES
)
_OF_OLDER = dict(ITEM_MOVES)  # older stories know no more
ITEM_MOVES |= stepping.MOVES
_OF_NEWER = dict(ITEM_MOVES)
ITEM_MOVES |= assisting.BY_TELEPHONE
CASE_MOVES = (
    case_moves.MOVES
    | more_time.CASE_MOVES
    | shelving.MOVES
    | excluding.MOVES
    | splitting.MOVES
    | passing.MOVES
    | reviewing.MOVES
)
_OF_OTHERS = dict(CASE_MOVES)
_OF_HANDED_DOWN = CASE_MOVES | back.MOVES
_OF_ENDED = _OF_HANDED_DOWN | proposing.MOVES | afterwards.MOVES
CASE_MOVES = _OF_ENDED | handing.MOVES | reporters.MOVES
ORDER_MOVES = silence.MOVES
TWO = merging.MOVES | afterwards.TWO  # of two cases
MOVES = {*ITEM_MOVES, *CASE_MOVES, *ORDER_MOVES, *TWO}
BY_REPORTER = ("resume", "ask_review", "retract")
BY_ITSELF = {"report", "more", "retaliation", "delivered", "undeliverable", "time"}
BY_ITSELF |= {"mail taken", "mail lost"}

_ENOUGH = 3
_OF_DRAFTS = ("issue", "issue", "cancel")
_OF_ISSUED = ("answer_order", "answer_order", "answer_order", "issue", "cancel")


class Story(Telling):
    """One story: a few cases, and whatever chance does to them."""

    def goes_on(self, steps: int) -> None:
        """Take so many steps. Raises Disagreement, with what led to it."""
        try:
            beginnings.begin(self)
            for _ in range(steps):
                self._step()
        except Exception as error:
            error.add_note("\n".join(self.told[-40:]))
            raise

    def _step(self) -> None:
        self.now += MOMENT
        self.counted.steps += 1
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

    # What people do

    def _case(self) -> None:
        able = [likely.falls_to_the_case(case, self.now) for case in self.cases]
        if self.newest:
            able = [one or bool(afterwards.owed(self.cases[n])) for n, one in enumerate(able)]
        if not any(able) and any(case.items for case in self.cases) and self.chance.random() < 0.7:
            return self._item()
        n = self.picks.likely(able)
        case = self.cases[n]
        known = CASE_MOVES if self.latest else _OF_ENDED if self.newest else _OF_HANDED_DOWN
        fitting = [move for move in known if case.state in IN[move]]
        if not back.owed(case):
            fitting = [move for move in fitting if move not in back.MOVES]
        if not self.newest:
            known = _OF_HANDED_DOWN if self.handed_down else _OF_OTHERS
        move = self.picks.pick(
            fitting,
            known,
            lambda move: likely.on_case(move, case, self.now),
        )
        by_reporter = move in BY_REPORTER and self.chance.random() < 0.4
        who = None if by_reporter else self.picks.who(move, case)
        said = replace(self.picks.said(None), report=self.chance.choice([*case.reach] or [n]))
        said = replace(said, number=len(self.cases))
        words = [(one.n, k + 1) for one in case.letters.values() for k in range(one.words)]
        if move == "answer_later" and words:
            n_of, which = self.chance.choice(words[-2:])
            said = replace(said, report=n_of, which=which)
        if move == "hand_over":
            said = self.picks.handed(said, case)
        if move == "send_report_back" and self.latest:
            said = replace(said, mailed=self.chance.random() < 0.5)
        if move == "split_off":
            said = self.picks.apart(said, case)
        if move == "extend_case":
            due = case.alive("case", "resolve")
            said = self.picks.dated(
                self.now, said, due, lambda: more_time.room_of_case(case, self.now)
            )
        return self.tries(move, n, who, said)

    def tries(self, move: str, n: int, who: Person | None, said: Said) -> None:
        """Make a move of a case, by somebody or by its reporter."""
        case, name = self.cases[n], who.name if who else ""
        self._try(
            move,
            (n,),
            name,
            (said,),
            lambda: CASE_MOVES[move](case, who, said, self.now),  # type: ignore[arg-type]
            self.product.on_case(move, name or None, n, said, self.now),
        )

    def _two(self) -> None:
        """Merge a case, or take it back; or decline it for another one that is ended."""
        repeats = [(a, b) for b in self.cases if b.ended for a in self.cases]
        repeats = [(a, b) for a, b in repeats if a.state in IN["decline_ended"]]
        if self.newest and self.chance.random() < (0.6 if repeats else 0.1):
            case, target = self.chance.choice(repeats or [(a, a) for a in self.cases])
            return self.tries_two("decline_ended", case, target)
        pairs = [(a, b) for a in self.cases for b in self.cases if b is not a.merged_into]
        pairs = [(a, b) for a, b in pairs if not a.merged_into]
        pairs += [(one, one.merged_into) for one in self.cases if one.merged_into]
        fit = [likely.of_two(*pair) for pair in pairs]
        if not any(fit) and self.chance.random() < 0.8:
            return self._item()
        case, target = pairs[self.picks.likely(fit)]
        return self.tries_two("unmerge" if case.merged_into else "merge", case, target)

    def tries_two(self, move: str, case: Case, target: Case, by: str = "") -> None:
        """Make a move of two cases; `by`: who makes it, else somebody."""
        n, k = case.n, target.n
        who = PEOPLE[by] if by else self.picks.who(move, case)
        self._try(
            move,
            (n,) if move in afterwards.TWO else (n, k),
            who.name,
            (k,),
            lambda: TWO[move](case, target, who, Said(), self.now),
            self.product.on_two(move, who.name, n, k, self.now),
        )
        agree(target, k, self.product)

    def _item(self) -> None:
        found = [(n, item) for n, case in enumerate(self.cases) for item in case.items]
        if not found:
            return self._case()
        able = [item.state not in OVER and self.cases[n].at_work for n, item in found]
        if not any(able) and self.chance.random() < 0.7:
            return self._case()
        n, item = found[self.picks.likely(able)]
        case = self.cases[n]
        known = ITEM_MOVES if self.latest else _OF_NEWER if self.newest else _OF_OLDER
        fitting = [move for move in known if item.state in AT[move]]
        move = self.picks.pick(
            fitting, known, lambda move: likely.on_item(move, case, item, self.now)
        )
        said = self.picks.said(item)
        if move == "reassign" and self.chance.random() < 0.8:
            said = replace(said, inspector="inspector")
        if move in ("release_assistance", "share_assistance") and item.assisted:
            asked = self.chance.choice(item.assisted)
            said = replace(said, unit=asked.unit, which=self.chance.choice((0, 1, 1, 2)))
        if move == "record_assistance":
            owing = [one.unit for one in item.assisted if one.owes] or [said.unit]
            unit = self.chance.choice(owing) if self.chance.random() < 0.8 else said.unit
            said = replace(said, unit=unit, heard=self.chance.choice((0, 0, 1, 5, 30)))
        if move == "ask_step_up":
            said = replace(said, rung=self.chance.choice((3, 3, 4, 5, 6, 7)))
        if move == "extend":
            due = case.alive(item.on, "verify", "rectify")
            said = self.picks.dated(
                self.now, said, due, lambda: more_time.room_of_item(case, item, self.now)
            )
        who = self.picks.holder(move, case, item)
        self._try(
            move,
            (n,),
            who.name,
            (item.n, said),
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
        who = PEOPLE[
            self.chance.choice(above if self.chance.random() < 0.7 else [*self.picks.people])
        ]
        if move == "answer_order" and self.chance.random() < 0.6 and order.unit in PEOPLE:
            who = PEOPLE[order.unit]
        self._try(
            move,
            (n,),
            who.name,
            (order.n,),
            lambda: ORDER_MOVES[move](self.cases[n], order, who, self.now),
            self.product.on_order(move, who.name, (n, order.n), self.now),
        )
        return documents_agree(self.cases[n], n, self.product)


def tell(stage: Stage, seed: int, steps: int, counted: Counted) -> None:
    """Tell one story on the stage; afterwards the stage is as it was."""
    with stage.database.engine.connect().execution_options(**{WRITE: True}) as connection:
        outer = connection.begin()
        with Session(bind=connection, join_transaction_mode="create_savepoint") as session:
            Story(Product(session, stage.office), seed, counted).goes_on(steps)
        outer.rollback()
