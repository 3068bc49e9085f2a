"""A reporter takes the report back on the telephone or at the window: form and hint."""

from itertools import takewhile

from flask import url_for

from caseflow import words
from caseflow.ledger.states import RETRACTED
from caseflow.web.console.closing_forms import which_report
from caseflow.web.console.forms import Field, Form
from caseflow.web.console.sight import Sight
from caseflow.web.locale import gettext


def form(sight: Sight) -> Form | None:
    """Return the form, where a report is left that was not taken back."""
    gone = taken_back(sight)
    left = [one for one in sight.dossier.first_reports if one.number not in gone]
    if not left:
        return None
    said = (
        gettext("反映人在电话里或窗口说要撤回的，记在这里；以后不再提问、回访。"),
        gettext("要不要继续由本办决定：撤项须另一人同意，也可以依职权继续办理。"),
    )
    if sight.case.reviews is not None:
        said = (
            gettext("反映人在电话里或窗口说不要再审查的，记在这里。"),
            gettext("仍在期限内作出意见，书面答复反映人。"),
        )
    why = [(code, gettext(words.RETRACTED[code])) for code in RETRACTED]
    return Form(
        "retract",
        gettext("记录反映人撤回"),
        url_for("console.retract", number=sight.case.number),
        said,
        (which_report(left), Field("radios", "why", gettext("为什么撤回"), options=why, row=True)),
    )


def taken_back(sight: Sight) -> dict[str, str]:
    """Return by number which reports were taken back since the case was last taken up, and why."""
    since = takewhile(lambda entry: entry.verb != "reopen", sight.dossier.entries)
    return {one.facts["report"]: one.facts["why"] for one in since if one.verb == "retract"}


def hint(sight: Sight) -> str:
    """Say that every reporter took the matter back, so that somebody decides what follows."""
    gone = taken_back(sight)
    if not gone or any(one.number not in gone for one in sight.dossier.first_reports):
        return ""
    if sight.case.reviews is not None:
        return gettext("反映人已撤回请求：仍在期限内作出意见，书面答复反映人。")
    return gettext("反映人已撤回：可以申请撤项，也可以依职权继续办理。")
