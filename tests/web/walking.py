"""Steps of the main job as people press them, for walks over HTTP."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.files import blobs
from caseflow.ledger.moves import items, triage, work
from caseflow.ledger.moves.items import Dispatch
from caseflow.ledger.moves.work import Result
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case, Item
from tests import office as offices
from tests.web.site import PNG, Page, Site, a_file


def open_case(site: Site, **more: object) -> str:
    """Put a report into the ledger and return the case's number."""
    return site.do(lambda session: offices.report(session, site.now, **more)[0].number)  # type: ignore[arg-type]


def case_of(site: Site, number: str) -> Case:
    """Return the case as the database holds it."""
    return site.ask(
        lambda session: session.scalars(select(Case).where(Case.number == number)).one()
    )


def item_of(site: Site, number: str, n: int = 1) -> Item:
    """Return the n-th item of a case."""
    case = case_of(site, number)
    query = select(Item).where(Item.case_id == case.id, Item.n == n)
    return site.ask(lambda session: session.scalars(query).one())


def report_of(site: Site, number: str) -> Report:
    """Return the first report of a case."""
    case = case_of(site, number)
    return site.ask(lambda session: offices.first_report(session, case))


def state(site: Site, number: str) -> str:
    """Return the state of a case."""
    return case_of(site, number).state


def on_case(site: Site, who: str, number: str, move: str, **typed: object) -> Page:
    """Open a case and send the form of a move, as somebody."""
    path = f"/console/cases/{number}"
    site.later(minutes=10)
    return site.as_(who).get(path).send(f"{path}/{move}", **typed)


def on_item(site: Site, who: str, number: str, move: str, n: int = 1, **typed: object) -> Page:
    """Open a case and send the form of a move of its n-th item, as somebody."""
    item = item_of(site, number, n)
    site.later(minutes=10)
    page = site.as_(who).get(f"/console/cases/{number}")
    return page.send(f"/console/items/{item.id}/{move}", **typed)


def dispatched(site: Site, to: str = "section", **more: object) -> str:
    """Return the number of a new case whose one item was dispatched; by the verbs, not by pages."""
    unit, handler, now = site.office.units[to], site.office["handler"], site.now

    def work_on(session: Session) -> str:
        case, _ = offices.report(session, now, **more)  # type: ignore[arg-type]
        triage.accept(session, handler, case.id, now)
        [item] = items.split(session, handler, case.id, ["食堂卫生"], now)
        items.dispatch(
            session, handler, item.id, Dispatch(unit, "请核查食堂卫生情况", none_listed=True), now
        )
        return case.number

    return site.do(work_on)


def submitted(site: Site, **more: object) -> str:
    """Return the number of a new case whose one item, the office section's, waits for its check."""
    number = dispatched(site, **more)
    item, handler = item_of(site, number).id, site.office["handler"]
    now, later = site.now, site.now + timedelta(minutes=10)

    def work_on(session: Session) -> None:
        found = Result("substantiated", "现场属实", site.office.units["section"])
        work.sign_for(session, handler, item, now)
        work.find(session, handler, item, found, now)
        blob = blobs.keep(session, site.rooms.store, PNG, later)
        work.hand_in(session, handler, item, blob.id, "整改后.png", later)
        work.submit(session, handler, item, "已更换供应商", later)

    site.do(work_on)
    site.now = later
    return number


def submit(site: Site, number: str) -> Page:
    """Submit what was put right, with a picture."""
    typed = {"done": "已更换供应商", "evidence": a_file()}
    return on_item(site, "handler", number, "submit", **typed)
