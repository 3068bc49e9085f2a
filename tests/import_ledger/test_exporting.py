"""The ledger given back in its old shape: what came in comes out, and comes in again."""

from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from caseflow.adapters.workbook import Workbooks
from caseflow.clock import Period
from caseflow.errors import BadInput, NotPermitted
from caseflow.intake.old_ledger import checking, desk, exporting
from caseflow.intake.old_ledger.checking import Reader
from caseflow.intake.old_ledger.exporting import Shape, Wanted
from caseflow.intake.old_ledger.rows import Choices, Row
from caseflow.intake.old_ledger.source import Source, opened
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.moves import triage
from caseflow.vault.tables import Reveal
from tests import office as offices
from tests.import_ledger import messy
from tests.import_ledger.conftest import Place
from tests.import_ledger.test_imports import case, take
from tests.import_ledger.test_messy import answers

WHY = "年终归档"


def shape(session: Session, place: Place) -> Shape:
    [found] = exporting.shapes(session, place.actor).values()
    return found


def exported(place: Place, who: str = "supervisor", **wanted: object) -> bytes:
    def work(session: Session) -> bytes:
        asked = Wanted(shape(session, place), **wanted)  # type: ignore[arg-type]
        rooms = place.desk.rooms
        return exporting.export(session, rooms, Workbooks(), place.office[who], asked, place.now)

    return place.database.run(work)


def lines(content: bytes) -> list[tuple[str, ...]]:
    page = load_workbook(BytesIO(content)).active
    assert page is not None
    return [tuple(str(cell or "") for cell in row) for row in page.iter_rows(values_only=True)]


def understood(place: Place, source: Source, columns: tuple[str, ...], year: int) -> list[Row]:
    """Return the rows of a source as they are understood, in the order of their old numbers."""
    with place.database.read() as session:
        register = checking.register(session, place.actor, place.actor.area)
    settled = Choices(columns, year=year)
    ring = place.desk.rooms.ring
    reader = Reader(source, settled, ring, register, place.actor, place.now, lambda _n: None)
    found = [row for _, row, _, _ in reader.read() if row is not None]
    return sorted(found, key=lambda row: row.number)


def test_a_messy_ledger_comes_out_as_it_was_understood(place: Place) -> None:
    rows, _ = messy.ledger(clean=True, rows=300)
    content = messy.workbook(rows)
    one = place.begin(content)
    place.settle(one)
    place.desk.answer(place.actor, one, answers(place), place.now)
    place.desk.confirm(place.actor, one, place.now)
    columns = place.ask(lambda s: desk.choices_of(desk.of(s, place.actor, one)).columns)
    before = understood(place, opened(place.desk.books, content), columns, 2025)
    after = understood(place, opened(place.desk.books, exported(place, reason=WHY)), columns, 2025)
    assert len(before) == len(after) == 300
    for ours, theirs in zip(before, after, strict=True):
        assert vars(ours) | {"n": 0} == vars(theirs) | {"n": 0}


def test_what_came_out_comes_in_again_as_known(place: Place) -> None:
    take(place)
    again = place.begin(exported(place, reason=WHY), "导出.xlsx")
    found = place.settle(again)
    assert (found["made"], found["repeated"], found["wrong"]) == ({}, 3, 0)


def test_an_export_begins_with_the_headings_as_they_were(place: Place) -> None:
    take(place)
    [heads, *rows] = lines(exported(place))
    assert heads == messy.HEADINGS
    finished = next(row for row in rows if "A-1" in row)
    assert finished[2] == "2025-03-01"
    assert "张三" not in finished
    assert finished[-2] == "已办结"


def test_who_reported_comes_out_with_a_reason_and_on_the_record(place: Place) -> None:
    take(place)
    rows = lines(exported(place, reason=WHY))
    assert any("张三" in row and "13812345678" in row for row in rows)
    with place.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Reveal)) == 2
        assert session.scalar(select(func.count()).where(Entry.verb == "reveal")) == 2
    with pytest.raises(BadInput):
        exported(place, reason="")


def test_whoever_may_not_see_them_gets_no_identities(place: Place) -> None:
    take(place)
    assert len(lines(exported(place, "auditor"))) == 4
    with pytest.raises(NotPermitted):
        exported(place, "auditor", reason=WHY)
    with pytest.raises(NotPermitted):
        exported(place, "handler")


def test_an_export_is_of_the_own_areas_and_of_the_days_asked_for(place: Place) -> None:
    take(place)
    day = (place.now - timedelta(days=3)).date()
    assert len(lines(exported(place, period=Period(day, day)))) == 2
    place.office.actors["supervisor"], ours = place.office["stranger"], place.office["supervisor"]
    with place.database.transaction() as session:
        theirs = exporting.export(
            session, place.desk.rooms, Workbooks(), place.actor, Wanted(), place.now
        )
    assert len(lines(theirs)) == 1
    place.office.actors["supervisor"] = ours


def test_more_than_a_request_bears_is_not_begun(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(place)
    monkeypatch.setattr(exporting, "MOST", 2)
    with pytest.raises(BadInput) as refused:
        exported(place)
    assert set(refused.value.fields) == {"period"}
    day = (place.now - timedelta(days=3)).date()
    assert len(lines(exported(place, period=Period(day, day)))) == 2


def test_what_was_handled_here_since_is_told_as_it_stands(place: Place) -> None:
    take(place)
    with place.database.transaction() as session:
        triage.accept(session, place.office["handler"], case(session, "A-3").id, place.now)
        offices.report(session, place.now)
    rows = lines(exported(place))
    [moved] = [row for row in rows if "A-3" in row]
    assert moved[-2:] == ("已受理", "孩子的姑姑")
    [ours] = [row for row in rows if "430503-2026-000003" in row]
    assert ours[3] == "网页"
