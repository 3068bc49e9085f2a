"""Who is called back once answered, and what came of it (回访): where several people reported a
matter, each is called, and each record says whom it is about.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.clock import local
from caseflow.ledger.moves.notice import reachable
from caseflow.ledger.moves.opening import first_reports, is_called_back
from caseflow.ledger.report_tables import CallBack, Report
from caseflow.ledger.retractions import retracted
from caseflow.ledger.tables import Case

ATTEMPT_DAYS = 3
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
    was made when a record stood for everybody.
    """

    whom: Sequence[Report]
    made: Sequence[CallBack]

    def about(self, report: Report) -> list[CallBack]:
        """Return the attempts at calling one reporter."""
        return [call for call in self.made if call.report_id in (None, report.id)]

    def left(self) -> list[Report]:
        """Return whom nobody has reached yet."""
        return [one for one in self.whom if not any(call.reached for call in self.about(one))]

    def pleased(self) -> bool:
        """Tell whether everybody was satisfied when last called (the case may wait for a
        countersignature since then).
        """
        return all(_pleased(self.about(one)) for one in self.whom)

    def settled(self) -> bool:
        """Tell whether each was satisfied, or could not be reached on three Shanghai days."""
        each = [self.about(one) for one in self.whom]
        return all(_pleased(calls) or _tried_enough(calls) for calls in each)

    def missing(self) -> bool:
        """Tell whether nobody has tried yet to reach somebody."""
        return any(not self.about(one) for one in self.whom)


def _pleased(calls: Sequence[CallBack]) -> bool:
    return bool(calls) and bool(calls[-1].satisfied)


def _tried_enough(calls: Sequence[CallBack]) -> bool:
    days = {local(attempt.at).date() for attempt in calls}
    return len(days) >= ATTEMPT_DAYS and not any(attempt.reached for attempt in calls)


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
    return Calls(whom(reports, _wanted(session, case, reports)), made)
