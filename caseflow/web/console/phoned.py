"""What a case page tells of the telephone call that a report was written down from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from caseflow.clock import local
from caseflow.intake import call_lists
from caseflow.intake.recordings import Taped
from caseflow.ledger.report_tables import Report
from caseflow.web.console.sight import Sight
from caseflow.web.locale import gettext
from caseflow.words.calls import CALL_OUTCOMES


@dataclass(frozen=True)
class Phoned:
    """From when until when somebody telephoned, what the exchange told, what was recorded."""

    times: str = ""
    record: str = ""
    recordings: Sequence[Mapping[str, Any]] = ()


def of_reports(sight: Sight) -> dict[int, Phoned]:
    """Return by report what is known of its call; a statement only where somebody telephoned."""
    by_phone = [one for one in sight.dossier.reports if one.channel == "telephone"]
    ids = [one.id for one in by_phone]
    became = call_lists.of_reports(sight.session, ids) if ids else {}
    return {one.id: _phoned(one, became.get(one.id)) for one in by_phone}


def _phoned(report: Report, became: call_lists.Became | None) -> Phoned:
    if became is None:
        return Phoned(_times(report))
    call = became.call
    outcome = gettext(CALL_OUTCOMES[call.outcome])
    record = gettext("第 %(n)d 号来电，%(outcome)s", n=call.id, outcome=outcome)
    began = f"{local(call.began_at):%H:%M:%S}"
    ended = f"–{local(call.ended_at):%H:%M:%S}" if call.ended_at else ""
    return Phoned(_times(report), f"{record} {began}{ended}", rows(became.taped))


def rows(taped: Sequence[Taped]) -> list[dict[str, Any]]:
    """Return what was recorded, to be played where it is kept here already."""
    return [
        {
            "href": url_for("console.recording", recording_id=one.row.id) if one.played else "",
            "lost": one.row.state == "lost" or (one.blob is not None and not one.played),
        }
        for one in taped
    ]


def _times(report: Report) -> str:
    """Return from when until when somebody telephoned, as far as it was timed."""
    if report.call_began is None or report.call_ended is None:
        return ""
    return f"{local(report.call_began):%H:%M}–{local(report.call_ended):%H:%M}"
