"""One rule of time: what it says, what it said before, and its change with a preview."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from caseflow import words
from caseflow.clock import local
from caseflow.deadlines import amending as rulebook
from caseflow.deadlines import listed
from caseflow.deadlines.amending import Amendment
from caseflow.deadlines.policies import COUNTED_BACK_FROM, Policy, Scope, in_force
from caseflow.deadlines.rules import rules_of
from caseflow.deadlines.terms import (
    CAN_BE_EXTENDED,
    CAN_BE_RETURNED,
    CAN_STAND_STILL,
    NAMES,
    Terms,
    outlasts,
    terms_of,
    typed_terms,
)
from caseflow.errors import BadInput, MoveNotAllowed, NotFound, NotPermitted
from caseflow.escalation import answer_days
from caseflow.ledger.moves import amending
from caseflow.ledger.moves.amending import Seen
from caseflow.ledger.moves.recompute import Outcome
from caseflow.people import staff_list
from caseflow.refs import whole
from caseflow.web.admin.frame import Page, asked, blueprint, number
from caseflow.web.admin.ladder_words import LADDERS
from caseflow.web.admin.policies import coming_text
from caseflow.web.admin.rule_words import (
    CATEGORIES,
    UNIT_NAMES,
    about_text,
    amount_text,
    area_names,
    changed_text,
    clock_text,
    differences,
    plain_day,
    said,
    since_text,
)
from caseflow.web.admin.shifted import shift_rows
from caseflow.web.edge import actor, can, change, needs, now, read, rooms, typed, typed_day
from caseflow.web.locale import gettext, moment_text

_NUMBERS = tuple(name for name in NAMES if name not in ("unit", "pausable"))
_URGENT = {"": None, "yes": True, "no": False}


@blueprint.get("/policies/rule")
@needs("policy.read")
def policy() -> Page:
    """Show one rule with its versions and, to whoever may, the form that changes it."""
    if not asked("id"):
        return redirect(url_for("admin.policies"))
    with read() as session:
        return _page(session, _asked_for(session, asked("id")))


def _asked_for(session: Session, said: str) -> Policy:
    """Return the version that an address or a form names. Raises NotFound."""
    found = whole(said)
    if found is None:
        raise NotFound("没有这条规则")
    return rulebook.version(session, found)


def _current(session: Session, scope: Scope) -> Policy:
    """Return the version that holds; before the first one does, that which is to come."""
    known = rulebook.versions(rules_of(session), scope)
    return in_force(known, now()).get(scope) or known[-1]


def _may_edit(session: Session, scope: Scope) -> bool:
    return can("policy.edit") and amending.may_amend(session, actor(), scope.area, rooms().area)


def _page(
    session: Session,
    of: Policy,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
    act: str = "",
) -> Page:
    scope = of.scope
    holds = _current(session, scope)
    known = rulebook.versions(rules_of(session), scope)
    coming = known[0] if known[0].effective_from > now() and known[0] != holds else None
    body = render_template(
        "admin/policy.html",
        active="policies",
        rule=_named(session, scope),
        id=holds.id,
        version=holds.version,
        since=plain_day(holds.effective_from),
        ladder=gettext(LADDERS.get(holds.ladder, holds.ladder)),
        ended=holds.withdrawn,
        rows=said(scope.clock, terms_of(holds)),
        coming=coming_text(coming) if coming else "",
        history=_history(session, scope),
        may_edit=_may_edit(session, scope),
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


def _named(session: Session, scope: Scope) -> dict[str, str]:
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


# Changing


@blueprint.get("/policies/narrower")
@needs("policy.edit")
def narrower() -> Page:
    """Show the form of a rule for a narrower matter than another rule's."""
    if not asked("id"):
        return redirect(url_for("admin.policies"))
    with read() as session:
        return _narrower_page(session, _asked_for(session, asked("id")))


def _narrower_page(
    session: Session, of: Policy, errors: Mapping[str, str] | None = None, status: int = 200
) -> Page:
    holds = _current(session, of.scope)
    areas = [(one.code, one.name) for one in staff_list.areas(session, actor())]
    body = render_template(
        "admin/policy_new.html",
        active="policies",
        rule=_named(session, of.scope),
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


def _wanted(like: Policy) -> Amendment:
    """Return what the form asks for. Raises BadInput."""
    wrong: dict[str, str] = {}
    act, since = typed("act"), _since(wrong)
    scope, terms = like.scope, None
    if act == "narrow":
        scope = _scope(like.scope, wrong)
    if act != "end":
        terms = _terms(like, wrong)
    if wrong:
        raise BadInput(wrong)
    return Amendment(scope, terms, since, like)


def _since(wrong: dict[str, str]) -> date | None:
    if typed("since") and typed_day("since") is None:
        wrong["since"] = "请填日期"
    return typed_day("since")


def _terms(like: Policy, wrong: dict[str, str]) -> Terms | None:
    numbers = {name: number(name) for name in _NUMBERS}
    try:
        pausable = bool(typed("pausable"))
        return typed_terms(like.clock, terms_of(like), numbers, typed("unit"), pausable)
    except BadInput as refused:
        wrong |= refused.fields
        return None


def _scope(of: Scope, wrong: dict[str, str]) -> Scope:
    """Return the narrower matter that was chosen; what the wider rule fixes stays fixed."""
    known: dict[str, Collection[str]] = {
        "kind": words.KINDS,
        "category": CATEGORIES,
        "urgent": _URGENT,
    }
    for name, choices in known.items():
        if typed(name) and typed(name) not in choices:
            wrong[name] = "请从列表中选择"
    scope = Scope(
        of.clock,
        typed("area") or of.area,
        of.kind or typed("kind") or None,
        of.category or typed("category") or None,
        _URGENT.get(typed("urgent")) if of.urgent is None else of.urgent,
    )
    if scope == of:
        wrong["area"] = "请至少选一项，使它比原规则更窄"
    return scope


@blueprint.post("/policies/preview")
@needs("policy.edit")
def policy_preview() -> Page:
    """Show which open promises a change would move if they followed; nothing is written."""
    with read() as session:
        like = _like(session)
        try:
            return _preview(session, like, _wanted(like))
        except BadInput as wrong:
            return _refused(session, like, wrong)


def _like(session: Session) -> Policy:
    return _current(session, _asked_for(session, typed("id")).scope)


def _refused(session: Session, like: Policy, wrong: BadInput) -> Page:
    if typed("act") == "narrow":
        return _narrower_page(session, like, wrong.fields, 422)
    return _page(session, like, wrong.fields, 422, typed("act"))


def _preview(session: Session, like: Policy, wanted: Amendment, changed: bool = False) -> Page:
    if not _may_edit(session, wanted.scope):
        raise NotPermitted("这条规则的适用范围超出您的辖区")
    seen = amending.preview(session, wanted, rooms().area, now())
    moved = seen.opened.moved if seen.opened else []
    rows, more = shift_rows(session, moved)
    body = render_template(
        "admin/policy_preview.html",
        active="policies",
        rule=_named(session, wanted.scope),
        id=like.id,
        act=typed("act"),
        fields=[(name, value) for name, value in request.form.items() if name in _KEPT],
        ended=seen.written.withdrawn,
        differences=_differences(seen),
        since="" if seen.opened else since_text(seen.written.effective_from),
        notes=_notes(session, wanted, seen),
        seen=seen,
        opened=seen.opened,
        cases=len({one.case_id for one in moved if one.case_id is not None}),
        moved=len(moved),
        same=len(seen.opened.shifts) - len(moved) if seen.opened else 0,
        rows=rows,
        more=more,
        changed=changed,
        language=False,
    )
    return body, 409 if changed else 200


_KEPT = (*NAMES, "since", "area", "kind", "category", "urgent")


def _differences(seen: Seen) -> list[tuple[str, str, str]]:
    if seen.written.withdrawn:
        return []
    before = terms_of(seen.before) if seen.before else None
    return differences(seen.written.clock, before, terms_of(seen.written))


def _notes(session: Session, wanted: Amendment, seen: Seen) -> list[str]:
    """Return what whoever writes a rule should know of it beside what is in it."""
    rules, notes = rules_of(session), []
    known = rulebook.versions(rules, wanted.scope)
    if known and known[0].effective_from > now():
        notes.append(gettext("原定的“%(what)s”由这一版取代。", what=coming_text(known[0])))
    holding = in_force(rules.policies, seen.written.effective_from).values()
    longer = outlasts(wanted.scope, wanted.terms, holding) if wanted.terms else None
    if longer is not None:
        notes.append(
            gettext(
                "比办结期限（%(amount)s）还长：有办结期限的仍按办结期限倒算，只在办结期限另有规定时按它计算。",
                amount=amount_text(longer.amount, longer.unit),
            )
        )
    return notes


@blueprint.post("/policies")
@needs("policy.edit")
def policy_change() -> Page:
    """Change a rule exactly as previewed; another outcome is shown before it happens."""
    with read() as session:
        like = _like(session)
        try:
            wanted = _wanted(like)
        except BadInput as wrong:
            return _refused(session, like, wrong)
    try:
        done = _done(wanted)
    except BadInput as wrong:
        with read() as session:
            return _refused(session, like, wrong)
    if done is None:
        with read() as session:
            try:
                return _preview(session, like, wanted, changed=True)
            except BadInput as wrong:  # somebody has just made the same change
                return _refused(session, like, wrong)
    written, outcome = done
    flash(_told(written, outcome), "success")
    return redirect(url_for("admin.policy", id=written.id))


def _done(wanted: Amendment) -> tuple[Policy, Outcome] | None:
    """Make the change; None when its outcome is not the one that was shown."""
    open_too = typed("open") == "all"
    mark = typed("mark_open" if open_too else "mark")

    def work(session: Session) -> tuple[Policy, Outcome]:
        written, outcome = amending.amend(
            session, actor(), wanted, rooms().area, mark, now(), open_too=open_too
        )
        answer_days.follow(session, outcome.shifts)
        return written, outcome

    try:
        return change(work)
    except MoveNotAllowed:
        return None


def _told(written: Policy, outcome: Outcome) -> str:
    done = gettext("规则已停用。") if written.withdrawn else gettext("规则已保存。")
    if not outcome.shifts:
        return done
    return done + gettext(
        "%(cases)d 个办件的 %(clocks)d 个时限已改按新规则。",
        cases=outcome.cases,
        clocks=len(outcome.shifts),
    )
