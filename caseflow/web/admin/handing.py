"""Handing over what a person has in hand (移交): chosen, looked over, done; what stays is named.

For supervisors, of people in their areas and of cases that they see themselves. An administrator
reads which numbers are open and asks a supervisor; no word of a case stands on their page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from caseflow import words
from caseflow.errors import BadInput
from caseflow.intake import drafts
from caseflow.ledger import in_hand, takers
from caseflow.ledger.in_hand import Piece
from caseflow.ledger.moves import handing
from caseflow.ledger.moves.handing import LONGEST_REASON, Handing
from caseflow.people import absences, names, office_changes, postings
from caseflow.people.permissions import UNIT
from caseflow.people.posts import holder
from caseflow.people.tables import User
from caseflow.refs import whole
from caseflow.web.admin.frame import Page, blueprint
from caseflow.web.admin.people import duty_text
from caseflow.web.console.work_list import rows
from caseflow.web.edge import actor, can, change, needs, now, read, rooms, typed
from caseflow.web.locale import gettext, series

STAY = "stay"
_NOBODY = "请选择由谁接手"
_PARTS = ("handler", "inspector")
Errors = Mapping[str, str]


@dataclass
class Table:
    """What somebody has in hand, and what was chosen for it: `handler` and `inspector` for all
    that are not chosen one by one.
    """

    session: Session
    giver: User
    pieces: Sequence[Piece]

    @cached_property
    def takers(self) -> takers.Takers:
        """Who may take what."""
        away = absences.away(self.session, now())
        return takers.takers(self.session, self.pieces, self.giver.id, away)

    def able(self, piece: Piece, part: str) -> Sequence[User]:
        """Return who may take a part of one case: its handling, or its verifying in person."""
        if not (piece.handles if part == "handler" else piece.items):
            return ()
        return getattr(self.takers, f"{part}s")[piece.case.id]  # type: ignore[no-any-return]

    def everybody(self, part: str) -> list[tuple[int, str]]:
        """Return who may take a part of one case at least, as a form lets one choose."""
        found = {one.id: one for piece in self.pieces for one in self.able(piece, part)}
        return [(one.id, _label(one)) for one in found.values()]

    def wanted(self, piece: Piece, part: str) -> int | None:
        """Return who was chosen for a part of one case; None where it stays."""
        if not self.concerns(piece, part):
            return None
        own = typed(f"{part}-{piece.case.id}")
        return None if own == STAY else whole(own or typed(part))

    def concerns(self, piece: Piece, part: str) -> bool:
        """Tell whether a part of a case is the giver's."""
        return piece.handles if part == "handler" else bool(piece.items)

    def fitting(self, piece: Piece, part: str) -> User | None:
        """Return who was chosen and may take a part of one case."""
        wanted = self.wanted(piece, part)
        return next((one for one in self.able(piece, part) if one.id == wanted), None)

    def handings(self) -> list[Handing]:
        """Return what was chosen, as far as it is possible."""
        found = []
        for piece in self.pieces:
            handler, inspector = (self.fitting(piece, part) for part in _PARTS)
            if handler or inspector:
                found.append(
                    Handing(
                        piece.case.id,
                        handler.id if handler else None,
                        inspector.id if inspector else None,
                        whole(typed(f"seen-{piece.case.id}")),
                    )
                )
        return found


def _label(user: User) -> str:
    return f"{user.name} · {gettext(words.ROLES[user.role])}"


@blueprint.get("/people/<int:user_id>/handing")
@needs("people.send_away")
def handing_page(user_id: int) -> Page:
    """Show what somebody has in hand, with a choice of who takes it."""
    return _shown(user_id)


@blueprint.post("/people/<int:user_id>/handing/look")
@needs("case.assign")
def look_over(user_id: int) -> Page:
    """Show what would go to whom, and what follows, before anything moves."""
    with read() as session:
        table = _table(session, user_id)
        wrong = _wrong(table)
        if not wrong:
            return render_template("admin/handing_look.html", active="people", **_looked(table))
    return _shown(user_id, wrong, 422)


@blueprint.post("/people/<int:user_id>/handing")
@needs("case.assign")
def hand_over(user_id: int) -> Page:
    """Hand over what was looked over; what cannot go is named and stays."""

    def work(session: Session) -> handing.Outcome:
        given = _table(session, user_id).handings()
        if not given:
            raise BadInput({"handler": _NOBODY})
        return handing.hand_over_all(session, actor(), user_id, given, typed("reason"), now())

    try:
        done = change(work)
    except BadInput as wrong:
        return _shown(user_id, wrong.fields, 422)
    if done.cases:
        flash(told(done), "success")
    if done.stayed:
        return _shown(user_id, stayed=done.stayed, status=200 if done.cases else 409)
    return redirect(url_for("admin.handing_page", user_id=user_id))


def told(done: handing.Outcome) -> str:
    """Say how many cases went to whom."""
    with read() as session:
        known = names.users(session, done.taken)
    each = [
        gettext("%(who)s %(n)d 件", who=known[one], n=count) for one, count in done.taken.items()
    ]
    return gettext("已移交 %(n)d 件：%(who)s。", n=done.cases, who=series(each))


def _table(session: Session, user_id: int) -> Table:
    giver = office_changes.person_in_reach(session, actor(), user_id)
    sees = can("case.assign")
    return Table(session, giver, in_hand.pieces(session, actor(), user_id) if sees else [])


def _wrong(table: Table) -> dict[str, str]:
    wrong: dict[str, str] = {}
    wants = (table.wanted(piece, part) for piece in table.pieces for part in _PARTS)
    if not any(wants):
        wrong["handler"] = _NOBODY
    if not 0 < len(typed("reason")) <= LONGEST_REASON:
        wrong["reason"] = "请填写移交原因，最多 500 字"
    return wrong


def _shown(
    user_id: int,
    errors: Errors | None = None,
    status: int = 200,
    stayed: Mapping[int, str] | None = None,
) -> Page:
    with read() as session:
        table = _table(session, user_id)
        user, left = table.giver, stayed or {}
        shown = rows(session, [piece.case for piece in table.pieces])
        body = render_template(
            "admin/handing.html",
            active="people",
            user=user,
            away=absences.running(session, now()).get(user.id),
            in_hand=in_hand.open_cases(session, actor(), user.id, rooms().area),
            lines=[
                _line(table, piece, row, left)
                for piece, row in zip(table.pieces, shown, strict=True)
            ],
            everybody={part: table.everybody(part) for part in _PARTS},
            more=len(table.pieces) == in_hand.AT_ONCE,
            duties=postings.duties_of(session, [user.id]).get(user.id, []),
            duty_text=duty_text,
            stands_for=absences.stood_in_for(session, user.id, now()),
            of_unit=in_hand.open_items(session, user.unit_id)
            if user.role == UNIT and user.unit_id
            else 0,
            drafts=drafts.count(session, user.id),
            ask=holder(session, "supervisor", user.area_code, now=now()),
            values=request.form,
            errors=errors or {},
            language=request.method == "GET",
        )
    return body, status


def _line(table: Table, piece: Piece, row: Any, stayed: Mapping[int, str]) -> dict[str, Any]:
    return {
        "row": row,
        "id": piece.case.id,
        "seen": piece.case.head_n,
        "part": _part_text(piece),
        "choices": {
            part: [(one.id, _label(one)) for one in table.able(piece, part)]
            for part in _PARTS
            if table.concerns(piece, part)
        },
        "stayed": stayed.get(piece.case.id, ""),
    }


def _part_text(piece: Piece) -> str:
    """Say what of a case the person has: its handling, items to verify."""
    numbers = series([str(item.n) for item in piece.items])
    parts = [gettext("承办")] if piece.handles else []
    parts += [gettext("核查第 %(n)s 项", n=numbers)] if piece.items else []
    return series(parts)


def _looked(table: Table) -> dict[str, Any]:
    """Return what the page says before anything moves."""
    chosen = {part: [table.fitting(one, part) for one in table.pieces] for part in _PARTS}
    handlers = {
        piece.case.id: user.id
        for piece, user in zip(table.pieces, chosen["handler"], strict=True)
        if user is not None
    }
    cases = [piece.case for piece in table.pieces if piece.case.id in handlers]
    lost = takers.lost(table.session, cases, handlers) if cases else {}
    lines = [_looked_at(table, piece, lost.get(piece.case.id)) for piece in table.pieces]
    return {
        "user": table.giver,
        "going": [line for line in lines if line["to"]],
        "staying": [line for line in lines if not line["to"]],
        "reason": typed("reason"),
        "kept": [(name, value) for name, value in request.form.items() if name != "csrf_token"],
        "language": False,
    }


def _looked_at(table: Table, piece: Piece, lost: takers.Lost | None) -> dict[str, Any]:
    fits = {part: table.fitting(piece, part) for part in _PARTS}
    unfit = [
        part for part in _PARTS if table.wanted(piece, part) is not None and fits[part] is None
    ]
    return {
        "number": piece.case.number,
        "matter": piece.case.matter,
        "part": _part_text(piece),
        "to": series([one.name for one in fits.values() if one is not None]),
        "notes": _notes(lost),
        "unfit": gettext("所选的人须回避、外出或不在其辖区") if unfit else "",
    }


def _notes(lost: takers.Lost | None) -> list[str]:
    """Say what a new handler cannot check any more: four eyes are not lost in silence."""
    if lost is None:
        return []
    said = [gettext("接手后不能给第 %(n)s 项销号", n=series([str(n) for n in lost.items]))]
    if lost.alone:
        alone = series([str(n) for n in lost.alone])
        said.append(gettext("第 %(n)s 项在本级再没有人能销号，将由上级验收", n=alone))
    return said
