"""Who is called back once answered, and what came of it (回访): where several people reported a
matter, each is called, and each record says whom it is about.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from caseflow.clock import local
from caseflow.deadlines import clocks
from caseflow.deadlines.policies import ClockName, Policy
from caseflow.deadlines.tables import Clock
from caseflow.ledger.moves.notice import reachable
from caseflow.ledger.moves.opening import first_reports, is_called_back
from caseflow.ledger.report_tables import CallBack, Reply, Report
from caseflow.ledger.retractions import retracted
from caseflow.ledger.tables import Case

BY_CALLING = ("phone", "email")


def wants_call_back(report: Report, ways: Collection[str]) -> bool:
    """Tell whether a report's sender, who can be reached in these `ways`, is called back."""
    return is_called_back(report, able=bool(set(BY_CALLING) & set(ways)))


def anybody(session: Session, case: Case) -> bool:
    """Tell whether any reporter of a case wants to be called back."""
    return bool(_wanted(session, case, first_reports(session, case)))


def _wanted(session: Session, case: Case, reports: Sequence[Report]) -> set[int]:
    """Return the reports whose senders want to be called back, and took nothing back."""
    gone = retracted(session, case)
    return {
        one.id
        for one in reports
        if one.number not in gone and wants_call_back(one, reachable(session, one))
    }


@dataclass(frozen=True)
class Calls:
    """Whom a case's round calls back, and the records of it, oldest first. One that names nobody
    was made when a record stood for everybody. `explained`: the ones that displeased, and after
    which it was explained why it stays so; `under_way`: where that has not arrived yet. `days`: on
    so many different ones somebody is tried in vain before it is enough.
    """

    whom: Sequence[Report]
    made: Sequence[CallBack]
    explained: Collection[int] = ()
    under_way: Collection[int] = ()
    days: int = Policy.attempt_days

    def about(self, report: Report) -> list[CallBack]:
        """Return the attempts at calling one reporter."""
        return [call for call in self.made if call.report_id in (None, report.id)]

    def left(self) -> list[Report]:
        """Return whom nobody has reached yet."""
        return [one for one in self.whom if not any(call.reached for call in self.about(one))]

    def pleased(self) -> bool:
        """Tell whether everybody was satisfied when last called, or had it explained since (the
        case may wait for a countersignature since then).
        """
        return all(self._pleased(self.about(one)) for one in self.whom)

    def settled(self) -> bool:
        """Tell whether each was satisfied, had it explained, or could not be reached on as
        many Shanghai days as the rule of the call-back says.
        """
        return all(self._pleased(self.about(one)) or self._tried_enough(one) for one in self.whom)

    def displeased(self) -> list[Report]:
        """Return who was not satisfied when last called, and was told nothing since: a person
        decides what follows.
        """
        told = {*self.explained, *self.under_way}
        return [
            one
            for one in self.whom
            if any(c.satisfied is False and c.id not in told for c in self.about(one)[-1:])
        ]

    def _pleased(self, calls: Sequence[CallBack]) -> bool:
        return any(one.satisfied or one.id in self.explained for one in calls[-1:])

    def tried(self, report: Report) -> int:
        """Return on how many different Shanghai days somebody called one reporter."""
        return len({local(attempt.at).date() for attempt in self.about(report)})

    def _tried_enough(self, report: Report) -> bool:
        reached = any(attempt.reached for attempt in self.about(report))
        return self.tried(report) >= self.days and not reached

    def missing(self) -> bool:
        """Tell whether nobody has tried yet to reach somebody."""
        return any(not self.about(one) for one in self.whom)


def whom(reports: Sequence[Report], wanted: Collection[int]) -> Sequence[Report]:
    """Return those of a case's first reports whose senders are called: who is `wanted`, or, where
    nobody can be reached by now, the first one.
    """
    return [one for one in reports if one.id in wanted] or reports[:1]


def calls_of(session: Session, case: Case) -> Calls:
    """Return whom this round of a case calls back, and what came of it."""
    query = select(CallBack).where(CallBack.case_id == case.id, CallBack.round == case.reopened)
    made = session.scalars(query.order_by(CallBack.id)).all()
    reports = first_reports(session, case)
    sent = session.scalars(select(Reply).where(Reply.case_id == case.id, *_EXPLAINS)).all()
    clock = session.scalars(_CLOCK, {"case": case.id}).first()
    policy = clocks.policy_of(session, clock) if clock is not None else None
    return calls(whom(reports, _wanted(session, case, reports)), made, sent, policy)


_CLOCK = (
    select(Clock)
    .where(Clock.case_id == bindparam("case"), Clock.name == ClockName.call_back)
    .order_by(Clock.id.desc())
    .limit(1)
)


_EXPLAINS = (Reply.explains.is_not(None), Reply.failed_at.is_(None))


def calls(
    whom: Sequence[Report],
    made: Sequence[CallBack],
    sent: Iterable[Reply],
    policy: Policy | None,
) -> Calls:
    """Return a round's calls; `sent`: what was sent to the case's reporters, in this round or
    before, of which what explains a call counts. `policy`: what the promise to call was made by.
    """
    told = {
        one.explains: one.delivered_at is not None
        for one in sent
        if one.explains is not None and one.failed_at is None
    }
    arrived = {call for call, there in told.items() if there}
    days = policy.attempt_days if policy is not None else Policy.attempt_days
    return Calls(whom, made, arrived, told.keys() - arrived, days)
