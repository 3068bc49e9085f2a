"""Which reports were taken back by who sent them (撤回): for verbs and pages."""

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.ledger import mergers, splits
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.report_tables import Merger
from caseflow.ledger.tables import Case


def retracted(session: Session, case: Case) -> dict[str, str]:
    """Return by number which reports of a case were taken back since it was last taken up, and
    why: here, in the case that they came with, or where that was merged meanwhile, or that this
    one was split off from.
    """
    was = set(session.scalars(select(Merger.into_id).where(Merger.case_id == case.id)))
    others = was | mergers.below(session, case.id) | splits.origins(session, case.id)
    others -= {case.id}
    verbs = Entry.verb.in_(("retract", "reopen"))
    query = select(Entry).where(Entry.case_id.in_({case.id, *others}), verbs)
    found: dict[str, str] = {}
    for entry in session.scalars(query.order_by(Entry.at, Entry.id)):
        if entry.verb == "retract":
            facts = json.loads(entry.body)["facts"]
            found[facts["report"]] = facts["why"]
        elif entry.case_id == case.id:
            found.clear()
    return found
