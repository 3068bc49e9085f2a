"""One report's way from the door to the closed case, by the verbs alone, on both databases."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.deadlines.tables import Clock
from caseflow.errors import BadInput, NotPermitted
from caseflow.files.tables import Blob
from caseflow.ledger.moves import check, closing, items, triage, work
from caseflow.ledger.moves.heard import Heard
from caseflow.ledger.moves.items import Dispatch
from caseflow.ledger.moves.work import Result
from caseflow.ledger.tables import Case, Item
from caseflow.ledger.verify import verify_chains
from tests import office as offices
from tests.office import Office

HOUR = timedelta(hours=1)


def blob(session: Session, now: datetime) -> str:
    key = f"blob-{now:%d%H%M}"
    if session.get(Blob, key) is None:
        values = {"sha256": "0" * 64, "size": 1, "media_type": "image/png", "key_id": "k"}
        session.add(Blob(id=key, stored_at=now, **values))
        session.flush()
    return key


def dispatched(session: Session, office: Office, now: datetime, **more: object) -> Item:
    case, _ = offices.report(session, now, **more)  # type: ignore[arg-type]
    triage.accept(session, office["handler"], case.id, now)
    [item] = items.split(session, office["handler"], case.id, ["食堂卫生"], now)
    order = Dispatch(office.units["school"], "请核查食堂卫生情况")
    items.dispatch(session, office["handler"], item.id, order, now)
    return item


def submitted(session: Session, office: Office, item: Item, now: datetime) -> None:
    work.sign_for(session, office["school"], item.id, now)
    work.find(session, office["school"], item.id, Result("substantiated", "现场属实"), now)
    later = now + HOUR
    work.hand_in(session, office["school"], item.id, blob(session, later), "整改.png", later)
    work.submit(session, office["school"], item.id, "已更换供应商", later)


def running(session: Session) -> set[str]:
    return set(session.scalars(select(Clock.name).where(Clock.state == "running")))


def test_a_complaint_goes_all_the_way(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        item = dispatched(session, office, now, reach="phone")
        submitted(session, office, item, now + HOUR)
        check.strike_off(session, office["reviewer"], item.id, "照片清楚", now + 3 * HOUR)
        case = session.get_one(Case, item.case_id)
        assert case.state == "replying"
        report = offices.first_report(session, case)
        closing.reply(
            session, office["handler"], case.id, report.id, "已整改", "telephone", now + 4 * HOUR
        )
        assert case.state == "calling_back"
        heard = Heard(reached=True, solved=True, satisfied=True, words="满意")
        closing.call_back(session, office["operator"], case.id, heard, now + 5 * HOUR)
        assert case.state == "closed"
        assert running(session) == set()
    with database.read() as session:
        assert verify_chains(session).fits


def test_whoever_submitted_cannot_strike_off(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        item = dispatched(session, office, now)
        work.sign_for(session, office["supervisor"], item.id, now)
        found = Result("substantiated", "现场属实")
        work.find(session, office["school"], item.id, found, now)
        later = now + HOUR
        work.hand_in(session, office["supervisor"], item.id, blob(session, later), "a", later)
        work.submit(session, office["school"], item.id, "已改", later)
        with pytest.raises(NotPermitted):
            check.strike_off(session, office["supervisor"], item.id, "", later)


def test_submission_needs_evidence_newer_than_the_return(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        item = dispatched(session, office, now)
        submitted(session, office, item, now)
        check.return_item(session, office["reviewer"], item.id, "看不清", now + 2 * HOUR)
        assert (item.state, item.returns) == ("rectifying", 1)
        with pytest.raises(BadInput):
            work.submit(session, office["school"], item.id, "再看", now + 3 * HOUR)
