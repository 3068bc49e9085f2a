"""One rule of time: what it says, what it said before, and the forms that change it."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from caseflow import words
from caseflow.clock import local
from caseflow.deadlines import amending as rulebook
from caseflow.deadlines import listed
from caseflow.deadlines.policies import COUNTED_BACK_FROM, Policy, Scope, in_force
from caseflow.deadlines.rules import rules_of
from caseflow.deadlines.terms import (
    CAN_BE_EXTENDED,
    CAN_BE_RETURNED,
    CAN_STAND_STILL,
    IS_TRIED,
    Terms,
    terms_of,
)
from caseflow.errors import NotFound
from caseflow.ledger.moves import amending
from caseflow.people import staff_list
from caseflow.refs import whole
from caseflow.web.admin.frame import Page, asked, blueprint
from caseflow.web.admin.ladder_words import LADDERS
from caseflow.web.admin.policies import coming_text
from caseflow.web.admin.rule_words import (
    CATEGORIES,
    UNIT_NAMES,
    about_text,
    area_names,
    changed_text,
    clock_text,
    plain_day,
    said,
    since_text,
)
from caseflow.web.edge import actor, can, needs, now, read, rooms
from caseflow.web.locale import gettext, moment_text


@blueprint.get("/policies/rule")
@needs("policy.read")
def policy() -> Page:
    """Show one rule with its versions and, to whoever may, the form that changes it."""
    if not asked("id"):
        return redirect(url_for("admin.policies"))
    with read() as session:
        return shown(session, asked_for(session, asked("id")))


def asked_for(session: Session, said: str) -> Policy:
    """Return the version that an address or a form names. Raises NotFound."""
    found = whole(said)
    if found is None:
        raise NotFound("没有这条规则")
    return rulebook.version(session, found)


def current(session: Session, scope: Scope) -> Policy:
    """Return the version that holds; before the first one does, that which is to come."""
    known = rulebook.versions(rules_of(session), scope)
    return in_force(known, now()).get(scope) or known[-1]


def may_edit(session: Session, scope: Scope) -> bool:
    """Tell whether the reader may change a rule."""
    return can("policy.edit") and amending.may_amend(session, actor(), scope.area, rooms().area)


def shown(
    session: Session,
    of: Policy,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
    act: str = "",
) -> Page:
    """Return the page of a rule, with what was refused in a form of it."""
    scope = of.scope
    holds = current(session, scope)
    known = rulebook.versions(rules_of(session), scope)
    coming = known[0] if known[0].effective_from > now() and known[0] != holds else None
    body = render_template(
        "admin/policy.html",
        active="policies",
        rule=named(session, scope),
        id=holds.id,
        version=holds.version,
        since=plain_day(holds.effective_from),
        ladder=gettext(LADDERS.get(holds.ladder, holds.ladder)),
        ended=holds.withdrawn,
        rows=said(scope.clock, terms_of(holds)),
        coming=coming_text(coming) if coming else "",
        history=_history(session, scope),
        may_edit=may_edit(session, scope),
        may_end=not holds.withdrawn and rulebook.has_wider(session, scope, now()),
        # Whoever answers for a part only may still make a rule for that part.
        may_narrow=can("policy.edit") and not holds.withdrawn,
        form=_form(scope.clock, terms_of(holds)),
        errors=errors or {},
        summary=_summary(errors or {}),
        act=act,
        language=request.method == "GET",
    )
    return body, status


def named(session: Session, scope: Scope) -> dict[str, str]:
    """Return what a rule is called: its promise, and about which matters."""
    about = about_text(scope, area_names(session, [scope]))
    return {"clock": clock_text(scope.clock), "about": about}


_LABELS = {
    "amount": "期限",
    "unit": "单位",
    "margin": "比办结期限提前几个工作日",
    "pausable": "暂停",
    "pause_limit_days": "合计最多暂停几个工作日",
    "extendable_times": "可以延期几次",
    "extendable_amount": "每次最多延长",
    "minimum_after_return": "退回整改后至少给几个工作日",
    "attempt_days": "几天都没有接通，可以办结",
    "since": "从哪天起生效",
    "area": "辖区",
    "kind": "诉求类型",
    "category": "问题类别",
    "urgent": "是否紧急",
}


def _summary(errors: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong by field, each with the field's name before it."""
    said = {name: gettext(words) for name, words in errors.items() if name}
    return {
        name: gettext("%(what)s：%(value)s", what=gettext(_LABELS[name]), value=words)
        if name in _LABELS
        else words
        for name, words in said.items()
    }


def _form(clock: str, terms: Terms) -> dict[str, Any]:
    """Return what the fields of a rule need: values, units, and which fields there are."""
    posted = request.method == "POST"
    kept = {**asdict(terms), "unit": str(terms.unit), "pausable": "1" if terms.pausable else ""}
    return {
        "values": request.form if posted else kept,
        "units": [(str(unit), gettext(name)) for unit, name in UNIT_NAMES.items()],
        "back": clock in COUNTED_BACK_FROM,
        "pauses": clock in CAN_STAND_STILL,
        "extends": clock in CAN_BE_EXTENDED,
        "returns": clock in CAN_BE_RETURNED,
        "tried": clock in IS_TRIED,
        "today": local(now()).date().isoformat(),
    }


def _history(session: Session, scope: Scope) -> list[dict[str, Any]]:
    """Return the versions of a rule, the newest first: since when, by whom, what changed."""
    rows = []
    known = listed.versions(session, scope)
    for at, one in enumerate(known):
        before = known[at + 1].policy if at + 1 < len(known) else None
        rows.append(
            {
                "version": one.policy.version,
                "since": since_text(one.policy.effective_from) if one.at else "",
                "year": local(one.policy.effective_from).year if one.at else "",
                "by": one.by,
                "at": moment_text(one.at) if one.at else "",
                "what": _what(one.policy, before),
            }
        )
    return rows


def _what(policy: Policy, before: Policy | None) -> str:
    if policy.withdrawn:
        return gettext("停用")
    old = terms_of(before) if before and not before.withdrawn else None
    told = changed_text(policy.clock, old, terms_of(policy))
    return told or gettext("内容不变")


@blueprint.get("/policies/narrower")
@needs("policy.edit")
def narrower() -> Page:
    """Show the form of a rule for a narrower matter than another rule's."""
    if not asked("id"):
        return redirect(url_for("admin.policies"))
    with read() as session:
        return narrower_shown(session, asked_for(session, asked("id")))


def narrower_shown(
    session: Session, of: Policy, errors: Mapping[str, str] | None = None, status: int = 200
) -> Page:
    """Return the form of a rule for a narrower matter than another rule's."""
    holds = current(session, of.scope)
    areas = [(one.code, one.name) for one in staff_list.areas(session, actor())]
    body = render_template(
        "admin/policy_new.html",
        active="policies",
        rule=named(session, of.scope),
        scope=of.scope,
        id=holds.id,
        areas=areas,
        everywhere=amending.may_amend(session, actor(), None, rooms().area),
        kinds=[(kind, gettext(name)) for kind, name in words.KINDS.items()],
        categories=[(code, gettext(name)) for code, name in CATEGORIES.items()],
        form=_form(of.clock, terms_of(holds)),
        errors=errors or {},
        summary=_summary(errors or {}),
        language=request.method == "GET",
    )
    return body, status
