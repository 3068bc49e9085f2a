"""Signing in and out. The session cookie holds the account and its epoch; the actor is a value."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import session as cookie
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from werkzeug.wrappers import Response as WerkzeugResponse

from caseflow import words
from caseflow.errors import SignedOut
from caseflow.people import accounts
from caseflow.people.accounts import Login
from caseflow.people.actor import Actor
from caseflow.people.permissions import may
from caseflow.web import edge
from caseflow.web.locale import gettext

blueprint = Blueprint("login", __name__)
Page = str | Response | WerkzeugResponse
OWN = "account.own"
"""The permission that everybody who signs in carries."""


@dataclass(frozen=True)
class Me(UserMixin):
    """Who is signed in, as pages show it; `epoch` ends every session when it is raised.

    `told`: the password is one that an administrator knows; nothing opens before it is changed.
    """

    id: int
    name: str
    role: str
    epoch: int
    told: bool
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
    return me(found)


def me(known: Login) -> Me:
    """Return a login as pages show it."""
    actor = known.actor
    return Me(known.id, known.name, actor.role, known.epoch, known.told, actor, actor.unit)


def _know() -> Page | None:
    """Name the actor of this request before any handler runs.

    Whoever has a password that somebody else told them is led to where they choose their own.
    """
    g.actor = g.me = None
    if request.endpoint == "static" or edge.by_machine():
        return None
    if current_user.is_authenticated:
        g.me = current_user._get_current_object()
        g.actor = g.me.actor
        if g.me.told and _of_staff(request.endpoint):
            if request.method != "GET":
                raise SignedOut  # whose page gives back what was written
            return redirect(url_for("account.show", next=request.full_path.rstrip("?")))
    return None


def _of_staff(endpoint: str | None) -> bool:
    """Tell whether a page is for people who sign in, their own account left out."""
    handler = current_app.view_functions.get(endpoint or "")
    return getattr(handler, "needs", OWN) != OWN


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
    return render_template("login.html", next=safe(request.args.get("next")), errors={})


@blueprint.post("/login")
def sign_in() -> Page:
    """Check name and password; one answer for every way of being wrong."""
    username, password = edge.typed("username"), request.form.get("password", "")
    known = accounts.enter(edge.rooms().database, username, password, edge.now())
    found = me(known) if known else None
    if found is None:
        wrong = gettext("登录名或密码不对，或账号暂时锁定。连续输错五次锁定 15 分钟。")
        page = render_template(
            "login.html",
            username=username,
            next=safe(request.form.get("next")),
            errors={"username": wrong},
        )
        return Response(page, status=401)
    let_in(found)
    return redirect(safe(request.form.get("next")) or home_of(found.actor))


def let_in(person: Me) -> None:
    """Begin a session; nothing that was known of this browser before may prove anything after."""
    cookie.clear()
    login_user(person)


def safe(target: str | None) -> str:
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
    manager = LoginManager()
    # Its words for templates would look the person up again: on the page that says, with all that
    # was written, that nobody can be looked up now.
    manager.init_app(app, add_context_processor=False)
    manager.user_loader(_load)
    manager.session_protection = None  # the epoch and the cookie's flags do the work
    app.before_request(_know)
    app.register_blueprint(blueprint)
