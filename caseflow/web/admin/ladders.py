"""One ladder (督办阶梯): its steps, what they were before, and their change with a preview."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from caseflow import words
from caseflow.deadlines import amending as rulebook
from caseflow.deadlines import listed
from caseflow.deadlines.calendar import Unit
from caseflow.deadlines.ladder import Ladder, Step
from caseflow.deadlines.rules import rules_of
from caseflow.deadlines.steps import MESSAGES, UNITS, Typed, amended, turned_to
from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted
from caseflow.ledger.moves import amending, reladdering
from caseflow.ledger.moves.reladdering import Climb, Seen
from caseflow.ledger.outbox_reach import case_numbers
from caseflow.web.admin import ladder_events
from caseflow.web.admin.frame import Page, asked, blueprint, number
from caseflow.web.admin.ladder_words import (
    AUDIENCES,
    LADDERS,
    changed_text,
    differences,
    label_text,
    variant_rows,
    variants,
)
from caseflow.web.admin.rule_words import UNIT_NAMES, plain_day
from caseflow.web.admin.shifted import SHOWN, named
from caseflow.web.clocks import due_text
from caseflow.web.edge import actor, can, change, needs, now, read, rooms, typed
from caseflow.web.locale import gettext, moment_text, sentences

_SIDES = {"before": "到期前", "at": "到期时", "after": "到期后"}
_NEW = {False: "new-days", True: "new-hours"}


@blueprint.get("/ladders")
@needs("policy.read")
def ladder() -> Page:
    """Show one ladder with its versions and, to whoever may, the form that changes it."""
    with read() as session:
        return _page(session, rulebook.newest(session, asked("name") or "units"))


def _may_edit(session: Session) -> bool:
    return amending.may_amend(session, actor(), None, rooms().area)


def _page(
    session: Session,
    of: Ladder,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> Page:
    body = render_template(
        "admin/ladder.html",
        active="policies",
        name=of.name,
        title=gettext(LADDERS.get(of.name, of.name)),
        version=of.version,
        variants=variant_rows(of),
        forms=list(_forms(of)),
        events=ladder_events.fields(of, posted=_posted(of)),
        brings=ladder_events.rows(of),
        offered=ladder_events.offered(of),
        take_on=ladder_events.TAKE_ON,
        starts=ladder_events.starts(of),
        sides=[(side, gettext(word)) for side, word in _SIDES.items()],
        units=[(str(unit), gettext(UNIT_NAMES[unit])) for unit in UNITS],
        actions=[(str(one), gettext(words.ACTIONS[one])) for one in MESSAGES],
        history=_history(session, of.name),
        may_edit=can("policy.edit") and _may_edit(session),
        errors=errors or {},
        summary=_summary(of, errors or {}),
        language=request.method == "GET",
    )
    return body, status


def _summary(of: Ladder, errors: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong by field, each with the name of its step before it."""
    steps = {key: label_text(step) for key, step in _keyed(of)}
    steps |= dict.fromkeys(_NEW.values(), gettext("加一级提醒")) | ladder_events.names()
    return {
        name: gettext(
            "%(what)s：%(value)s", what=steps[name.partition("-")[2]], value=gettext(words)
        )
        for name, words in errors.items()
        if name
    }


def _keyed(of: Ladder) -> list[tuple[str, Step]]:
    """Return the steps with what names their fields in the form."""
    return [(str(n), step) for n, step in enumerate(of.steps, 1)]


def _forms(of: Ladder) -> Iterator[dict[str, Any]]:
    """Yield the variants of a ladder as forms: the steps in order, and an empty one."""
    keys = {id(step): key for key, step in _keyed(of)}
    posted = _posted(of)
    for title, steps in variants(of):
        by_limit = bool(steps) and steps[0].of_limit is not None
        yield {
            "title": title,
            "steps": [_fields(of.name, keys[id(step)], step, posted) for step in steps],
            "new": _empty(of.name, _NEW[by_limit], by_limit),
        }


def _posted(of: Ladder) -> bool:
    """Tell whether a form of this version was sent; another version's is of other steps."""
    return number("version") == of.version and not typed("begin")


def _fields(name: str, key: str, step: Step, posted: bool) -> dict[str, Any]:
    """Return a step as its fields show it: as it stands, or as it was typed."""
    side = "at" if not step.amount else "before" if step.amount < 0 else "after"
    kept = {
        "side": side,
        "amount": str(abs(step.amount)) if step.amount else "",
        "unit": str(step.unit),
        "percent": str(int(step.of_limit * 100)) if step.of_limit is not None else "",
    }
    return {
        "key": key,
        "n": step.n,
        "label": label_text(step),
        "document": step.document,
        "by_limit": step.of_limit is not None,
        "values": {one: typed(f"{one}-{key}") for one in kept} if posted else kept,
        "dropped": posted and bool(typed(f"drop-{key}")),
        "to": _choices(name, step.action, _chosen(key) if posted else step.audience),
    }


def _empty(name: str, key: str, by_limit: bool) -> dict[str, Any]:
    asked_for = ("label", "action", "side", "amount", "unit", "percent")
    values = {one: typed(f"{one}-{key}") for one in asked_for}
    values["unit"] = values["unit"] or str(Unit.working_days)
    return {
        "key": key,
        "by_limit": by_limit,
        "values": values,
        "open": _is_added(key),
        "to": _choices(name, MESSAGES[0], _chosen(key)),
    }


def _chosen(key: str) -> tuple[str, ...]:
    return tuple(request.form.getlist(f"to-{key}"))


def _choices(name: str, action: str, chosen: tuple[str, ...]) -> list[tuple[str, str, bool]]:
    """Return whom a step may turn to: word, name, whether it does."""
    allowed = turned_to(name, action)
    return [(str(one), gettext(AUDIENCES[one]), one in chosen) for one in allowed]


def _history(session: Session, name: str) -> list[dict[str, Any]]:
    """Return the versions of a ladder, the newest first: since when, by whom, what changed."""
    known = {of.version: of for of in rules_of(session).ladders.values() if of.name == name}
    by = listed.who_set(session, name)
    rows = []
    for n in sorted(known, reverse=True):
        who, at = by[n]
        told = changed_text(known[n - 1], known[n]) if n - 1 in known else ""
        rows.append(
            {
                "version": n,
                "day": plain_day(at) if at else "",
                "by": who,
                "at": moment_text(at) if at else "",
                "what": told or gettext("初始版本"),
            }
        )
    return rows


# Changing


def _is_added(key: str) -> bool:
    """Tell whether somebody began to fill in a new step."""
    return bool(typed(f"label-{key}") or typed(f"amount-{key}") or typed(f"percent-{key}"))


def _typed(of: Ladder) -> Iterator[Typed]:
    """Yield the steps as they were typed; a document is never left out."""
    for key, step in _keyed(of):
        if step.document or not typed(f"drop-{key}"):
            yield _one(key, step.action, step.label, step.of_limit is not None)
    for by_limit, key in _NEW.items():
        if _is_added(key):
            action = typed(f"action-{key}")
            known = action if action in MESSAGES else str(MESSAGES[0])
            yield _one(key, known, typed(f"label-{key}"), by_limit)


def _one(key: str, action: str, label: str, by_limit: bool) -> Typed:
    return Typed(
        key=key,
        action=action,
        label=label,
        audience=_chosen(key),
        by_limit=by_limit,
        side=typed(f"side-{key}"),
        amount=number(f"amount-{key}"),
        unit=typed(f"unit-{key}"),
        percent=number(f"percent-{key}"),
    )


def _wanted(of: Ladder) -> Ladder:
    """Return the version that the form asks for. Raises BadInput."""
    if number("version") != of.version:
        raise BadInput({"": "督办阶梯刚有人改过，请在新的一版上再改"})
    if typed("begin"):
        return ladder_events.begun(of)
    return amended(of, _typed(of), ladder_events.typed_in(of))


def _of_form(session: Session) -> Ladder:
    if not _may_edit(session):
        raise NotPermitted("督办阶梯对全部辖区有效，由管理全部辖区的管理员修改")
    return rulebook.newest(session, typed("name"))


@blueprint.post("/ladders/preview")
@needs("policy.edit")
def ladder_preview() -> Page:
    """Show what a new version would do to open promises if they climbed it; nothing is written."""
    with read() as session:
        of = _of_form(session)
        try:
            wanted = _wanted(of)
        except BadInput as wrong:
            return _page(session, of, wrong.fields, 422)
        return _preview(session, of, wanted)


def _preview(session: Session, of: Ladder, wanted: Ladder, changed: bool = False) -> Page:
    seen = reladdering.preview(session, wanted, now())
    first = seen.climbs[:SHOWN]
    known = case_numbers(session, actor(), {climb.case_id for climb in first}, rooms().area)
    body = render_template(
        "admin/ladder_preview.html",
        active="policies",
        name=of.name,
        title=gettext(LADDERS.get(of.name, of.name)),
        fields=[
            (name, value)
            for name, value in request.form.items(multi=True)
            if name not in ("csrf_token", "mark", "mark_open", "open")
        ],
        differences=differences(of, wanted),
        seen=seen,
        rows=[_climb_row(climb, known) for climb in first],
        more=len(seen.climbs) - len(first),
        changed=changed,
        language=False,
    )
    return body, 409 if changed else 200


def _climb_row(climb: Climb, known: Mapping[int | None, str]) -> dict[str, Any]:
    return {
        "number": named(climb.case_id, known),
        "clock": gettext(words.CLOCKS[climb.name]),
        "old": _next_text(climb.old),
        "new": _next_text(climb.new),
        "at_once": climb.at_once,
    }


def _next_text(planned: Any) -> str:
    if planned is None:
        return gettext("没有下一级")
    step, at = planned
    return gettext("%(what)s %(when)s", what=label_text(step), when=due_text(at))


@blueprint.post("/ladders")
@needs("policy.edit")
def ladder_change() -> Page:
    """Change a ladder exactly as previewed; another outcome is shown before it happens."""
    with read() as session:
        of = _of_form(session)
        try:
            wanted = _wanted(of)
        except BadInput as wrong:
            return _page(session, of, wrong.fields, 422)
    open_too = typed("open") == "all"
    mark = typed("mark_open" if open_too else "mark")

    def work(session: Session) -> Seen:
        return reladdering.amend(
            session, actor(), wanted, rooms().area, mark, now(), open_too=open_too
        )

    try:
        done = change(work)
    except MoveNotAllowed:
        with read() as session:
            return _preview(session, of, wanted, changed=True)
    told = [gettext("督办阶梯已保存。")]
    if open_too and done.clocks:
        told.append(
            gettext(
                "%(cases)d 个办件的 %(clocks)d 个时限已改按新阶梯。",
                cases=done.cases,
                clocks=done.clocks,
            )
        )
    flash(sentences(told), "success")
    return redirect(url_for("admin.ladder", name=of.name))
