"""On-the-spot visits: put on record, and their report as a page and on paper."""

from typing import Any

from flask import render_template
from sqlalchemy.orm import Session

from caseflow.ledger import attached, visits
from caseflow.ledger.moves import visiting
from caseflow.ledger.tables import Case, Item
from caseflow.ledger.visits import Visited
from caseflow.people import names
from caseflow.web import edge, visit_typed
from caseflow.web.console import visit_forms
from caseflow.web.console.file_views import evidence_view
from caseflow.web.console.frame import Page, blueprint, scope
from caseflow.web.console.moving import on_item
from caseflow.web.edge import actor, needs, now, read, seen
from caseflow.web.files import Brought
from caseflow.web.files import attached as sent
from caseflow.web.locale import in_chinese
from caseflow.web.shell import office

Found = tuple[Case, Item, Visited]


@blueprint.post("/items/<int:item_id>/visit")
@needs("item.visit")
def visit(item_id: int) -> Page:
    """Put an on-the-spot visit on record (实地核查)."""
    pictures = Brought("pictures")

    def record(session: Session, _case: Case) -> None:
        told = visit_typed.told(session, pictures)
        visiting.visit(session, actor(), item_id, told, now(), seen=seen())

    return on_item(item_id, "visit", record, pictures)


@blueprint.get("/visits/<int:visit_id>")
@needs("ledger.read")
def visit_page(visit_id: int) -> Page:
    """Show the report of a visit."""
    with read() as session:
        found = visits.in_scope(session, scope(), visit_id)
        case, item, visited = found
        pictures: list[dict[str, Any]] = [
            evidence_view(one.id, one.name, blob)
            for one, blob in attached.of_visit(session, visit_id)
        ]
        return render_template(
            "console/visit.html",
            active="work",
            case=case,
            item=item,
            visit=visited.row,
            facts=visit_forms.facts(found, _recorder(session, visited)),
            pictures=pictures,
        )


@blueprint.get("/visits/<int:visit_id>/pdf")
@needs("ledger.read")
def visit_pdf(visit_id: int) -> Page:
    """Hand out the report of a visit as PDF, each time the same."""
    with read() as session, in_chinese():
        found = visits.in_scope(session, scope(), visit_id)
        sheet = visit_forms.sheet(found, _recorder(session, found[2]), office().name)
        row = found[2].row
    content = edge.typesetter().pdf(sheet, row.recorded_at)
    return sent(content, "application/pdf", f"{sheet.title}{row.id}.pdf")


def _recorder(session: Session, visited: Visited) -> str:
    return names.users(session, [visited.row.recorded_by])[visited.row.recorded_by]
