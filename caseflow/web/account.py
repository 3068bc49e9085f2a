"""One's own account: who one is here, and the password that nobody else knows."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request

from caseflow.people import accounts, names, own_password
from caseflow.people.tables import User
from caseflow.web.edge import actor, change, needs, now, read
from caseflow.web.locale import gettext
from caseflow.web.login import OWN, Page, home_of, let_in, me, safe

blueprint = Blueprint("account", __name__)
Answer = Page | tuple[str, int]


@blueprint.get("/account")
@needs(OWN)
def show() -> Answer:
    """Show one's own account and the form for another password."""
    return _shown(safe(request.args.get("next")))


def _shown(following: str, errors: Mapping[str, str] | None = None, status: int = 200) -> Answer:
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
            language=request.method == "GET",
        )
    return body, status


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
