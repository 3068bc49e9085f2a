"""Merging a case into another one and undoing it (并案), as forms."""

from flask import request, url_for

from caseflow import words
from caseflow.clock import local
from caseflow.ledger import likely, mergers, splits
from caseflow.ledger.states import GIVES_BACK, ITEM_DONE
from caseflow.ledger.tables import Case
from caseflow.people.scope import scope_of
from caseflow.web.console.forms import Field, Form
from caseflow.web.console.sight import Sight
from caseflow.web.locale import day_text, gettext


def merge(sight: Sight) -> Form | None:
    """Return the form that merges the case into another; None while an item of it is not over, or
    the level above has not looked into what came back too often (`oversight_forms` says so).
    """
    if any(row.looked_at is None for row in sight.dossier.oversights):
        return None
    if any(item.state not in ITEM_DONE for item in sight.dossier.items):
        return None
    found = likely.candidates(sight.session, scope_of(sight.actor), sight.case)
    options = [(one.number, _label(one)) for one in found]
    asked = request.args.get("into", "")[:40]  # chosen where it was suggested
    listed = asked in dict(options)
    chosen = Field(
        "select",
        "into",
        gettext("并入哪个办件"),
        value=asked if listed else "",
        options=options,
        blank=gettext("请选择") if options else gettext("没有可选的办件"),
        hint=gettext("同一单位、同类诉求、还没有答复的办件，同一类别的在前"),
        optional=True,
    )
    other = Field(
        "text",
        "other",
        gettext("或填写编号"),
        value="" if listed else asked,
        hint=gettext("办件编号或来件编号；填了编号的，以编号为准"),
        optional=True,
        longest=40,
    )
    return Form(
        "merge",
        gettext("并案"),
        url_for("console.merge", number=sight.case.number),
        (
            gettext("来件转到那个办件，编号不变，一同办理，分别答复；办结期限以较早的为准。"),
            gettext("反映人看不到有别人反映过。本办件不再单独办理，答复之前可以恢复。"),
        ),
        (
            Field("original", "original"),
            chosen,
            other,
            Field("textarea", "reason", gettext("理由（为什么是同一件事）"), longest=2000),
        ),
        unfolded=bool(asked),
    )


def unmerge(sight: Sight) -> Form | None:
    """Return the form that makes a merged case one of its own again."""
    above = sight.dossier.above
    if above is None or above.state not in GIVES_BACK or above.bound_for is not None:
        return None
    merger = mergers.lasting(sight.session, sight.case.id)
    if merger is None or splits.bars_undoing(sight.session, merger):
        return None
    return Form(
        "unmerge",
        gettext("取消并案"),
        url_for("console.unmerge", number=sight.case.number),
        (
            gettext("来件回到本办件，期限照原来的算；已经告知受理的，从已受理办起。"),
            gettext("%(number)s 已经答复其中的反映人的，不能取消。", number=above.number),
        ),
        (Field("textarea", "reason", gettext("理由"), longest=2000),),
    )


def _label(case: Case) -> str:
    return gettext(
        "%(number)s %(matter)s（%(state)s，%(when)s 收到）",
        number=case.number,
        matter=case.matter,
        state=gettext(words.CASE_STATES[case.state]),
        when=day_text(local(case.opened_at).date()),
    )
