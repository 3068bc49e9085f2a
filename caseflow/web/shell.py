"""What every page's frame needs: the office, the person, the words, the counts."""

import logging
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, current_app, g, url_for
from sqlalchemy.exc import SQLAlchemyError

from caseflow import words
from caseflow.clock import monotonic
from caseflow.people.office import OfficeCard, card_of
from caseflow.web.counts import nav_counts
from caseflow.web.edge import can, now, read, rooms, settings, signed_in
from caseflow.web.locale import gettext
from caseflow.web.proof import piece_limits

log = logging.getLogger(__name__)


FRESH_FOR = 60.0
"""Seconds that the office's name and number may lag behind an administrator's change."""


@dataclass
class _Known:
    """The office's card as this process last read it."""

    card: OfficeCard = field(default_factory=OfficeCard)
    until: float = float("-inf")


def office() -> OfficeCard:
    """Return the office's card, read at most once a minute.

    An error page must come out while the database is away, so the last known card serves then.
    """
    known: _Known = current_app.extensions["caseflow.office"]
    if monotonic() >= known.until:
        known.until = monotonic() + FRESH_FOR
        try:
            with read() as session:
                known.card = card_of(session, rooms().area)
        except SQLAlchemyError as error:
            log.warning("the office's card could not be read: %s", type(error).__name__)
    return known.card


def _context() -> dict[str, Any]:
    return {
        "lang": g.get("lang", "zh-CN"),
        "office": office(),
        "site": _site(),
        "current_user": g.get("me"),
        "now_iso": now().isoformat() if signed_in() else "",
        "words": words,
    }


def word(table: dict[str, str], code: str | None) -> str:
    """Return the screen's word for a word of the code, in the page's language."""
    return gettext(table[code]) if code else ""


def _site() -> str:
    """Return the address of this site as people type it, for what is printed."""
    return settings().public_url.removeprefix("https://").removeprefix("http://").rstrip("/")


def _piece_limits() -> dict[str, object]:
    return piece_limits(url_for("desk.begin_pieces"))


def _sends_texts() -> bool:
    return settings().sends_texts


def know_the_office(app: Flask) -> None:
    """Read the office's card now, so that a page comes out even if the database goes away."""
    app.extensions["caseflow.office"] = _Known()
    with app.app_context():
        office()


def install(app: Flask) -> None:
    """Hand the frame to every template."""
    know_the_office(app)
    app.context_processor(_context)
    app.jinja_env.globals.update(
        can=can,
        word=word,
        nav_counts=nav_counts,
        sends_texts=_sends_texts,
        piece_limits=_piece_limits,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
