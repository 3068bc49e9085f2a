"""Leaving a case out of the figures, as POSTs (考核剔除)."""

from caseflow.ledger.moves import excluding
from caseflow.web.console.frame import Page, blueprint
from caseflow.web.console.moving import on_case
from caseflow.web.edge import actor, needs, now, seen, typed


@blueprint.post("/cases/<number>/ask_exclusion")
@needs("case.exclude")
def ask_exclusion(number: str) -> Page:
    """Ask for a case to be left out of the figures (申请考核剔除)."""
    code, why = typed("code"), typed("reason")
    return on_case(
        number,
        "ask_exclusion",
        lambda s, case: excluding.ask_exclusion(s, actor(), case.id, code, why, now(), seen=seen()),
    )


@blueprint.post("/cases/<number>/exclude")
@needs("case.decide_exclusion")
def exclude(number: str) -> Page:
    """Leave it out as somebody else asked (同意考核剔除)."""
    remark = typed("remark")
    return on_case(
        number,
        "exclude",
        lambda s, case: excluding.exclude(s, actor(), case.id, remark, now(), seen=seen()),
    )


@blueprint.post("/cases/<number>/refuse_exclusion")
@needs("case.decide_exclusion")
def refuse_exclusion(number: str) -> Page:
    """Let it count (不同意考核剔除)."""
    why = typed("reason")
    return on_case(
        number,
        "refuse_exclusion",
        lambda s, case: excluding.refuse_exclusion(s, actor(), case.id, why, now(), seen=seen()),
    )


@blueprint.post("/cases/<number>/lift_exclusion")
@needs("case.decide_exclusion")
def lift_exclusion(number: str) -> Page:
    """Let it count again (撤销考核剔除)."""
    why = typed("reason")
    return on_case(
        number,
        "lift_exclusion",
        lambda s, case: excluding.lift_exclusion(s, actor(), case.id, why, now(), seen=seen()),
    )
