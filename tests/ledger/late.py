"""An office whose units let their time run out, for circulars: who was late, with what, when."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from caseflow.clock import Period
from caseflow.db import Database
from caseflow.escalation.sweep import sweep
from caseflow.ledger.moves import items, triage, work
from caseflow.ledger.moves.items import Dispatch
from caseflow.ledger.moves.work import Result
from caseflow.ledger.tables import Case, Item
from caseflow.people.actor import Actor
from caseflow.publishing import circulars, drafting
from caseflow.publishing.circular_states import CHECKS
from caseflow.publishing.tables import Circular
from tests import office as offices

DAY = timedelta(days=1)
MARCH = Period(date(2026, 3, 1), date(2026, 3, 13))
MATTER, ORDERED = "班主任收受礼品", "请到校核查食堂采购台账"


@dataclass
class Late:
    """A session, its office, and the moment at which the period is over."""

    session: Session
    office: offices.Office
    begin: datetime

    @property
    def now(self) -> datetime:
        """Ten days after the beginning: Friday 13 March 2026, 10:00 in Shanghai."""
        return self.begin + 10 * DAY

    def case(self, *units: str, inspector: bool = False, **more: object) -> tuple[Case, list[Item]]:
        """Open a case with an item dispatched to each of some units; nobody signs for it."""
        session, me = self.session, self.office["handler"]
        case, _ = offices.report(session, self.begin, **more)  # type: ignore[arg-type]
        triage.accept(session, me, case.id, self.begin)
        made = items.split(session, me, case.id, [MATTER] * len(units), self.begin)
        person = self.office["inspector"].person if inspector else None
        for unit, item in zip(units, made, strict=True):
            order = Dispatch(self.office.units[unit], ORDERED, person, none_listed=True)
            items.dispatch(session, me, item.id, order, self.begin)
        return case, list(made)

    def found(self, unit: str = "school", result: str = "substantiated") -> Item:
        """Return an item whose unit signed for it, and found what there was to find, in time."""
        _, [item] = self.case(unit)
        by, at = self.office[unit], self.begin + timedelta(hours=1)
        work.sign_for(self.session, by, item.id, at)
        blob = offices.blob(self.session, at)
        work.hand_in(self.session, by, item.id, blob, "图", at)
        target = self.office.units[unit] if result in ("substantiated", "partly") else None
        work.find(self.session, by, item.id, Result(result, "查看台账", target, "请整改"), at)
        return item

    def passes(self) -> None:
        """Let the ten days pass; the ladder climbs."""
        while sweep(self.session, self.now):
            pass

    def draft(self, who: str = "supervisor") -> Circular:
        """Draft a circular on lateness."""
        return drafting.draft_lateness(self.session, self.office[who], MARCH, self.now)

    def edited(self, circular: Circular, who: Actor, more: str) -> Circular:
        """Let somebody add a line to the text of a circular."""
        text, public = f"{circular.text}\n{more}", circular.public_text
        return circulars.edit(self.session, who, circular.id, text, public, self.now)

    def checked(self, circular: Circular, who: str = "reviewer") -> Circular:
        """Let somebody check a circular, with every point ticked."""
        ticks = CHECKS[circular.kind]
        return circulars.check(self.session, self.office[who], circular.id, ticks, self.now)

    def issued(self, circular: Circular) -> Circular:
        """Let a circular be checked and signed."""
        self.checked(circular)
        return circulars.issue(self.session, self.office["leader"], circular.id, self.now)

    def published(self, circular: Circular) -> Circular:
        """Let a circular be checked, signed and published."""
        self.issued(circular)
        return circulars.publish(self.session, self.office["leader"], circular.id, self.now)


@contextmanager
def late_office(database: Database, begin: datetime) -> Iterator[Late]:
    """Yield an office in which the section was late with three cases and the school with one."""
    with database.transaction() as session:
        late = Late(session, offices.make(session), begin)
        for _ in range(3):
            late.case("academy", category="ethics")
        late.case("school", "school", category="food")
        late.passes()
        yield late
