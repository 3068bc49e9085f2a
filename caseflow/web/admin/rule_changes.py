"""What administrators changed in rules of time and ladders, told in words."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from caseflow.deadlines.policies import Scope
from caseflow.deadlines.rules import rules_of
from caseflow.people.office_changes import Noted
from caseflow.web.admin.ladder_words import LADDERS
from caseflow.web.admin.ladder_words import changed_text as ladder_changed_text
from caseflow.web.admin.rule_words import (
    about_text,
    area_names,
    changed_text,
    clock_text,
    since_text,
    terms_kept,
)
from caseflow.web.locale import gettext

RULES = ("policy_changed", "policy_added", "policy_ended")
TOLD = (*RULES, "ladder_changed")


def told(session: Session, noted: Sequence[Noted]) -> Mapping[int, str]:
    """Return what was changed, by the place of the change in `noted`."""
    about = {n: one for n, one in enumerate(noted) if one.what in TOLD}
    areas = area_names(session, [_scope(one) for one in about.values() if one.what in RULES])
    return {
        n: _rule(one, areas) if one.what in RULES else _ladder(session, one)
        for n, one in about.items()
    }


def _scope(one: Noted) -> Scope:
    return Scope(**one.facts["rule"])


def _rule(one: Noted, areas: Mapping[str, str]) -> str:
    scope, facts = _scope(one), one.facts
    name = gettext(
        "%(clock)s（%(about)s）", clock=clock_text(scope.clock), about=about_text(scope, areas)
    )
    after = terms_kept(facts["after"])
    changed = changed_text(scope.clock, terms_kept(facts["before"]), after) if after else ""
    since = datetime.fromisoformat(facts["since"])
    begins = gettext("%(day)s起生效", day=since_text(since)) if since > one.at else ""
    return _parts([name, changed, begins, _recounted(one)])


def _ladder(session: Session, one: Noted) -> str:
    facts, known = one.facts, rules_of(session).ladders
    name = gettext(LADDERS.get(facts["ladder"], facts["ladder"]))
    was, now = (known.get((facts["ladder"], facts[side])) for side in ("was", "version"))
    return _parts([name, ladder_changed_text(was, now) if was and now else "", _recounted(one)])


def _recounted(one: Noted) -> str:
    return gettext("重算 %(cases)d 个办件", cases=one.facts["cases"]) if one.facts["cases"] else ""


def _parts(said: Sequence[str]) -> str:
    return gettext("；").join(one for one in said if one)
