"""People: who may sign in, as what, and since when somebody was here; accounts made and closed."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import render_template, request, url_for
from sqlalchemy.orm import Session

from caseflow import words
from caseflow.errors import BadInput
from caseflow.ledger import in_hand
from caseflow.ledger.moves import handing
from caseflow.people import accounts, names, office_changes, postings, recusals, staff, staff_list
from caseflow.people.accounts import is_locked_out
from caseflow.people.permissions import ROLES, UNIT
from caseflow.people.staff import Account
from caseflow.people.staff_list import PAGE, Filters, Listed
from caseflow.people.tables import User
from caseflow.refs import whole
from caseflow.web.admin.changes import change_rows
from caseflow.web.admin.frame import Page, asked, blueprint, number, settle
from caseflow.web.away import going_away
from caseflow.web.edge import actor, can, change, needs, now, read, rooms, typed
from caseflow.web.locale import gettext, moment_text

FIELDS = ("name", "role", "area", "unit", "email")


@blueprint.get("/people")
@needs("people.read")
def people() -> Page:
    """Show who works here, the office's own first."""
    filters = Filters(asked("q"), asked("role"), asked("state") or "active")
    with read() as session:
        found = staff_list.staff(session, actor(), filters, _after())
        ids = [one.user.id for one in found[:PAGE]]
        duties = postings.duties_of(session, ids)
        rows = [_row(one, duties.get(one.user.id, [])) for one in found[:PAGE]]
    following = ""
    if len(found) > PAGE:
        unit, last = found[PAGE - 1].place
        following = url_for(
            "admin.people",
            after=f"{unit}_{last}",
            q=filters.words,
            role=filters.role,
            state=filters.state,
        )
    return render_template(
        "admin/people.html",
        active="people",
        rows=rows,
        filters=filters,
        roles=_roles(),
        next_href=following,
    )


def _after() -> tuple[int, int] | None:
    unit, _, user = request.args.get("after", "").partition("_")
    place = whole(unit), whole(user)
    return (place[0], place[1]) if place[0] is not None and place[1] is not None else None


def _roles() -> list[tuple[str, str]]:
    return [(role, gettext(words.ROLES[role])) for role in ROLES]


def _row(one: Listed, duties: list[postings.Duty]) -> dict[str, Any]:
    user = one.user
    return {
        "href": url_for("admin.person", user_id=user.id),
        "name": user.name,
        "username": user.username,
        "role": gettext(words.ROLES[user.role]),
        "place": one.unit.name if one.unit else one.area.name,
        "active": user.active,
        "locked": is_locked_out(user, now()),
        "seen": moment_text(user.last_seen_at) if user.last_seen_at else "",
        "duties": [duty_text(duty) for duty in duties],
    }


def duty_text(duty: postings.Duty) -> str:
    """Return a post in words, with whether one only stands in."""
    word = gettext(words.DUTIES[duty.duty])
    return gettext("%(duty)s（代理）", duty=word) if duty.deputy else word


@blueprint.get("/people/new")
@needs("people.edit")
def new_person() -> Page:
    """Show the form for a new account, filled in for the post that asks for somebody."""
    return _form()


def _form(errors: Mapping[str, str] | None = None, status: int = 200) -> Page:
    with read() as session:
        options = _options(session)
        wanted = _for_post(session, asked("post"), options) if asked("post") else {}
    body = render_template(
        "admin/person_new.html",
        active="people",
        values=request.form or wanted,
        errors=errors or {},
        language=request.method == "GET",
        **options,
    )
    return body, status


# Who usually holds a post of the office; a unit's posts are its own people's.
_ROLES = {"shift_leader": "operator", "office_handler": "handler"}


def _for_post(session: Session, key: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is known of an account from the post that it is made for; raises NotFound."""
    post = postings.posting(session, actor(), key, now())
    offered = [code for code, _ in options["areas"]]
    return {
        "role": UNIT if post.unit else _ROLES.get(post.duty, post.duty),
        "area": next((code for code in post.area.path if code in offered), ""),
        "unit": post.unit.id if post.unit else "",
    }


def _options(session: Session) -> dict[str, Any]:
    """Return what the form of an account lets one choose."""
    return {
        "roles": _roles(),
        "areas": [(one.code, one.name) for one in staff_list.areas(session, actor())],
        "units": [(one.id, one.name) for one in staff_list.units(session, actor())],
    }


def _account() -> Account:
    return Account(
        name=typed("name"),
        role=typed("role"),
        area=typed("area"),
        unit_id=number("unit"),
        email=typed("email"),
    )


@blueprint.post("/people")
@needs("people.edit")
def create_person() -> Page:
    """Make an account; its password is shown once, in this answer."""
    password = staff.fresh_password()
    stored = accounts.hash_password(password)  # slow: before any transaction
    try:
        user_id = change(
            lambda s: staff.create(s, actor(), typed("username"), _account(), stored, now()).id
        )
    except BadInput as wrong:
        return _form(wrong.fields, 422)
    return _shown(user_id, password=password)


@blueprint.get("/people/<int:user_id>")
@needs("people.read")
def person(user_id: int) -> Page:
    """Show one account: what it is, what it has in hand, what was changed."""
    return _shown(user_id)


def _shown(
    user_id: int,
    errors: Mapping[str, str] | None = None,
    form: str = "",
    status: int = 200,
    password: str = "",
) -> Page:
    with read() as session:
        user = office_changes.person_in_reach(session, actor(), user_id)
        units = names.units(session, {user.unit_id} if user.unit_id else set())
        body = render_template(
            "admin/person.html",
            active="people",
            user=user,
            area=names.areas(session, {user.area_code})[user.area_code],
            unit=units[user.unit_id].name if user.unit_id else "",
            locked=is_locked_out(user, now()),
            duties=postings.duties_of(session, [user.id]).get(user.id, []),
            duty_text=duty_text,
            recusals=recusals.of(session, user.id),
            in_hand=_in_hand(session, user.id),
            changes=change_rows(session, office_changes.newest(session, actor(), user.id)),
            own=user.id == actor().id,
            away=going_away(session, user, form == "away"),
            values=request.form if form == "change" else _values(user),
            recusing=request.form if form == "recuse" else {},
            errors=errors or {},
            form=form,
            password=password,
            language=request.method == "GET",
            **(_options(session) if can("people.edit") else {}),
        )
    return body, status


def _values(user: User) -> dict[str, Any]:
    return {
        "name": user.name,
        "role": user.role,
        "area": user.area_code,
        "unit": user.unit_id or "",
        "email": user.email or "",
    }


def settle_person(user_id: int, form: str, work: Callable[[Session], object], done: str) -> Page:
    """Carry out a change of an account and show it again, with what hindered it if anything."""
    there = url_for("admin.person", user_id=user_id)
    return settle(work, done, there, lambda wrong, code: _shown(user_id, wrong, form, code))


def _in_hand(session: Session, user_id: int) -> in_hand.InHand:
    return in_hand.open_cases(session, actor(), user_id, rooms().area)


def _seen_in_hand(session: Session, user_id: int) -> None:
    """What somebody has in hand was named on the page; raise BadInput when that changed."""
    if typed("in_hand") != str(_in_hand(session, user_id).count):
        raise BadInput({"in_hand": "名下在办的办件有变化，请看过下面的清单再提交"})


def _leave(session: Session, user_id: int) -> None:
    """Let what somebody cannot go on with fall to the posts; raise BadInput unless so said."""
    session.flush()
    done = handing.left_behind(session, actor(), user_id, now(), moved=True)
    left = done.cases or in_hand.unverified(session, user_id)
    if left and not typed("leave"):
        raise BadInput({"in_hand": "请先移交下面的办件，或勾选由岗位接办"})


@blueprint.post("/people/<int:user_id>/change")
@needs("people.edit")
def change_person(user_id: int) -> Page:
    """Change name, role, area, unit or address of an account."""
    account = _account()

    def work(session: Session) -> None:
        user = office_changes.person_in_reach(session, actor(), user_id)
        away = staff.moves_away(user, account)
        if away:
            _seen_in_hand(session, user_id)
        staff.change(session, actor(), user_id, account, now())
        if away:
            _leave(session, user_id)

    return settle_person(user_id, "change", work, gettext("账号已修改。"))


@blueprint.post("/people/<int:user_id>/close")
@needs("people.edit")
def close_person(user_id: int) -> Page:
    """Close an account, after what it has in hand was named."""

    def work(session: Session) -> None:
        office_changes.person_in_reach(session, actor(), user_id)
        _seen_in_hand(session, user_id)
        staff.close(session, actor(), user_id, now())
        _leave(session, user_id)

    return settle_person(user_id, "close", work, gettext("账号已停用。"))


@blueprint.post("/people/<int:user_id>/recuse")
@needs("people.edit")
def recuse_person(user_id: int) -> Page:
    """Keep somebody away from a unit and those it manages."""
    unit, reason = number("away_from"), typed("why")

    def keep_away(session: Session) -> None:
        recusals.add(session, actor(), user_id, unit, reason, now())
        handing.left_behind(session, actor(), user_id, now())

    return settle_person(
        user_id,
        "recuse",
        keep_away,
        gettext("已登记回避；名下关于这个单位的办件由岗位接办。"),
    )


@blueprint.post("/people/<int:user_id>/recusal/end")
@needs("people.edit")
def end_recusal(user_id: int) -> Page:
    """Let somebody see matters about a unit again."""
    unit = number("unit")
    done = gettext("已解除回避。")
    return settle_person(
        user_id, "", lambda s: recusals.end(s, actor(), user_id, unit, now()), done
    )


@blueprint.post("/people/<int:user_id>/reopen")
@needs("people.edit")
def reopen_person(user_id: int) -> Page:
    """Let a closed account be used again."""
    done = gettext("账号已恢复，密码照旧。")
    return settle_person(
        user_id, "reopen", lambda s: staff.reopen(s, actor(), user_id, now()), done
    )


@blueprint.post("/people/<int:user_id>/unlock")
@needs("people.edit")
def unlock_person(user_id: int) -> Page:
    """Lift the lock that wrong passwords set."""
    done = gettext("已解除锁定。")
    return settle_person(
        user_id, "unlock", lambda s: staff.unlock(s, actor(), user_id, now()), done
    )


@blueprint.post("/people/<int:user_id>/password")
@needs("people.edit")
def reset_password(user_id: int) -> Page:
    """Give an account a new password, shown once, in this answer."""
    with read() as session:
        office_changes.person_in_reach(session, actor(), user_id)
    password = staff.fresh_password()
    stored = accounts.hash_password(password)  # slow: before any transaction
    change(lambda s: staff.reset_password(s, actor(), user_id, stored, now()))
    return _shown(user_id, password=password)
