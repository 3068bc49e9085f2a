"""Recordings of calls, for whoever may see the report that they became."""

from caseflow.intake import recordings
from caseflow.web.audio import played
from caseflow.web.console.frame import Page, blueprint
from caseflow.web.edge import actor, needs, read


@blueprint.get("/recordings/<int:recording_id>")
@needs("ledger.read")
def recording(recording_id: int) -> Page:
    """Play a recording inside a page."""
    with read() as session:
        return played(session, recordings.heard(session, actor(), recording_id))
