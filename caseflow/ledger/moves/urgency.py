"""Danger to a child: raised, taken over by a named person, and the reason not to call the police.

Only a named person's acknowledgement stops the immediate clock of an urgent matter (design §3).
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from caseflow.deadlines import clocks
from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted
from caseflow.ledger import gate
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.moves.closing import go_on
from caseflow.ledger.moves.opening import make_urgent
from caseflow.ledger.moves.record import may_say, of_case, record, words
from caseflow.ledger.tables import Case
from caseflow.people.actor import Actor

_CLOCK_TIME = re.compile(r"(\d+)\s*[:：]\s*(\d+)")


def require_no_danger(session: Session, case: Case) -> None:
    """Raise MoveNotAllowed while somebody must still be named for a danger, or other eyes sign."""
    if case.countersign:
        raise MoveNotAllowed("未报警的理由还没有会签，请先会签")
    if case.urgent and clocks.alive(session, of_case(case), "immediate"):
        raise MoveNotAllowed("紧急事项请先由专人确认接手")


@dataclass(frozen=True)
class DangerCard:
    """What must be said about a child in danger (未成年人保护法 §11: to the police at once).

    `police_at`: in words, as the caller of the police remembers it. Without a call to the police
    a `reason` is needed, which another person countersigns.
    """

    police_called: bool
    leader_told: bool
    police_who: str = ""
    police_at: str = ""
    police_number: str = ""
    reason: str = ""

    def missing(self) -> Mapping[str, str]:
        """Return field name to message for what is still to be said."""
        gaps = {}
        if self.police_called:
            for name in ("police_who", "police_at"):
                if not getattr(self, name).strip():
                    gaps[name] = "请写明由谁、何时报警"
            if _impossible(self.police_at):
                gaps["police_at"] = "这不是一天里的时间，请写成 10:05 这样"
        elif not self.reason.strip():
            gaps["reason"] = "未报警须说明理由，并由另一人会签"
        if not self.leader_told and not self.reason.strip():
            gaps["leader_told"] = "请先报告分管领导，或说明理由"
        return gaps


def _impossible(said: str) -> bool:
    """Tell whether somebody wrote hours and minutes that no clock shows; other words pass."""
    return any(int(hour) > 23 or int(minute) > 59 for hour, minute in _CLOCK_TIME.findall(said))


def raise_urgency(
    session: Session,
    actor: Actor,
    case_id: int,
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Say that a matter is urgent after all: what came in by mail or form had nobody to say so.

    From now a named person must take it over within the urgent limit. Promises that run already
    keep their due moments. Raises MoveNotAllowed where that is awaited already.
    """
    case = gate.lock(session, case_id, seen)
    why = words(reason, "reason", 2000)
    if case.urgent and clocks.alive(session, of_case(case), "immediate"):
        raise MoveNotAllowed("这个办件已经是紧急事项，正等待确认接手")
    gate.pass_case(actor, case, "raise_urgency")
    make_urgent(session, case, now)
    record(session, case, actor, "raise_urgency", now, {"reason": why})


def acknowledge(
    session: Session,
    actor: Actor,
    case_id: int,
    card: DangerCard,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """A named person takes over an urgent matter; only this stops its immediate clock.

    Raises MoveNotAllowed where nobody is waited for: of two who take over at once the first did,
    and a matter that is over is not made to cry again.
    """
    case = gate.lock(session, case_id, seen)
    if not case.urgent:
        raise MoveNotAllowed("只有紧急事项需要确认接手")
    if not clocks.alive(session, of_case(case), "immediate"):
        raise MoveNotAllowed("这个紧急事项已有人确认接手")
    gaps = card.missing()
    if gaps:
        raise BadInput(gaps)
    gate.pass_case(actor, case, "acknowledge")
    clocks.meet(session, of_case(case), now, "immediate")
    case.countersign = case.countersign or not (card.police_called and card.leader_told)
    record(session, case, actor, "acknowledge", now, asdict(card))


def countersign(
    session: Session,
    actor: Actor,
    case_id: int,
    remark: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Another person confirms the reason for not calling the police."""
    case = gate.lock(session, case_id, seen)
    if not case.countersign:
        raise MoveNotAllowed("没有需要会签的理由")
    gate.pass_case(actor, case, "countersign")
    if actor.id in took_over(session, case):
        raise NotPermitted("会签须由另一人进行")
    case.countersign = False
    record(session, case, actor, "countersign", now, {"remark": may_say(remark)})
    go_on(session, case, now)


def took_over(session: Session, case: Case) -> set[int | None]:
    """Return everybody who took over since the last countersignature: one may be the reason's."""
    since = select(func.coalesce(func.max(Entry.n), 0)).where(
        Entry.case_id == case.id, Entry.verb == "countersign"
    )
    query = select(Entry.user_id).where(
        Entry.case_id == case.id, Entry.verb == "acknowledge", Entry.n > since.scalar_subquery()
    )
    return set(session.scalars(query))
