"""What a page of one case is made from: the dossier, who looks, when, and by which rules."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from sqlalchemy.orm import Session

from caseflow.deadlines import pauses, preview
from caseflow.deadlines.rules import Rules, rules_of
from caseflow.deadlines.tables import Clock
from caseflow.errors import BadInput
from caseflow.escalation import drafted
from caseflow.ledger import (
    dossier,
    extensions,
    gate,
    oversights,
    passages,
    proposals,
    reviews,
    shelvings,
    signatures,
    step_ups,
    supplements,
    tips,
    visits,
    withdrawals,
)
from caseflow.ledger.application_tables import Extension, Proposal, Withdrawal
from caseflow.ledger.assistance_tables import Assistance
from caseflow.ledger.dossier import Dossier
from caseflow.ledger.extensions import Room
from caseflow.ledger.moves import naming, objecting
from caseflow.ledger.moves.objecting import Designation
from caseflow.ledger.moves.record import matter_of
from caseflow.ledger.report_tables import Passage, Question
from caseflow.ledger.retractions import retracted
from caseflow.ledger.review_tables import Review
from caseflow.ledger.shelving_tables import Shelving
from caseflow.ledger.signature_tables import Signature
from caseflow.ledger.step_up_tables import StepUp
from caseflow.ledger.tables import Case, Item
from caseflow.people import absences, names
from caseflow.people.absences import Away
from caseflow.people.actor import Actor
from caseflow.people.permissions import INSPECTOR, OFFICE, may
from caseflow.people.tables import Area, Unit, User
from caseflow.web import edge
from caseflow.web.clocks import due_text


@dataclass
class Sight:
    """One case in the eyes of one person at one moment."""

    session: Session
    actor: Actor
    now: datetime
    dossier: Dossier
    rules: Rules

    @property
    def case(self) -> Case:
        """The case itself."""
        return self.dossier.case

    @cached_property
    def moves(self) -> list[str]:
        """The moves of the state table that this person may make on the case, each once."""
        return list(dict.fromkeys(edge.move for edge in gate.offers(self.actor, self.case)))

    @cached_property
    def documents(self) -> drafted.Documents:
        """What became of the documents that the clocks of the case drafted."""
        return drafted.documents(self.session, self.dossier.clocks)

    @cached_property
    def units(self) -> Sequence[Unit]:
        """The units that an item of this case can go to."""
        return names.units_near(self.session, self.dossier.area)

    @cached_property
    def away(self) -> Mapping[int, Away]:
        """Who is away now, by id."""
        return absences.running(self.session, self.now)

    @cached_property
    def inspectors(self) -> Sequence[User]:
        """The inspectors who can verify and are there."""
        return self._present("inspector")

    @cached_property
    def handlers(self) -> Sequence[User]:
        """The people to whom the case can be assigned and who are there."""
        return self._present("handler", "supervisor")

    @cached_property
    def people(self) -> Sequence[User]:
        """The people of the office and of those above it who need not keep away from the case."""
        area, about = self.dossier.area, self.case.unit_id
        return names.people_near(self.session, area, (*OFFICE, INSPECTOR), about)

    def _present(self, *roles: str) -> Sequence[User]:
        return [one for one in self.people if one.role in roles and one.id not in self.away]

    @cached_property
    def slips(self) -> Collection[int]:
        """The units named by mistake, so that an item may go to one of them after all."""
        if not may(self.actor, "item.lift_shield") or self.case.kind != "tip":
            return ()
        return naming.shield(self.session, self.case).slips(self.actor) - {self.case.unit_id or 0}

    def due(self, clock: str) -> str:
        """Return when a promise given now would fall due, as the screen says it."""
        back = self.dossier.clock("resolve") if clock in ("verify", "rectify") else None
        before = back.due if back else None
        matter = matter_of(self.case)
        return due_text(preview.due(self.session, clock, matter, self.now, before=before))

    @cached_property
    def would_stand(self) -> Sequence[Clock]:
        """The promises that would stand still for a question asked now."""
        never = not self.dossier.told.may_have(Question)
        return pauses.would_stand(self.session, self.dossier.clocks, never=never)

    def room(self, item: Item | None) -> Room:
        """Return how far the promise of an item, or of the case, could be extended now."""
        known = self.dossier.extensions
        return extensions.room(self.rules, self.dossier.clocks, known, item, self.now)

    @cached_property
    def is_ordered(self) -> bool:
        """Whether the office above ordered that the matter be handled again."""
        told = self.dossier.told
        if not told.is_akin and "reopen" not in told.verbs:
            return False
        return reviews.is_ordered(self.session, self.case)

    @cached_property
    def retracted(self) -> Mapping[str, str]:
        """Which reports were taken back since the case was last taken up, by number, and why."""
        told = self.dossier.told
        if not told.is_akin and "retract" not in told.verbs:
            return {}
        return retracted(self.session, self.case)

    @cached_property
    def designations(self) -> Mapping[int, Designation]:
        """Who says who handles the items that were objected to often enough, by item id."""
        waits = (one.state == "objected" for one in self.dossier.items)
        return objecting.designations(self.session, self.actor, self.case) if any(waits) else {}

    @cached_property
    def passage(self) -> Passage | None:
        """The passage to another office that waits for its signature."""
        waits = self.case.bound_for is not None
        return passages.waiting(self.session, self.case.id) if waits else None

    @cached_property
    def offices(self) -> Mapping[str, str]:
        """What the two offices of that passage are called, by area."""
        row = self.passage
        return passages.names(self.session, [row.from_area, row.to_area]) if row else {}

    @cached_property
    def reviewing(self) -> Sequence[tuple[Review, Case]]:
        """The reviews that the case is about, or that are about it; most cases know of none."""
        asked = any(entry.verb == "ask_review" for entry in self.dossier.entries)
        related = asked or self.case.reviews is not None
        return reviews.about(self.session, self.case) if related else ()

    @cached_property
    def to_find(self) -> Collection[int]:
        """The items, by id, whose finding the office owes now that the unit handed something in."""
        return tips.to_find(self.session, self.case)

    @cached_property
    def signing(self) -> Mapping[int, Signature]:
        """The answers that wait for the signature of a unit's responsible person, by item id."""
        if not any(entry.verb == "write" for entry in self.dossier.of_items):
            return {}
        return signatures.waiting_of(self.session, self.dossier.items)

    @cached_property
    def unvisited(self) -> Collection[int]:
        """The submitted items, by id, that nobody can strike off before somebody went there."""
        waits = [item for item in self.dossier.items if item.state == "submitted"]
        return visits.lacking(self.session, self.case, waits)

    def unanswered(self, item: Item) -> list[Assistance]:
        """Return what units were asked about an item and have not answered."""
        known = self.dossier.assistances
        return [one for one in known if one.item_id == item.id and one.is_open]

    @cached_property
    def held(self) -> Collection[int]:
        """The submitted items, by id, that nobody can strike off before the level above looked."""
        waits = [item for item in self.dossier.items if item.state == "submitted"]
        brought = any(row.looked_at is None for row in self.dossier.oversights)
        return oversights.holding(self.session, self.case, waits) if brought else ()

    def undecided(self, item: Item | None) -> Extension | None:
        """Return the application for more time that waits for its decision."""
        return extensions.undecided(self.dossier.extensions, item)

    def withdrawal(self, item: Item) -> Withdrawal | None:
        """Return the request to withdraw an item that waits for its decision."""
        return withdrawals.undecided(self.dossier.withdrawals, item)

    def step_up(self, item: Item) -> StepUp | None:
        """Return what was asked about the item's ladder and waits for its decision."""
        return step_ups.undecided(self.dossier.step_ups, item)

    @property
    def shelving(self) -> Shelving | None:
        """By which application the case is shelved, or which one waits for its decision."""
        known = self.dossier.shelvings
        return shelvings.undecided(known) or shelvings.lasting(known)

    @cached_property
    def proposal(self) -> Proposal | None:
        """The proposal to decline or refer the case that waits for its decision."""
        return proposals.undecided(self.dossier.proposals)

    @cached_property
    def supplements(self) -> Sequence[str | None]:
        """How each request for a supplement ended; nothing is asked of most cases."""
        if not any(entry.verb == "supplement" for entry in self.dossier.entries):
            return ()
        return supplements.ends(self.session, self.case.id)

    @cached_property
    def all_withdrawn(self) -> bool:
        """Tell whether nothing of the case is left but what was withdrawn."""
        return withdrawals.nothing_stands(self.case, self.dossier.items)

    def urgent_due(self) -> str:
        """Return when somebody must have taken over, were the case raised to urgent now."""
        matter = replace(matter_of(self.case), urgent=True)
        return due_text(preview.due(self.session, "immediate", matter, self.now))


def look_at(session: Session, case: Case) -> Sight:
    """Return a case as whoever is signed in sees it now."""
    loaded = dossier.load(session, case)
    return Sight(session, edge.actor(), edge.now(), loaded, rules_of(session))


def unit_labels(units: Sequence[Unit]) -> dict[str, int]:
    """Return unit ids by what one types for them; units of one name carry their area's code."""
    often = [unit.name for unit in units]
    return {
        unit.name if often.count(unit.name) == 1 else f"{unit.name} ({unit.area_code})": unit.id
        for unit in units
    }


def unit_typed(session: Session, case: Case, field: str) -> int | None:
    """Return the unit whose name was typed in a field, None where nothing was.

    Raises BadInput for a name that is not on the list.
    """
    typed = edge.typed(field)
    if not typed:
        return None
    area = session.get_one(Area, case.area_code)
    known = unit_labels(names.units_near(session, area))
    if typed not in known:
        raise BadInput({field: "没有这个单位，请从列表中选择"})
    return known[typed]
