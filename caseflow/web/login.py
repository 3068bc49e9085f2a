"""Signing in and out. The session cookie holds the account and its epoch; the actor is a value."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, flash, g, redirect, render_template, request, url_for
from flask import session as cookie
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as WerkzeugResponse

from caseflow import words
from caseflow.people import accounts
from caseflow.people.accounts import Login
from caseflow.people.actor import Actor
from caseflow.people.permissions import may
from caseflow.web import edge
from caseflow.web.locale import gettext

blueprint = Blueprint("login", __name__)
Page = str | Response | WerkzeugResponse


@dataclass(frozen=True)
class Me(UserMixin):
    """Who is signed in, as pages show it; `epoch` ends every session when it is raised."""

    id: int
    name: str
    role: str
    epoch: int
    actor: Actor
    unit_id: int | None

    @property
    def role_label(self) -> str:
        """The role in the page's language."""
        return gettext(words.ROLES[self.role])

    def get_id(self) -> str:
        """Return what the session cookie keeps."""
        return f"{self.id}.{self.epoch}"


def _load(kept: str) -> Me | None:
    user_id, _, epoch = kept.partition(".")
    with edge.read() as session:
        found = accounts.login_of(session, int(user_id))
    if found is None or not found.active or str(found.epoch) != epoch:
        return None
    return _me(found)


def _me(known: Login) -> Me:
    actor = known.actor
    return Me(known.id, known.name, actor.role, known.epoch, actor, actor.unit)


def _know() -> None:
    """Name the actor of this request before any handler runs."""
    g.actor = g.me = None
    if request.endpoint == "static":
        return
    if current_user.is_authenticated:
        g.me = current_user._get_current_object()
        g.actor = g.me.actor


def home_of(actor: Actor) -> str:
    """Return where a person starts: the office at the work list, a unit at its items."""
    if may(actor, "ledger.read"):
        return "/console/"
    if may(actor, "item.hold"):
        return "/unit/"
    return "/console/people"


@blueprint.get("/login")
def show() -> Page:
    """Show the form; whoever is signed in already goes on."""
    if edge.signed_in():
        return redirect(home_of(edge.actor()))
    return render_template("login.html", next=_safe(request.args.get("next")), errors={})


@blueprint.post("/login")
def sign_in() -> Page:
    """Check name and password; one answer for every way of being wrong."""
    username, password = edge.typed("username"), request.form.get("password", "")
    me = _check(username, password)
    if me is None:
        wrong = gettext("登录名或密码不对，或账号暂时锁定。连续输错五次锁定 15 分钟。")
        page = render_template(
            "login.html",
            username=username,
            next=_safe(request.form.get("next")),
            errors={"username": wrong},
        )
        return Response(page, status=401)
    cookie.clear()  # nothing that was known of this browser before may prove anything after
    login_user(me)
    return redirect(_safe(request.form.get("next")) or home_of(me.actor))


def _check(username: str, password: str) -> Me | None:
    """Compare outside any transaction (hashing is slow), then note the outcome in one."""
    now = edge.now()
    with edge.read() as session:
        user = accounts.by_username(session, username)
        stored = user.password_hash if user and not accounts.is_locked_out(user, now) else None
    right = accounts.check_password(stored, password)

    def note(session: Session) -> Me | None:
        found = accounts.by_username(session, username, lock=True)
        if found is None:
            return None
        if accounts.is_locked_out(found, now):
            return None
        if not right:
            accounts.failed(found, now)
            return None
        if found.password_hash != stored:  # it was reset meanwhile: the old one opens nothing
            return None
        accounts.signed_in(found, now)
        known = accounts.login_of(session, found.id)
        return _me(known) if known else None

    return edge.change(note)


def _safe(target: str | None) -> str:
    """Return a path of ours to go on to, or nothing: never another site, never a second header."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return ""
    if not target.isprintable():
        return ""
    return "" if urlsplit(target).netloc else target


@blueprint.post("/logout")
def sign_out() -> Page:
    """End the person's sessions, this one and any that a copied cookie would open."""
    if edge.signed_in():
        person = edge.actor().person
        edge.change(lambda session: accounts.signed_out(session, person))
    logout_user()
    cookie.clear()
    flash(gettext("已退出登录。"), "success")
    return redirect(url_for("login.show"))


def install(app: Flask) -> None:
    """Set up Flask-Login and the actor of each request."""
    manager = LoginManager(app)
    manager.user_loader(_load)
    manager.session_protection = None  # the epoch and the cookie's flags do the work
    app.before_request(_know)
    app.register_blueprint(blueprint)
