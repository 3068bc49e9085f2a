"""No word of a case, no identity and no code ever stands in a message: the demo's whole past."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.app import Services
from caseflow.crypto import receipts
from caseflow.demo import matters
from caseflow.ledger.report_tables import Question, Report
from caseflow.ledger.tables import Case, Evidence, Finding
from caseflow.outbox.handlers import Draft
from caseflow.outbox.tables import Event
from caseflow.people.tables import Unit, User
from caseflow.words import CATEGORIES, KINDS
from tests import demo_office
from tests.notices.watch import rules

_PIECE = re.compile(r"[，。、；：！？（）“”《》〔〕\s]+")
SHORTEST = 6


@dataclass
class Past:
    """The demo office, and every message that its past would have made."""

    built: Services
    messages: list[Draft]


@pytest.fixture
def past(database_url: str, tmp_path: Path, now: datetime) -> Iterator[Past]:
    """The demo office with the messages of all its events, the muted ones too."""
    built = demo_office.make(database_url, tmp_path, now)
    with built.database.read() as session:
        events = session.scalars(select(Event).order_by(Event.id)).all()
        messages = [draft for event in events for draft in rules(session, event)]
    yield Past(built, messages)
    built.database.close()


def pieces(text: str) -> set[str]:
    """Return the stretches of a text between punctuation, and long ones cut into halves."""
    found = {piece for piece in _PIECE.split(text) if len(piece) >= SHORTEST}
    return found | {piece[: len(piece) // 2] for piece in found if len(piece) >= 2 * SHORTEST}


def secrets_of(built: Services, session: Session) -> dict[str, set[str]]:
    """Return what must never be said, by where it comes from."""
    columns = (Report.text, Report.subject, Report.place, Finding.basis, Question.text, Case.matter)
    found = {
        str(column): set().union(*(pieces(text) for text in session.scalars(select(column))))
        for column in columns
    }
    said = matters.read().values()
    people = {part for one in said for part in one.who if part}
    tasks = {text for one in said for task in one.tasks for text in (task.matter, task.text)}
    codes = {
        receipts.derive(built.rooms.ring, *row).code
        for row in session.execute(select(Report.channel, Report.channel_key))
    }
    return found | {
        "people": people,
        "tasks": set().union(*map(pieces, tasks)),
        "replies": set().union(*(pieces(one.reply) for one in said)),
        "evidence": set(session.scalars(select(Evidence.note).where(Evidence.note != ""))),
        "codes": codes | {code[:4] + " " + code[4:8] for code in codes},
        "staff": set(session.scalars(select(User.name))),
        "units": set(session.scalars(select(Unit.name))),
    }


def check_outside(messages: list[Draft]) -> None:
    """A mail to a reporter tells not even the kind of matter."""
    outside = [one for one in messages if one.recipient.startswith("report:")]
    shapes = {re.sub(r"430503-\d{8}-\d+", "N", one.subject) for one in outside}
    assert shapes == {"编号 N 有新进展", "来件已收到，编号 N"}
    for message in outside:
        text = message.subject + message.text
        assert not any(word in text for word in (*KINDS.values(), *CATEGORIES.values(), "学校"))
        assert "https://tips.example/track" in text
        assert "请勿回复" in text


def test_no_message_says_what_a_case_is_about_or_who_reported(
    past: Past,
) -> None:
    with past.built.database.read() as session:
        secrets = secrets_of(past.built, session)
    assert all(secrets.values())
    said = "\n".join(f"{message.subject}\n{message.text}" for message in past.messages)
    leaked = {
        (where, secret) for where, them in secrets.items() for secret in them if secret in said
    }
    assert leaked == set()
    assert len({message.rule for message in past.messages}) > 15
    check_outside(past.messages)
    with past.built.database.read() as session:
        check_units(session, past.messages)


def check_units(session: Session, messages: list[Draft]) -> None:
    """A message to a unit or an inspector names no case: they know an item's reference."""
    outside = select(User.id).where(User.role.in_(("unit", "inspector")))
    theirs = {f"user:{user_id}" for user_id in session.scalars(outside)}
    told = [f"{one.subject}\n{one.text}" for one in messages if one.recipient in theirs]
    assert len(told) > 20
    assert not re.search(r"\d{6}-\d{4}-\d{6}|办件", "\n".join(told))
