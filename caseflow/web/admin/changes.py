"""What administrators changed, told in words."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import render_template
from sqlalchemy.orm import Session

from caseflow import words
from caseflow.people import names, office_changes
from caseflow.people.office_changes import CHANGES, Noted
from caseflow.web.admin import rule_changes
from caseflow.web.admin.frame import Page, blueprint
from caseflow.web.edge import actor, needs, read
from caseflow.web.locale import day_text, gettext, happened, moment_text, series

_LABELS = {
    "username": "登录名",
    "name": "姓名",
    "role": "角色",
    "area": "辖区",
    "unit": "单位",
    "email": "邮箱",
    "kind": "单位类别",
    "area_code": "辖区",
    "managed_by": "主管单位",
    "phone": "电话",
    "address": "地址",
    "hours": "办公时间",
}


@blueprint.get("/people/changes")
@needs("people.read")
def changes() -> Page:
    """Show the last changes of accounts, posts, calendar, rules and outbox."""
    with read() as session:
        rows = change_rows(session, office_changes.newest(session, actor()))
    return render_template("admin/changes.html", active="people", rows=rows)


def change_rows(session: Session, noted: Sequence[Noted]) -> list[dict[str, str]]:
    """Return changes as rows: when, who, what, about whom, and what it was before."""
    sides = [side for one in noted for side in _sides(one.facts)]
    ids = {side[key] for side in sides for key in ("unit", "managed_by") if _is_id(side.get(key))}
    units = {key: unit.name for key, unit in names.units(session, ids).items()}
    codes = {side[key] for side in sides for key in ("area", "area_code") if side.get(key)}
    areas = names.areas(session, codes)
    known: dict[str, Mapping[Any, str]] = {
        "stand_in": names.users(session, {one.facts.get("stand_in") or 0 for one in noted}),
        "taker": names.users(session, {who for one in noted for who, _ in one.facts.get("to", ())}),
        "unit": units,
        "managed_by": units,
        "area": areas,
        "area_code": areas,
        "role": {role: gettext(word) for role, word in words.ROLES.items()},
        "kind": {kind: gettext(word) for kind, word in words.UNIT_KINDS.items()},
    }
    of_rules = rule_changes.told(session, noted)
    return [
        {
            "at": moment_text(one.at),
            "what": happened(CHANGES[one.what]),
            "by": one.by,
            "about": one.about,
            "how": of_rules.get(n) or _how(one, known),
        }
        for n, one in enumerate(noted)
    ]


def _sides(facts: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [facts, facts.get("before", {}), facts.get("after", {})]


def _is_id(value: object) -> bool:
    return isinstance(value, int)


def _how(one: Noted, known: Mapping[str, Mapping[Any, str]]) -> str:
    facts = one.facts
    if one.what == "account_changed":
        return _differences(facts, known)
    if one.what == "unit_changed":
        return gettext("；").join(
            [_value(known, "unit", facts["unit"]), _differences(facts, known)]
        )
    if one.what == "work_handed_over":
        each = [
            gettext("%(who)s %(n)d 件", who=known["taker"].get(who, ""), n=n)
            for who, n in facts["to"]
        ]
        return series(each)
    if one.what.startswith("absence_"):
        return _absence(facts, known)
    if one.what.startswith(("unit_", "recusal_")):
        return _value(known, "unit", facts["unit"])
    if one.what in ("visit_demanded", "visit_lifted"):
        return gettext(words.CATEGORIES[facts["category"]])
    if one.what == "account_created":
        return series([_value(known, name, facts[name]) for name in ("username", "role")])
    if one.what == "post_assigned":
        post = series(
            [part for part in (facts["unit"], gettext(words.DUTIES[facts["duty"]])) if part]
        )
        return gettext(
            "%(what)s：%(before)s → %(after)s",
            what=post,
            before=series(facts["was"]) or gettext("空缺"),
            after=series(facts["now"]) or gettext("空缺"),
        )
    if one.what == "calendar_changed":
        return gettext(
            "%(days)d 天，重算 %(cases)d 个办件", days=len(facts["days"]), cases=facts["cases"]
        )
    return ""


def _absence(facts: Mapping[str, Any], known: Mapping[str, Mapping[Any, str]]) -> str:
    first, last = (day_text(date.fromisoformat(facts[name])) for name in ("first", "last"))
    days = gettext("%(first)s 至 %(last)s", first=first, last=last)
    if facts["stand_in"] is None:
        return days
    who = known["stand_in"].get(facts["stand_in"], "")
    return gettext("；").join([days, gettext("由 %(who)s 代理", who=who)])


def _differences(facts: Mapping[str, Any], known: Mapping[str, Mapping[Any, str]]) -> str:
    return gettext("；").join(
        gettext(
            "%(what)s：%(before)s → %(after)s",
            what=gettext(_LABELS[name]),
            before=_value(known, name, before),
            after=_value(known, name, facts["after"].get(name)),
        )
        for name, before in facts["before"].items()
    )


def _value(known: Mapping[str, Mapping[Any, str]], name: str, value: object) -> str:
    if value in (None, ""):
        return gettext("无")
    return known.get(name, {}).get(value, str(value))
