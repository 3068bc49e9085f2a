"""A mediation that the office led, as a form and as a line of the story (调解)."""

from datetime import date

from flask import url_for

from caseflow import words
from caseflow.clock import local
from caseflow.ledger.dossier import Happened
from caseflow.ledger.states import MEDIATED
from caseflow.web.console.forms import Field, Form
from caseflow.web.console.sight import Sight
from caseflow.web.locale import day_text, gettext


def form(sight: Sight) -> Form | None:
    """Return the form; None for a tip, whose reporter must not show themselves."""
    if sight.case.kind == "tip":
        return None
    results = [(code, gettext(words.MEDIATED[code])) for code in MEDIATED]
    today = local(sight.now).date().isoformat()
    return Form(
        "mediate",
        gettext("记录调解"),
        url_for("console.mediate", number=sight.case.number),
        (gettext("记入办理记录，不能修改。谈成后由反映人撤回，或照常答复；办件不因此结束。"),),
        (
            Field("date", "on", gettext("哪一天调解"), today, last=today),
            Field(
                "text",
                "present",
                gettext("参加人"),
                hint=gettext("写身份，不写反映人的姓名，例如：反映人、校方代表、责任督学"),
                longest=400,
            ),
            Field("radios", "result", gettext("结果"), options=results, row=True),
            Field("textarea", "text", gettext("经过和约定"), longest=4000),
        ),
    )


def told(entry: Happened) -> str:
    """Return what the history says of a mediation."""
    facts = entry.facts
    day = day_text(date.fromisoformat(facts["on"]))
    result = gettext(words.MEDIATED[facts["result"]])
    first = gettext("%(day)s，%(who)s：%(result)s", day=day, who=facts["present"], result=result)
    return f"{first}\n{facts['text']}"
