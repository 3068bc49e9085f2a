"""What chance picks: mostly what leads on, by whoever may; sometimes anything, by anybody."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from tests.model import days
from tests.model.handing import in_hand
from tests.model.matters import Case, Refused
from tests.model.office import ABOVE, CAME_LATER, MAY, PEOPLE, UNITS, Person, reaches
from tests.model.promises import Promise
from tests.model.reviewing import is_free
from tests.model.things import Item, Said

# How often chance picks a move of those that fit, where not once; 0.2: it ends a story early.
_OFTEN = {
    "accept": 8,
    "split": 3,
    "conclude": 4,
    "reply": 8,
    "call_back": 5,
    "close": 4,
    "explain": 4,
    "resume": 2,
    "dispatch": 9,
    "sign_for": 8,
    "object": 4,
    "hand_in": 4,
    "find": 6,
    "submit": 6,
    "strike_off": 5,
    "return": 3,
    "reject_objection": 3,
    "dispatch_anew": 3,
    "designate": 6,
    "conclude_withdrawn": 9,
    "oversee": 4,
    "draft_report_back": 6,
    "check_report_back": 6,
    "send_report_back": 7,
    "sign_report_back": 6,
    "refuse_report_back": 2,
    "return_report_back": 2,
    "waive_report_back": 0.5,
    "ask": 0.5,
    "consent_withdrawal": 3,
    "extend": 6,
    "extend_case": 3,
    "grant": 7,
    "grant_case": 6,
    "refuse": 7,
    "refuse_case": 1,
    "reassign": 2,
    "note": 0.2,
    "edit": 0.2,
    "reopen": 0.5,
    "tell": 0.2,
    "refer": 0.1,
    "decline": 0.2,
    "answer": 0.3,
    "statutory": 0.3,
    "statutory_outcome": 0.2,
    "withdraw": 0.6,
    "assign": 0.3,
    "name_unit": 0.2,
    "raise_urgency": 0.2,
    "ask_shelving": 0.4,
    "shelve": 5,
    "take_up": 0.6,
    "split_off": 0.7,
    "pass_on": 0.5,
    "receive": 3,
    "send_back": 4,
    "take_back": 1.5,
    "ask_review": 2.5,
    "opine": 5,
    "ask_milestone": 2,
    "move_milestone": 3,
    "ask_exclusion": 2,
    "exclude": 4,
    "refuse_exclusion": 2,
    "ask_assistance": 0.7,
    "answer_assistance": 4,
    "propose_decline": 0.4,
    "propose_refer": 0.4,
    "approve": 3,
    "refuse_proposal": 3,
    "answer_later": 7,
    "ask_step_up": 1.5,
    "step_up": 5,
    "refuse_step_up": 2,
    "supplement": 1.5,
    "retract": 0.4,
    "mediate": 0.2,
    "hand_over": 0.8,
    "record_assistance": 2,
    "sign_off": 6,
    "unsign": 2,
}


_GO = (
    "inspector reviewer",
    "inspector handler",
    "inspector reviewer",
    "reviewer",
    "brother leader",
)


class Choosing:
    """Picks by a chance of its own, so that a seed tells the same story again."""

    def __init__(self, luck: random.Random, *, everybody: bool = True) -> None:
        self.luck = luck
        self.people = {
            name: one for name, one in PEOPLE.items() if everybody or name not in CAME_LATER
        }

    def likely(self, able: list[bool]) -> int:
        """Pick one of several, in most cases one that something can still be done with."""
        better = [n for n, one in enumerate(able) if one]
        if better and self.luck.random() < 0.93:
            return self.luck.choice(better)
        return self.luck.randrange(len(able))

    def pick(self, fitting: list[str], every: dict[str, Any], likely: Callable[[str], bool]) -> str:
        """Pick a move that fits the state in most cases, what leads on more often."""
        luck = self.luck.random()
        if luck < 0.04 or not fitting:
            return self.luck.choice(list(every))
        fitting = [move for move in fitting if luck < 0.12 or likely(move)] or fitting
        weights = [_OFTEN.get(move, 1) for move in fitting]
        return self.luck.choices(fitting, weights)[0]

    def who(self, move: str, case: Case) -> Person:
        """Pick somebody whose role may and who sees the case, in most cases."""
        luck = self.luck.random()
        able = [one for one in self.people.values() if one.role in MAY[move] or luck < 0.05]
        near = [one for one in able if luck < 0.12 or self._is_near(move, one, case)]
        return self.luck.choice(near or able)

    def _is_near(self, move: str, person: Person, case: Case) -> bool:
        if move in ("receive", "send_back") and case.passage is not None:
            return person.area == case.passage.to
        if move in ("pass_on", "take_back") and person.area != case.area:
            return False
        if move == "opine" and not is_free(person, case):
            return False
        return reaches(person, case.area, case.about)

    def holder(self, move: str, case: Case, item: Item) -> Person:
        """Pick whoever has the item, where it is theirs to move it; in most cases."""
        if move == "answer_assistance":
            owes = [one.unit for one in item.assisted if one.owes and one.unit in PEOPLE]
            return PEOPLE[self.luck.choice(owes)] if owes else self.who(move, case)
        if "unit" not in MAY[move] or self.luck.random() < 0.2:
            return self.who(move, case)
        if item.in_person:
            return PEOPLE[item.inspector]
        if item.holder == "school" and self.luck.random() < 0.3:
            return PEOPLE["clerk"]
        return PEOPLE.get(item.holder) or PEOPLE["handler"]

    def said(self, item: Item | None) -> Said:
        """Pick what is said with a move, of all that could be."""
        chance = self.luck
        unit = chance.choice(UNITS)
        beside = [one.unit for one in item.assisted if one.owes] if item else []
        if beside and chance.random() < 0.3:
            unit = chance.choice(beside)
        same = item is not None and item.verifying and chance.random() < 0.2
        return Said(
            unit=item.verifying if item and same else unit,
            inspector=chance.choice(("inspector", "inspector", "handler"))
            if unit == "section" or chance.random() < 0.1
            else "",
            none_listed=chance.random() < 0.8,
            result=chance.choice(("substantiated", "partly", "unsubstantiated", "unverifiable")),
            rectifier=chance.choice(("school", "branch", "academy", *([unit] if item else []))),
            way=chance.choice(("telephone", "message", "message", "impossible", "track")),
            reached=chance.random() < 0.6,
            satisfied=chance.random() < 0.5,
            police=chance.random() < 0.5,
            consent=chance.random() < 0.8,
            person=chance.choice(("handler", "brother", "supervisor", *self.people)),
            signer=chance.random() < 0.9,
            went=chance.choice(_GO),
            ahead=chance.choice((0, 9, 9, 12, 20, 400)),
            two=chance.random() < 0.4,
            which=chance.choice((1, 1, 2)),
            to=chance.choice((*ABOVE, "city")),
            opinion=chance.choice(("upheld", "changed", "redone")),
        )

    def handed(self, said: Said, case: Case) -> Said:
        """Pick who hands over what to whom: in most cases something that they have in hand."""
        chance = self.luck
        inspectors = [one.inspector for one in case.items if in_hand(case, one.inspector)[1]]
        giver = chance.choice([case.handler, *inspectors, *inspectors])
        takers = ("handler", "brother", "supervisor", "city", "", "")
        goers = ("colleague", "inspector", "colleague", "inspector", "handler", "")
        return replace(
            said,
            giver=giver if chance.random() < 0.9 else chance.choice([*self.people]),
            taker=chance.choice(takers if chance.random() < 0.9 else [*self.people]),
            goer=chance.choice(goers),
        )

    def apart(self, said: Said, case: Case) -> Said:
        """Pick what is split off: in most cases a report, or one that tells of two matters where
        there is no other, with some of the items.
        """
        chance, letters = self.luck, [*case.letters]
        going: list[int] = chance.sample(letters, min(len(letters), chance.choice((1, 1, 1, 2))))
        shared: list[int] = []
        if len(letters) == len(going) and chance.random() < 0.9:
            shared, going = going[:1], []
        elif chance.random() < 0.15:
            shared = [n for n in letters if n not in going][:1]
        some = [item.n for item in case.items if chance.random() < 0.4]
        return replace(said, going=tuple(going), shared=tuple(shared), items=tuple(some))

    def dated(
        self,
        now: datetime,
        said: Said,
        owed: list[Promise],
        room: Callable[[], tuple[datetime, datetime]],
    ) -> Said:
        """Ask for the first or the last day that could be, a day too many, or a day off; for the
        next working day where more time is not to be had for another reason.
        """
        try:
            first, last = map(days.last_day, room())
        except Refused:
            due = days.last_day(owed[0].due) if owed else days.day_of(now)
            first = last = days.after(due, 1)
        wished: date = self.luck.choice(
            (first, last, last, last, days.after(last, 1), last - days.DAY, first - days.DAY)
        )
        return replace(said, until=wished)
