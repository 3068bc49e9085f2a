"""What the level above says of a case that came back too often, as a POST (提级督办)."""

from caseflow.ledger.moves import overseeing
from caseflow.web.console.frame import Page, blueprint
from caseflow.web.console.moving import on_case
from caseflow.web.edge import actor, needs, now, seen, typed


@blueprint.post("/cases/<number>/oversee")
@needs("case.oversee")
def oversee(number: str) -> Page:
    """Say it (写督办意见); the case leaves their list."""
    text = typed("text")
    return on_case(
        number,
        "oversee",
        lambda s, case: overseeing.oversee(s, actor(), case.id, text, now(), seen=seen()),
    )
