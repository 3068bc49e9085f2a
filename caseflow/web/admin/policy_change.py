"""A rule of time is changed: what was typed, the preview of what it moves, the change itself."""

from collections.abc import Collection
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from caseflow import words
from caseflow.deadlines import amending as rulebook
from caseflow.deadlines.amending import Amendment
from caseflow.deadlines.policies import Policy, Scope, in_force
from caseflow.deadlines.rules import rules_of
from caseflow.deadlines.terms import NAMES, Terms, outlasts, terms_of, typed_terms
from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted
from caseflow.escalation import answer_days
from caseflow.ledger.moves import amending
from caseflow.ledger.moves.amending import Seen
from caseflow.ledger.moves.recompute import Outcome
from caseflow.web.admin.frame import Page, blueprint, number
from caseflow.web.admin.policies import coming_text
from caseflow.web.admin.policy import asked_for, current, may_edit, named, narrower_shown, shown
from caseflow.web.admin.rule_words import CATEGORIES, amount_text, differences, since_text
from caseflow.web.admin.shifted import shift_rows
from caseflow.web.edge import actor, change, needs, now, read, rooms, typed, typed_day
from caseflow.web.locale import gettext, sentences

_NUMBERS = tuple(name for name in NAMES if name not in ("unit", "pausable"))
_URGENT = {"": None, "yes": True, "no": False}


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
    return current(session, asked_for(session, typed("id")).scope)


def _refused(session: Session, like: Policy, wrong: BadInput) -> Page:
    if typed("act") == "narrow":
        return narrower_shown(session, like, wrong.fields, 422)
    return shown(session, like, wrong.fields, 422, typed("act"))


def _preview(session: Session, like: Policy, wanted: Amendment, changed: bool = False) -> Page:
    if not may_edit(session, wanted.scope):
        raise NotPermitted("这条规则的适用范围超出您的辖区")
    seen = amending.preview(session, wanted, rooms().area, now())
    moved = seen.opened.moved if seen.opened else []
    rows, more = shift_rows(session, moved)
    body = render_template(
        "admin/policy_preview.html",
        active="policies",
        rule=named(session, wanted.scope),
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
    followed = gettext(
        "%(cases)d 个办件的 %(clocks)d 个时限已改按新规则。",
        cases=outcome.cases,
        clocks=len(outcome.shifts),
    )
    return sentences([done, followed])
