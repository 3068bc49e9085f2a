"""Posts: who holds which, and who gets the messages where nobody does."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from caseflow import words
from caseflow.errors import BadInput
from caseflow.people import postings
from caseflow.people.postings import Posting
from caseflow.web.admin.frame import Page, after, blueprint, number
from caseflow.web.edge import actor, change, needs, now, read, typed
from caseflow.web.locale import gettext, series


@blueprint.get("/posts")
@needs("people.read")
def posts() -> Page:
    """Show the posts of the office and of units, vacant ones first to see."""
    vacant = request.args.get("vacant") == "1"
    with read() as session:
        office = postings.of_office(session, actor(), now())
        of_units, following = postings.of_units(session, actor(), vacant, now(), after())
        own = [_row(post) for post in office if not (vacant and post.acting)]
        rows = [_row(post) for post in of_units]
    return render_template(
        "admin/posts.html",
        active="people",
        own=own,
        units=rows,
        vacant=vacant,
        next_href=url_for("admin.posts", vacant=int(vacant), after=following) if following else "",
    )


def _row(post: Posting) -> dict[str, Any]:
    return {
        "href": url_for("admin.post", post_key=post.key),
        "duty": gettext(words.DUTIES[post.duty]),
        "place": post.unit.name if post.unit else post.area.name,
        "holder": _name(post, post.holder is not None and post.holder.active, "holder"),
        "deputy": _name(post, post.deputy is not None and post.deputy.active, "deputy"),
        "vacant": post.acting is None,
        "acting": post.acting.name if post.acting and post.acting is not post.holder else "",
        "instead": series([one.name for one in post.instead]),
    }


def _name(post: Posting, active: bool, which: str) -> str:
    user = getattr(post, which)
    if user is None:
        return ""
    if not active:
        return gettext("%(name)s（已停用）", name=user.name)
    away = user.id in post.away
    return gettext("%(name)s（外出）", name=user.name) if away else str(user.name)


@blueprint.get("/posts/<post_key>")
@needs("people.read")
def post(post_key: str) -> Page:
    """Show one post with the form that fills it."""
    return _shown(post_key)


def _shown(post_key: str, errors: Mapping[str, str] | None = None, status: int = 200) -> Page:
    with read() as session:
        found = postings.posting(session, actor(), post_key, now())
        people = [
            (one.id, f"{one.name} · {gettext(words.ROLES[one.role])}")
            for one in postings.candidates(session, found)
        ]
        row = _row(found)
    kept = {
        "user": found.holder.id if found.holder else "",
        "deputy": found.deputy.id if found.deputy else "",
    }
    body = render_template(
        "admin/post.html",
        active="people",
        key=post_key,
        row=row,
        people=people,
        values=request.form if errors else kept,
        errors=errors or {},
        language=request.method == "GET",
    )
    return body, status


@blueprint.post("/posts/<post_key>")
@needs("people.edit")
def assign_post(post_key: str) -> Page:
    """Say who holds a post and who stands in."""
    wrong = {
        field: "请从列表中选择"
        for field in ("user", "deputy")
        if typed(field) and number(field) is None
    }
    try:
        if wrong:
            raise BadInput(wrong)
        change(
            lambda s: postings.assign(s, actor(), post_key, number("user"), number("deputy"), now())
        )
    except BadInput as refused:
        return _shown(post_key, refused.fields, 422)
    flash(gettext("岗位已调整。"), "success")
    return redirect(url_for("admin.posts"))
