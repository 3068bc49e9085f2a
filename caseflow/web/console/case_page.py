"""The page of one case: everything about it, and only the moves this person may make."""

from flask import render_template, request

from caseflow.ledger import queries
from caseflow.vault.person import Person
from caseflow.web.console.case_view import view
from caseflow.web.console.forms import Again
from caseflow.web.console.frame import Page, blueprint, scope
from caseflow.web.console.sight import look_at
from caseflow.web.edge import needs, read


@blueprint.get("/cases/<number>")
@needs("ledger.read")
def case_page(number: str) -> Page:
    """Show a case within the scope."""
    return shown(number)


def shown(
    number: str,
    again: Again | None = None,
    status: int = 200,
    revealed: dict[int, Person] | None = None,
) -> Page:
    """Draw the case; `again`: the form that was refused; `revealed`: identities just opened."""
    with read() as session:
        case = queries.case_by_number(session, scope(), number)
        page = view(look_at(session, case), again, revealed or {})
    answers_post = request.method == "POST"
    body = render_template("console/case.html", active="work", page=page, language=not answers_post)
    return body, status
