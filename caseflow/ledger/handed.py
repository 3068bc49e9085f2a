"""What other offices hand down comes in once: a sender and its number are one matter (law 2)."""

import unicodedata
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.errors import BadInput
from caseflow.ledger.handed_tables import HandedMatter
from caseflow.ledger.report_tables import Report

CAME_BEFORE = "这个来文机关的这个编号已经登记过，同一件事不再立第二件"
MANY = 5


def normal(said: str) -> str:
    """Return a sender or a number by which it is known again, however it was typed: no gaps and
    signs, narrow digits, small letters.
    """
    plain = unicodedata.normalize("NFKC", said).lower()
    return "".join(ch for ch in plain if ch.isalnum())[:120]


def known(session: Session, sender: str, number: str) -> Report | None:
    """Return the report that a sender's number became, None for one that did not come yet."""
    query = select(Report).join(HandedMatter, HandedMatter.report_id == Report.id)
    query = query.where(HandedMatter.number == normal(number))
    if not normal(number) or not normal(sender):
        return None
    return session.scalar(query.where(HandedMatter.sender == normal(sender)))


def alike(session: Session, sender: str, number: str) -> Sequence[Report]:
    """Return the reports that came under this number from senders written otherwise, at most
    `MANY`: perhaps the same matter, which a person tells.
    """
    if not normal(number):
        return ()
    query = select(Report).join(HandedMatter, HandedMatter.report_id == Report.id)
    query = query.where(HandedMatter.number == normal(number))
    query = query.where(HandedMatter.sender != normal(sender))
    return session.scalars(query.order_by(Report.id).limit(MANY)).all()


def claim(session: Session, report: Report) -> None:
    """Keep a sender's number for a report that came with one. Raises BadInput where it came before;
    of two at the same moment the database refuses the second.
    """
    sender, number = normal(report.handed_by), normal(report.handed_number)
    if not (sender and number):
        return
    if known(session, sender, number) is not None:
        raise BadInput({"sender_number": CAME_BEFORE})
    session.add(HandedMatter(sender=sender, number=number, report_id=report.id))
    session.flush()
