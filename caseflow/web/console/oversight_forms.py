"""What came back too often, on the page of its case (提级督办)."""

from flask import url_for

from caseflow import words
from caseflow.ledger import oversights
from caseflow.ledger.dossier import Happened
from caseflow.ledger.oversight_tables import Oversight
from caseflow.web.console.forms import Field, Form
from caseflow.web.console.sentences import Sentence, moved, with_name, written
from caseflow.web.console.sight import Sight
from caseflow.web.locale import gettext, moment_text, series


def form(sight: Sight) -> Form | None:
    """Return the form in which the level above says what it makes of it; None for others."""
    rows = _waiting(sight)
    if not rows or not oversights.is_theirs(sight.session, sight.actor, sight.case):
        return None
    why = series(_because(sight, row) for row in rows)
    return Form(
        "oversee",
        gettext("写督办意见"),
        url_for("console.oversee", number=sight.case.number),
        (
            gettext("提级督办的原因：%(why)s。", why=why),
            gettext("办件仍由原来的办办理，期限不变；承办人和督办负责人会收到通知。"),
        ),
        (Field("textarea", "text", gettext("督办意见"), longest=4000),),
    )


def facts(sight: Sight) -> list[tuple[str, str]]:
    """Return what the page says of each time that the level above was brought in."""
    return [(gettext("提级督办"), _line(sight, row)) for row in sight.dossier.oversights]


def told(entry: Happened) -> Sentence:
    """Return what the history says of it."""
    if entry.verb == "oversee":
        return moved(entry), written(entry, "text")
    return with_name(entry, _times(entry.facts["cause"], entry.facts["times"])), ""


def _waiting(sight: Sight) -> list[Oversight]:
    return [row for row in sight.dossier.oversights if row.looked_at is None]


def _line(sight: Sight, row: Oversight) -> str:
    why = _because(sight, row)
    if row.looked_at is None:
        return gettext("%(why)s，等上一级写督办意见", why=why)
    return gettext("%(why)s，上一级 %(when)s 已写意见", why=why, when=moment_text(row.looked_at))


def _because(sight: Sight, row: Oversight) -> str:
    what = _times(row.cause, row.times)
    item = next((one for one in sight.dossier.items if one.id == row.item_id), None)
    if item is None:
        return what
    return gettext("问题项 %(n)s %(what)s", n=item.n, what=what)


def _times(cause: str, times: int) -> str:
    return gettext(words.BROUGHT_UP[cause], n=times)
