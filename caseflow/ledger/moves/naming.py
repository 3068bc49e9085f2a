"""Saying which unit a matter is about, where its reporter only described it (指明被反映单位).

Everything that protects a tip hangs on it: who may verify, who must keep away (design §3).
"""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.errors import BadInput
from caseflow.ledger import assistances, gate, splits
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.moves import handlers
from caseflow.ledger.moves.record import record, words
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case, Item
from caseflow.people.actor import Actor
from caseflow.people.permissions import may
from caseflow.people.posts import manages
from caseflow.people.tables import Unit, User


def name_unit(
    session: Session,
    actor: Actor,
    case_id: int,
    unit_id: int,
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Put on record which unit was reported. Whoever must keep away from it loses the case.

    Raises BadInput for a tip of which the unit, or one under its management, verifies an item
    already, and for somebody who would decide about what they must keep away from.
    """
    case = gate.lock(session, case_id, seen)
    why = words(reason, "reason", 2000)
    unit = session.get(Unit, unit_id)
    if unit is None or not unit.active or unit.id == case.unit_id:
        raise BadInput({"unit": "请从名单中选择另一个单位"})
    if unit.id in actor.recused:
        raise BadInput({"unit": "您须回避这个单位，请由他人办理"})
    gate.pass_case(actor, case, "name_unit")
    if case.kind == "tip" and verifies(session, case, unit):
        raise BadInput({"unit": "已有问题项交由这个单位或其管理的单位核查，不能指明为被举报单位"})
    if case.kind == "tip" and assists(session, case, unit):
        raise BadInput({"unit": "这个单位或其管理的单位正在协办，请先解除协办，再指明"})
    facts: dict[str, object] = {"unit": unit.id, "was": case.unit_id, "reason": why}
    case.unit_id = unit.id
    holder = session.get(User, case.handler_id) if case.handler_id is not None else None
    if holder is not None and not handlers.sees(session, holder, case):
        facts["handler"] = successor = handlers.first_handler(session, actor, case, now)
        handlers.hand_over(session, case, successor)
    record(session, case, actor, "name_unit", now, facts)


@dataclass(frozen=True)
class Shield:
    """Every unit that a matter was ever said to be about, and who said which one was a mistake.

    `units`: what the case is about, what a report names, what was named before. Naming another one
    is a correction on the record; it takes the shield off none of them. `corrections`: who named
    another unit, and which one stood there until then.
    """

    units: frozenset[int]
    corrections: tuple[tuple[int | None, int | None], ...]

    def slips(self, actor: Actor) -> frozenset[int]:
        """Return the units whose naming this person may hold for a slip.

        A supervisor, where somebody else has said that it was one: everybody errs, and no unit must
        be barred for good; but no one alone lifts the shield, nor anybody who must keep away.
        """
        if not may(actor, "item.lift_shield") or actor.id in {
            person for person, _ in self.corrections
        }:
            return frozenset()
        return frozenset(was for _, was in self.corrections if was is not None) - actor.recused


def shield(session: Session, case: Case) -> Shield:
    """Return which units a case shields itself from, and the cases that were merged into it, or
    that it or they were split off from or into.
    """
    cases = splits.family(session, case.id)
    units: set[int | None] = set(session.scalars(select(Case.unit_id).where(Case.id.in_(cases))))
    units |= set(session.scalars(select(Report.unit_id).where(Report.case_id.in_(cases))))
    named = select(Entry.user_id, Entry.body).where(
        Entry.case_id.in_(cases), Entry.verb == "name_unit"
    )
    corrections = tuple(
        (person, json.loads(body)["facts"]["was"]) for person, body in session.execute(named)
    )
    units |= {was for _, was in corrections}
    return Shield(frozenset(unit for unit in units if unit is not None), corrections)


def verifies(session: Session, case: Case, unit: Unit) -> bool:
    """Tell whether a unit, or one under its management, verifies an item of the case, or one that
    was split off from it.
    """
    query = select(Item.verifying_unit_id).where(
        Item.case_id.in_(splits.family(session, case.id)), Item.verifying_unit_id.is_not(None)
    )
    return any(held and manages(session, unit.id, held) for held in session.scalars(query))


def assists(session: Session, case: Case, unit: Unit) -> bool:
    """Tell whether a unit, or one under its management, still owes an answer beside a lead: here,
    or in a case that was split off.
    """
    near = splits.family(session, case.id)
    known = [row for one in sorted(near) for row in assistances.of_case(session, one)]
    return any(row.is_open and manages(session, unit.id, row.unit_id) for row in known)
