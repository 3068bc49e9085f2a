"""What every story is told with: what happens by itself, and how a move is tried on both sides."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.model import (
    back,
    reviewing,
    silence,
    splitting,
)
from tests.model.case_moves import delivered, more_said, opened
from tests.model.choosing import Choosing
from tests.model.compare import Disagreement, agree, rungs_agree
from tests.model.matters import Case, Refused
from tests.model.merging import ALIKE
from tests.model.office import DISTRICT, OTHER
from tests.model.product import Product
from tests.model.states import ENDED

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
MOMENT = timedelta(microseconds=1)
NEWEST = 300_000  # stories from this seed on know more, from the other all
LATEST = 400_000
_HOURS = (1, 2, 5, 5, 24, 24, 72, 500)
_LAST = datetime(2027, 6, 30, tzinfo=UTC)  # the handwritten days end some months later
_KINDS = ("complaint", "complaint", "tip", "tip", "help", "question", "suggestion")


@dataclass
class Counted:
    """What chance did, over all stories. `refused`: by move and reason, as the model said;
    `of_several`: in cases of which several senders want to know what came of them.
    """

    steps: int = 0
    made: Counter[str] = field(default_factory=Counter)
    of_several: Counter[str] = field(default_factory=Counter)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    rungs: Counter[str] = field(default_factory=Counter)


class Telling:
    """A few cases, and what happens to them by itself, on the model and on the product."""

    def __init__(self, product: Product, seed: int, counted: Counted) -> None:
        self.product, self.counted = product, counted
        self.chance = random.Random(seed)
        self.latest = seed >= LATEST
        self.picks = Choosing(self.chance, everybody=self.latest)
        self.now = self.chance.choice(BEGINNINGS)
        self.cases: list[Case] = []
        # Older stories are as short as they were, and know no more than they did.
        self.newest = seed >= NEWEST
        self.handed_down = self.newest or seed % 5 == 0
        self.told: list[str] = []

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
        self.comes_in(area, kind, reach, about, said)

    def comes_in(self, area: str, kind: str, reach: str, about: str, said: dict[str, Any]) -> None:
        """Let a report come in that opens a case; `said`: what else it says."""
        self._tell("report", area, kind, reach, about, said)
        self.cases.append(opened(len(self.cases), self.now, area, kind, reach, about, **said))
        food = said.pop("category") or None
        category = "petition" if said.pop("petition") else food
        more = {"call_back": said.pop("agreed"), "imposed_due": said.pop("imposed")}
        more |= {"reach": reach, "about": about, "category": category}
        self.product.comes_in(self.now, area, kind=kind, **said, **more)
        self._made("report", len(self.cases) - 1)

    def _more(self) -> None:
        able = [bool(case.waiting) for case in self.cases]
        if self.newest and self.chance.random() < 0.4:
            able = [case.state in ENDED for case in self.cases]
        mailed = [case for case in self.cases if case.mails]
        if self.latest and mailed and self.chance.random() < 0.6:
            self._mail(self.chance.choice(mailed))
            return
        n = self.picks.likely(able)
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

    def _mail(self, case: Case) -> None:
        """A report back that was mailed is taken, given up, or comes back."""
        mail = self.chance.choice(case.mails)
        takes = not mail.taken and self.chance.random() < 0.7
        self._tell("mail", case.n, mail.n, takes)
        report = self.product.reports[mail.n]
        self.product.mailing.happens(report, mail.at, self.now, takes=takes)
        happened = back.mail_taken if takes else back.mail_lost
        happened(case, mail, self.now)
        self._made("mail taken" if takes else "mail lost", case.n)

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
        return at - self.chance.choice((timedelta(0), timedelta(0), MOMENT))

    def _try(
        self,
        move: str,
        about: tuple[int, ...],
        who: str,
        said: tuple[Any, ...],
        model: Callable[[], object],
        product: Callable[[], object],
    ) -> None:
        """Make a move of a case, or of two, on the model and on the product."""
        why, born = "", None
        try:
            born = model()
        except Refused as refused:
            why = str(refused)
        self._tell(move, about[0], who, *said, why)
        refusal = self.product.attempt(product)
        if bool(why) != (refusal is not None):
            raise Disagreement(
                f"{move}: the model says {why or 'yes'}, the product {refusal!r}"
            ) from refusal
        if why:
            self.counted.refused[move, why] += 1
        else:
            for n in about:
                self.cases[n].acted |= {who} - {""} if move not in reviewing.NO_PART else set()
            self._begun(about[0], born)
            self._made(move, about[0])

    def _begun(self, n: int, born: object) -> None:
        """Let a case that a move opened be one of the story's."""
        if isinstance(born, splitting.Apart):
            self.product.parted(n, born.items, born.documents)
            self.cases.append(born.case)
            born = born.case
        elif isinstance(born, Case):
            self.product.reviewed()
            self.cases.append(born)
        if isinstance(born, Case):
            agree(born, born.n, self.product)

    def _made(self, move: str, n: int) -> None:
        self.counted.made[move] += 1
        if sum(one.asks for one in self.cases[n].letters.values()) > 1:
            self.counted.of_several[move] += 1
        agree(self.cases[n], n, self.product)

    def _tell(self, *words: object) -> None:
        self.told.append(f"{self.now:%m-%d %H:%M:%S.%f} " + " ".join(map(str, words)))
