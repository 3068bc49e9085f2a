"""What a unit is asked beside another one that leads (协办): to be read and answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from caseflow.deadlines.rules import rules_of
from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted
from caseflow.escalation.drafted import Documents, documents
from caseflow.ledger import assistances
from caseflow.ledger.assistances import Asked
from caseflow.ledger.holding import Holding, reference
from caseflow.ledger.moves import assisting
from caseflow.ledger.moves.record import gathered, words
from caseflow.people.scope import Scope
from caseflow.web import edge
from caseflow.web.clocks import ClockView, clock_views
from caseflow.web.edge import needs, now, typed
from caseflow.web.files import Brought
from caseflow.web.locale import gettext, moment_text, series
from caseflow.web.proof import limits_told
from caseflow.web.unit import news
from caseflow.web.unit.evidence import shown
from caseflow.web.unit.frame import (
    TITLE,
    Page,
    bearer,
    blueprint,
    fresh_nonce,
    large_limits,
    scope,
)

NONE_WRONG: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class AskedLine:
    """A line of the list; `clock` is None when nothing is owed."""

    id: int
    reference: str
    title: str
    owed: bool
    badge: str
    clock: ClockView | None


def lines(session: Session, here: Scope) -> list[AskedLine]:
    """Return what the unit was asked as lines of its list, newest first."""
    known = assistances.to_unit(session, here)
    told = documents(session, [one.clock for one in known if one.clock])
    return [_line(session, one, told) for one in known]


def _line(session: Session, one: Asked, told: Documents) -> AskedLine:
    said, shown = " ".join(one.row.text.split()), _views(session, one, told)
    return AskedLine(
        id=one.row.id,
        reference=reference(one.row.item_id),
        title=said[:TITLE] + ("…" if len(said) > TITLE else ""),
        owed=one.owed,
        badge=_badge(one),
        clock=shown[0] if shown else None,
    )


def _badge(one: Asked) -> str:
    if one.row.answered_at is not None:
        return gettext("已答复")
    return gettext("不需要答复") if one.stopped else gettext("待答复")


def _views(session: Session, one: Asked, told: Documents) -> list[ClockView]:
    running = [one.clock] if one.clock is not None else []
    return clock_views(rules_of(session), running, edge.now(), told, outside=True)


@dataclass(frozen=True)
class Answer:
    """What an assisting unit answered, as the lead reads it."""

    unit: str
    text: str
    at: str


@dataclass(frozen=True)
class Besides:
    """The assisting units as a lead reads them: `names` of all, and the answers it may read."""

    names: str
    answers: list[Answer]


def beside(session: Session, held: Holding) -> Besides:
    """Return what the holder of an item may know of the units that assist with it."""
    side = held.side
    known = assistances.beside(session, held.item, verifies=side.verifies, rectifies=side.rectifies)
    answers = [Answer(one.name, one.answer, moment_text(one.at)) for one in known if one.at]
    return Besides(series(list(dict.fromkeys(one.name for one in known))), answers)


@blueprint.get("/assistance/<int:assistance_id>")
@needs("item.hold")
def assistance(assistance_id: int) -> Page:
    """Show what the unit was asked; anybody else's looks like one that does not exist."""
    with edge.read() as session:
        return _page(session, assistance_id)


@blueprint.post("/assistance/<int:assistance_id>/answer")
@needs("item.answer_assistance")
def answer_assistance(assistance_id: int) -> ResponseReturnValue:
    """Answer it in writing."""
    said, me, files = typed("answer"), edge.actor(), Brought("evidence")

    def work(session: Session) -> None:
        asked = _owed(session, assistance_id)
        kept: list[tuple[str, str]] = []
        gathered(
            lambda: kept.extend(files.named(session)),
            lambda: words(said, "answer"),
        )
        item_id = asked.row.item_id
        assisting.answer_assistance(session, me, item_id, said, now(), files=kept)

    try:
        with edge.read() as session:  # nobody fills the store for what is not asked of them
            _owed(session, assistance_id)
        files.put()
        edge.change(work)
    except BadInput as error:
        wrong = {name: gettext(told) for name, told in error.fields.items()}
        if "evidence" not in wrong and any(one.filename for one in request.files.values()):
            wrong["evidence"] = gettext("所选的文件需要重新选择")
        return _again(assistance_id, said, wrong), 422
    except (MoveNotAllowed, NotPermitted):
        left = gettext("这一协办事项现在不需要答复，这次没有保存")
        return _again(assistance_id, said, {"answer": left}, late=True), 409
    flash(gettext("答复已提交。"), "success")
    return redirect(url_for(".assistance", assistance_id=assistance_id))


def _owed(session: Session, assistance_id: int) -> Asked:
    asked = assistances.one(session, scope(), assistance_id)
    if not asked.owed:
        raise MoveNotAllowed("这一协办事项现在不需要答复")
    return asked


def _again(assistance_id: int, said: str, errors: dict[str, str], *, late: bool = False) -> str:
    with edge.read() as session:
        return _page(session, assistance_id, said, errors, late=late)


def _page(
    session: Session,
    assistance_id: int,
    said: str = "",
    errors: Mapping[str, str] = NONE_WRONG,
    *,
    late: bool = False,
) -> str:
    one = assistances.one(session, scope(), assistance_id)
    row, told = one.row, documents(session, [one.clock] if one.clock else [])
    return render_template(
        "unit/assistance.html",
        unit=bearer(session),
        asked=one,
        row=row,
        reference=reference(row.item_id),
        badge=_badge(one),
        clocks=_views(session, one, told),
        answered_at=moment_text(row.answered_at) if row.answered_at else "",
        evidence=shown(assistances.files(session, row.id)),
        limits_told=limits_told(),
        file_limits=large_limits(),
        nonce=typed("nonce") or fresh_nonce(),
        kept=request.form.getlist("kept"),
        typed=said,
        errors=errors,
        news=news.of_assistance(session, row) if late else (),
    )
