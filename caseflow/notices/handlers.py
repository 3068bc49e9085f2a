"""What the outbox is handed by this house: rules, addresses, and what to note of an end."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol

from sqlalchemy.orm import Session

from caseflow.crypto.keys import KeyRing
from caseflow.errors import Unavailable
from caseflow.ledger.holding import reference
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case
from caseflow.notices import (
    audience,
    back_letter,
    circulars,
    deliver,
    matter,
    render,
    reporters,
    rules,
    sms_text,
    standing_in,
)
from caseflow.notices.hours import waking
from caseflow.notices.matter import Matter
from caseflow.notices.render import Words
from caseflow.notices.rules import OUTSIDE
from caseflow.notices.signing import Signed
from caseflow.outbox.handlers import Draft, Handlers
from caseflow.outbox.tables import Event, Message
from caseflow.outbox.transport import Transport
from caseflow.paper.sheets import Typesetter
from caseflow.people.tables import User

WAY = "email"
TEXT = deliver.TEXT
_AS_LEFT = {WAY: "email", TEXT: "text"}
_OF_NO_CASE = {
    "anchored": "/console/",
    "handed_over": "/console/?mine=1",
    "handed_away": "/console/",
}
_AT_UNIT = ("unit", "inspector")
_AWAKE = ("shift_leader",)
"""Whom the line keeps awake day and night, so that nothing need wait for their morning."""


class Keys(Protocol):
    """What is needed of the rooms: the ring that opens an address, the office's own area."""

    @property
    def ring(self) -> KeyRing:
        """The keys of this installation."""
        ...

    @property
    def area(self) -> str:
        """The office's own area code."""
        ...


def _no_paper() -> Typesetter:
    raise Unavailable("缺少字体，排不出 PDF。请管理员重新安装前端文件")


def build(
    rooms: Keys,
    transports: Mapping[str, Transport],
    public_url: str,
    own: str = "",
    *,
    answers: bool = False,
    typesetter: Callable[[], Typesetter] = _no_paper,
) -> Handlers:
    """Return the outbox's handlers. `public_url`: what stands before the path in every link.

    `own`: the office's own e-mail address. `answers`: mail that answers a message comes to us, and
    the message says so. `typesetter`: sets what a letter encloses.
    """
    return Handlers(
        rules=partial(drafts, public_url.rstrip("/"), ways=tuple(transports), answers=answers),
        resolve=deliver.resolver(rooms.ring, own),
        complete=deliver.completer(rooms.ring),
        enclose=back_letter.enclosing(rooms.area, typesetter),
        transports={way: Signed(one, rooms.ring, answers) for way, one in transports.items()},
        on_sent=deliver.sent,
        on_dead=deliver.failed,
        on_withheld=deliver.failed,
        waking=waking,
        summarise=partial(summary, public_url.rstrip("/")),
    )


def drafts(
    base: str,
    session: Session,
    event: Event,
    *,
    ways: Collection[str] = (WAY,),
    answers: bool = False,
) -> list[Draft]:
    """Return the messages that an event makes, one for each recipient and rule; `ways`: in which
    something can be sent here.
    """
    about = matter.read(session, event)
    if about is None:
        return []
    news = matter.news_of(session, about)
    found: list[Draft] = []
    for notice in rules.notices(news):
        due = matter.due_of(session, about, notice.clock)
        words = Words(notice.rule, about.number, base, due, news.action, news.clock, news.urgent)
        said = {name: about.body[name] for name in ("statement", "count") if name in about.body}
        words = replace(words, answers=answers, **said)
        for word in notice.audience:
            if word == "other_office":
                found += back_letter.drafts(session, about, words)
            elif word in OUTSIDE:
                found += _outside(session, about, word, words, ways)
            else:
                found += _inside(session, about, word, words)
    return found


def _outside(
    session: Session, about: Matter, word: str, words: Words, ways: Collection[str]
) -> Iterator[Draft]:
    """Yield the messages to reporters: about their own number, and the tracking page."""
    left = [_AS_LEFT[way] for way in ways]
    for report, way in reporters.told(session, about, word, left):
        own = replace(words, number=report.number, link=f"{words.link}/track")
        if words.rule == "two_numbers" and report.split_from is not None:
            own = replace(own, letter=session.get_one(Report, report.split_from).number)
        say = render.receipt if words.rule == "receipt" else render.to_reporter
        subject, text = say(own, report.locale)
        recipient = deliver.report_ref(report.id)
        if way == "text":
            text = (sms_text.receipt if words.rule == "receipt" else sms_text.to_reporter)(
                own, report.locale
            )
        by = WAY if way == "email" else TEXT
        yield Draft(words.rule, recipient, by, report.locale, subject, text)


def _inside(session: Session, about: Matter, word: str, words: Words) -> Iterator[Draft]:
    """Yield the messages to people of the office and of units, but not to whoever did it."""
    for user in audience.people(session, about, word):
        if user.id == about.body.get("by"):
            continue
        own = replace(words, link=words.link + _path(session, about, user))
        own = replace(own, in_place=standing_in.stands_in(session, about, user))
        if user.role in _AT_UNIT:
            known_as = reference(about.item.id) if about.item else ""
            own = replace(own, at_unit=True, number=known_as)
        subject, text = render.to_staff(own, user.locale)
        recipient = deliver.user_ref(user.id)
        calm = word not in _AWAKE and not words.statement
        yield Draft(words.rule, recipient, WAY, user.locale, subject, text, words.urgent, calm)


def summary(base: str, session: Session, recipient: str, found: Sequence[Message]) -> Draft:
    """Return the one message in place of many to a person of the office or of a unit."""
    user = session.get_one(User, deliver.user_of(recipient))
    link = f"{base}/unit/" if user.role in _AT_UNIT else f"{base}/console/"
    said = [(one.subject, one.text) for one in found]
    subject, text = render.summary(said, link, user.locale)
    return Draft("summary", recipient, WAY, user.locale, subject, text)


def _path(session: Session, about: Matter, user: User) -> str:
    """Return where a person does what the message asks for: the document, the item, the case."""
    room = "unit" if user.role in _AT_UNIT else "console"
    order = about.body.get("order") or (about.clock.order_id if about.clock else None)
    if order is not None:
        return f"/{room}/orders/{order}"
    asked = matter.assistance_of(session, about) if room == "unit" else None
    if asked is not None and asked.unit_id == user.unit_id:
        return f"/unit/assistance/{asked.id}"
    if _had_it(about, user):
        return "/unit/"  # the item is somebody else's now
    if room == "unit":
        return f"/unit/items/{about.item.id}" if about.item else "/unit/"
    if (circular := circulars.of(about)) is not None:
        return f"/console/circulars/{circular}"
    if about.case is None and about.body.get("call"):
        return "/console/desk/calls"
    if about.case is None:
        return _OF_NO_CASE.get(about.event.name, "/console/quarantine")
    return _to_case(about.case, user)


def _to_case(case: Case, user: User) -> str:
    """Return where a person of the office reads of a case: what their office has to sign for, and
    what is another office's by now, have pages of their own.
    """
    if user.area_code == case.bound_for:
        return f"/console/passages/{case.number}"
    own = user.area_code in (case.area_code, case.county, case.city, case.province)
    return f"/console/cases/{case.number}" if own else f"/console/?q={case.number}"


def _had_it(about: Matter, user: User) -> bool:
    """Tell whether a person is told that an item is not theirs any more."""
    unit, inspector = about.body.get("former"), about.body.get("former_inspector")
    return (unit is not None and user.unit_id == unit) or user.id == inspector
