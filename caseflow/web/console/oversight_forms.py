"""What came back too often, on the page of its case (提级督办)."""

from flask import url_for

from caseflow import words
from caseflow.ledger import oversights, passages
from caseflow.ledger.dossier import Happened
from caseflow.ledger.oversight_tables import Oversight
from caseflow.ledger.tables import Item
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


def wanted(sight: Sight, item: Item) -> str:
    """Say beside the check that nobody can strike an item off before the level above looked."""
    return gettext(oversights.HELD) if item.id in sight.held else ""


def told(entry: Happened) -> Sentence:
    """Return what the history says of it."""
    if entry.verb == "oversee":
        return moved(entry), written(entry, "text")
    return with_name(entry, _times(entry.facts["cause"], entry.facts["times"])), ""


def _waiting(sight: Sight) -> list[Oversight]:
    return [row for row in sight.dossier.oversights if row.looked_at is None]


def _line(sight: Sight, row: Oversight) -> str:
    why, since = _because(sight, row), moment_text(row.at)
    if row.looked_at is not None:
        return gettext(
            "%(why)s，%(since)s 起由上一级督办；%(name)s %(when)s 已写意见",
            why=why,
            since=since,
            when=moment_text(row.looked_at),
            name=sight.dossier.person(row.looked_by),
        )
    return gettext(
        "%(why)s，%(since)s 起由上一级（%(who)s）督办，等督办意见；此前不能并案、分案",
        why=why,
        since=since,
        who=_who(sight),
    )


def _who(sight: Sight) -> str:
    """Return the office and the role that is to look into it now."""
    found = oversights.of_whom(sight.session, sight.case)
    if found is None:
        return gettext("暂缺")
    area, role = found
    return f"{passages.names(sight.session, [area])[area]} · {gettext(words.ROLES[role])}"


def _because(sight: Sight, row: Oversight) -> str:
    what = _times(row.cause, row.times)
    item = next((one for one in sight.dossier.items if one.id == row.item_id), None)
    if item is None:
        return what
    return gettext("问题项 %(n)s %(what)s", n=item.n, what=what)


def _times(cause: str, times: int) -> str:
    return gettext(words.BROUGHT_UP[cause], n=times)
