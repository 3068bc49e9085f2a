"""Which reports were taken back by who sent them (撤回): for verbs and pages."""

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.ledger import splits
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.report_tables import Merger, Report
from caseflow.ledger.tables import Case


def retracted(session: Session, case: Case) -> dict[str, str]:
    """Return by number which reports of a case were taken back since they were last taken up anew,
    and why: in any case in which they lay since, by merging and splitting.
    """
    lie_here = select(Report.number).where(Report.case_id == case.id, Report.follows.is_(None))
    here = set(session.scalars(lie_here))
    was = set(session.scalars(select(Merger.into_id).where(Merger.case_id == case.id)))
    where = Entry.case_id.in_(was | splits.family(session, case.id))
    query = select(Entry).where(where, Entry.verb.in_(("retract", "reopen")))
    found: dict[str, str] = {}
    for entry in session.scalars(query.order_by(Entry.at, Entry.id)):
        facts = json.loads(entry.body)["facts"]
        if entry.verb == "retract":
            found[facts["report"]] = facts["why"]
        for number in facts.get("anew", ()):
            found.pop(number, None)
        if "anew" not in facts and (entry.verb, entry.case_id) == ("reopen", case.id):
            found.clear()  # from before such an entry named them
    return {number: why for number, why in found.items() if number in here}
