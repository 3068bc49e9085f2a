"""Asking the reporter for what is missing before anything is decided, as a form (补正)."""

from flask import url_for

from caseflow import words
from caseflow.deadlines import pauses
from caseflow.ledger.moves.notice import has_receipt
from caseflow.ledger.reasons import LACKS
from caseflow.web.clocks import due_text
from caseflow.web.console import closing_forms
from caseflow.web.console.forms import Field, Form
from caseflow.web.console.sight import Sight
from caseflow.web.locale import gettext


def supplement(sight: Sight) -> Form | None:
    """Return the form; None where it was asked once, or nobody would see the question."""
    ways = sight.dossier.ways
    able = [one for one in sight.dossier.first_reports if has_receipt(one, ways[one.id])]
    if not able or sight.supplements:
        return None
    until = due_text(pauses.limit(sight.session, sight.now))
    what = (
        gettext("只能请补正一次；最迟等到 %(when)s，到时自动恢复待受理。", when=until),
        gettext("“告知反映人”的期限照常计算。"),
    )
    hint = gettext("只填需要补正的，写清要补什么（反映人会看到）。")
    known = [
        Field("text", f"lack_{code}", gettext(words.LACKS[code]), optional=True, longest=500)
        for code in LACKS
    ]
    return Form(
        "supplement",
        gettext("请反映人补正"),
        url_for("console.supplement", number=sight.case.number),
        (*what, hint),
        (closing_forms.which_report(able), *known),
        submit=gettext("发出补正通知"),
    )
