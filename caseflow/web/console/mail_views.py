"""What a case's page says of letters: what they claim, what was written before, who is lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from caseflow.intake import claims
from caseflow.intake.channels.mailbox.quoted import fold
from caseflow.ledger.report_tables import Report
from caseflow.people.scope import scope_of
from caseflow.web.console.sight import Sight
from caseflow.web.locale import gettext, moment_text

_WHY = {
    "number": "来信只写了编号，没有证明与该件有关，已单独登记。请核对后决定是否并案。",
    "stranger": "来信带有该件的凭证，但发件邮箱不是反映人的，已单独登记。请核对后决定是否并案。",
}


@dataclass(frozen=True)
class Claimed:
    """A report that says it belongs to another case; `number` is empty for one out of sight."""

    number: str
    why: str


@dataclass(frozen=True)
class Letter:
    """A report's words: `own`, and the history below them, empty where there is none."""

    own: str
    history: str
    claim: Claimed | None
    bounced: str
    without_texts: str = ""


def letters(sight: Sight) -> Mapping[int, Letter]:
    """Return by report id what the page says of each."""
    reports = sight.dossier.reports
    claimed = claims.of_reports(sight.session, scope_of(sight.actor), reports)
    lost = sight.dossier.lost
    return {one.id: _letter(one, claimed.get(one.id), lost[one.id]) for one in reports}


def _letter(
    report: Report,
    claimed: tuple[str, str] | None,
    lost: tuple[datetime | None, datetime | None],
) -> Letter:
    by_mail = report.channel == "mailbox"
    found = fold(report.text, report.subject) if by_mail else None
    mail, texts = lost
    return Letter(
        own=found.own if found else report.text,
        history=found.history if found else "",
        claim=Claimed(claimed[1], gettext(_WHY[claimed[0]])) if claimed else None,
        bounced=moment_text(mail) if mail else "",
        without_texts=moment_text(texts) if texts else "",
    )


def claiming(sight: Sight) -> list[tuple[str, str]]:
    """Return number and matter of the cases whose letters say that they belong to this one."""
    found = claims.on_case(sight.session, scope_of(sight.actor), sight.case)
    return [(case.number, case.matter) for case in found]
