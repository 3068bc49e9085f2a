"""How a stranger uses the public's door in tests: fills, reads the receipt, opens the letter."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event, func, select

from caseflow.db import Base
from caseflow.ledger.report_tables import Attachment, Report
from caseflow.ledger.tables import Case
from tests.web.site import Page, Site, Visit

TEXT = "食堂周三的菜里有虫，孩子吃了肚子疼。"
_CODE = re.compile(r"\b(\d{4}) (\d{4}) (\d{4}) (\d{4})\b")
_NUMBER = re.compile(r"\b\d{6,12}-\d{8}-\d{4,}\b")


@dataclass
class Receipt:
    """What somebody photographs."""

    number: str
    code: str


def fill(site: Site, visit: Visit | None = None, **typed: Any) -> Page:
    """Open the form, type, send."""
    values = {"kind": "complaint", "text": TEXT, **typed}
    return (visit or site.nobody()).get("/report").send("/report", **values)


def receipt(page: Page) -> Receipt:
    """Read number and code off the receipt."""
    assert page.status == 200, page.text
    number, code = _NUMBER.search(page.text), _CODE.search(page.text)
    assert number is not None, page.text
    assert code is not None, page.text
    return Receipt(number[0], code[0])


def reported(site: Site, **typed: Any) -> Receipt:
    """Report something and return the receipt."""
    return receipt(fill(site, **typed))


def letter(site: Site, got: Receipt, visit: Visit | None = None) -> Page:
    """Open the letter with number and code."""
    asked = (visit or site.nobody()).get("/track")
    return asked.send("/track", number=got.number, code=got.code)


def the_case(site: Site, number: str) -> Case:
    """Return the case of a report."""
    query = select(Case).join(Report, Report.case_id == Case.id).where(Report.number == number)
    return site.ask(lambda session: session.scalars(query).one())


def move(site: Site, got: Receipt, verb: Callable[..., Any], who: str, *more: Any) -> Any:
    """Let somebody of the office do a move on the case of a receipt."""
    case = the_case(site, got.number)
    return site.do(lambda session: verb(session, site.office[who], case.id, *more, site.now))


def count(site: Site, table: type[Base]) -> int:
    """Return how many rows a table has."""
    number: int = site.ask(lambda session: session.scalar(select(func.count()).select_from(table)))
    return number


def attached(site: Site) -> list[tuple[str, int]]:
    """Return name and size of every file that came with a report."""
    query = select(Attachment.name, Attachment.size).order_by(Attachment.id)
    return [(name, size) for name, size in site.ask(lambda s: s.execute(query).all())]


@contextmanager
def statements(site: Site) -> Iterator[list[str]]:
    """Collect the SQL that is run meanwhile (not BEGIN and the like)."""
    run: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.split(None, 1)[0] in ("SELECT", "INSERT", "UPDATE", "DELETE"):
            run.append(statement)

    event.listen(site.database.engine, "before_cursor_execute", note)
    try:
        yield run
    finally:
        event.remove(site.database.engine, "before_cursor_execute", note)
