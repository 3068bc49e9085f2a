"""Taking the file of a case away: with a reason, on the record, sent in the answer itself."""

from flask import Response
from sqlalchemy.orm import Session

from caseflow.errors import BadInput
from caseflow.insight import case_file as files
from caseflow.insight.case_file import Held
from caseflow.ledger import queries
from caseflow.ledger.moves import filing
from caseflow.paper.sheets import Report
from caseflow.web import edge
from caseflow.web.console.case_cover import report
from caseflow.web.console.case_page import shown
from caseflow.web.console.forms import Again
from caseflow.web.console.frame import Page, blueprint, scope
from caseflow.web.console.sight import look_at
from caseflow.web.edge import actor, change, needs, now, typed
from caseflow.web.files import attached
from caseflow.web.locale import in_chinese
from caseflow.web.shell import office


@blueprint.post("/cases/<number>/file")
@needs("case.file")
def case_file(number: str) -> Page:
    """Hand out the case file. What it says is read in the transaction that records it."""
    reason, typesetter = typed("reason"), edge.typesetter()

    def handed_out(session: Session) -> tuple[Held, Report]:
        case = queries.case_by_number(session, scope(), number)
        case = filing.hand_out(session, actor(), case.id, reason, now())
        with in_chinese():
            told = report(look_at(session, case), office().name, reason)
        return files.hold(session, case, now()), told

    try:
        held, told = change(handed_out)
    except BadInput as wrong:
        return shown(number, Again("hand_out", {"reason": reason}, wrong.fields), 422)
    return _sent(held, typesetter.pdf(told, held.at))


def _sent(held: Held, pdf: bytes) -> Response:
    rooms = edge.rooms()
    content = files.pieces(rooms.database, rooms.store, rooms.ring, held, pdf)
    name = f"案卷-{held.number}-{held.entries}.zip"  # not said
    return attached(content, "application/zip", name)
