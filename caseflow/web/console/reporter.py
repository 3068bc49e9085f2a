"""Opening a reporter's identity: with a reason, on the record, shown once in the answer."""

from sqlalchemy.orm import Session

from caseflow.errors import BadInput
from caseflow.ledger import queries
from caseflow.ledger.moves import revealing
from caseflow.vault.person import Person
from caseflow.web.console.case_page import shown
from caseflow.web.console.case_view import reveal_key
from caseflow.web.console.forms import Again
from caseflow.web.console.frame import Page, blueprint, scope
from caseflow.web.edge import actor, change, needs, now, rooms, typed


@blueprint.post("/cases/<number>/reveal/<int:report_id>")
@needs("vault.reveal")
def reveal(number: str, report_id: int) -> Page:
    """Open who sent a report; shown in this answer only, never under an address of its own."""
    reason = typed("reason")

    def opened(session: Session) -> Person:
        case = queries.case_by_number(session, scope(), number)
        ring = rooms().ring
        return revealing.reveal(session, ring, actor(), case.id, report_id, reason, now())

    try:
        person = change(opened)
    except BadInput as wrong:
        return shown(number, Again(reveal_key(report_id), {"reason": reason}, wrong.fields), 422)
    return shown(number, revealed={report_id: person})
