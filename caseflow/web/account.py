"""One's own account: who one is here, when one is away, and the password nobody else knows."""

from collections.abc import Callable, Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from caseflow.errors import BadInput, MoveNotAllowed
from caseflow.people import absences, accounts, names, own_password
from caseflow.people.tables import User
from caseflow.refs import whole
from caseflow.web.away import asked_days, going_away
from caseflow.web.edge import actor, change, needs, now, read, typed
from caseflow.web.locale import gettext
from caseflow.web.login import OWN, Page, home_of, let_in, me, safe

blueprint = Blueprint("account", __name__)
Answer = Page | tuple[str, int]


@blueprint.get("/account")
@needs(OWN)
def show() -> Answer:
    """Show one's own account and the form for another password."""
    return _shown(safe(request.args.get("next")))


def _shown(
    following: str,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
    form: str = "",
) -> Answer:
    with read() as session:
        user = session.get_one(User, actor().person)
        units = names.units(session, {user.unit_id} if user.unit_id else set())
        body = render_template(
            "account.html",
            user=user,
            area=names.areas(session, {user.area_code})[user.area_code],
            unit=units[user.unit_id].name if user.unit_id else "",
            home_href=home_of(actor()),
            following=following,
            errors=errors or {},
            form=form,
            away=going_away(session, user, form == "away"),
            language=request.method == "GET",
        )
    return body, status


@blueprint.post("/account/away")
@needs(OWN)
def go_away() -> Answer:
    """Say when one is away and who stands in."""
    me, days, stand_in = actor().person, asked_days(), whole(typed("stand_in"))
    done = gettext("已登记外出。")
    return _settled(lambda s: absences.enter(s, actor(), me, days, stand_in, now()), done)


@blueprint.post("/account/away/end")
@needs(OWN)
def come_back() -> Answer:
    """End an absence early, or call it off."""
    me, which = actor().person, whole(typed("absence")) or 0
    return _settled(lambda s: absences.end(s, actor(), me, which, now()), gettext("外出已结束。"))


def _settled(work: Callable[[Session], object], done: str) -> Answer:
    try:
        change(work)
    except BadInput as wrong:
        return _shown("", wrong.fields, 422, "away")
    except MoveNotAllowed as gone:
        return _shown("", {"": gone.told}, 409, "away")
    flash(done, "success")
    return redirect(url_for("account.show"))


@blueprint.post("/account")
@needs(OWN)
def change_password() -> Answer:
    """Take another password; this browser stays signed in, every other one is signed out."""
    present, chosen, again = (request.form.get(name, "") for name in ("present", "chosen", "again"))
    following = safe(request.form.get("next"))
    with read() as session:
        user = session.get_one(User, actor().person)
        stored = None if accounts.is_locked_out(user, now()) else user.password_hash
        wrong = own_password.unfit(user.username, present, chosen, again)
    right = accounts.check_password(stored, present)  # slow: before any transaction
    fresh = accounts.hash_password(chosen) if right and not wrong else None
    if not change(lambda s: own_password.change(s, actor(), stored, right, fresh, now())):
        wrong = {"present": own_password.WRONG, **wrong}
    if wrong:
        return _shown(following, wrong, 422)
    with read() as session:
        known = accounts.login_of(session, actor().person)
    if known is not None:
        let_in(me(known))
    flash(gettext("密码已修改，其他地方的登录已全部退出。"), "success")
    return redirect(following or home_of(actor()))
