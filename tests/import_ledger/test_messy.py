"""The messy workbook of 2,000 rows: what is wrong is told, what is sound becomes cases."""

from collections import Counter

from sqlalchemy import func, select

from caseflow import doctor
from caseflow.ledger.import_tables import ImportedRow
from caseflow.ledger.tables import Case
from caseflow.ledger.verify import verify_chains
from caseflow.outbox.tables import Event, Message
from tests.import_ledger import messy
from tests.import_ledger.conftest import Place


def answers(place: Place) -> dict[str, int | None]:
    return dict.fromkeys(messy.ASKED) | {"城东小雪": place.units["城东小学"]}


def test_every_row_that_nobody_understands_is_told_and_none_is_made(place: Place) -> None:
    rows, told = messy.ledger(clean=False)
    one = place.begin(messy.workbook(rows))
    found = place.settle(one)
    assert Counter(found["made"]) == told.made  # type: ignore[arg-type]
    assert (found["rows_wrong"], found["repeated"]) == (told.wrong, told.repeated)
    assert {words: n for words, n, _ in found["questions"]} == told.asked  # type: ignore[attr-defined]
    assert place.ask(lambda s: s.scalar(select(func.count()).select_from(Case))) == 0


def test_a_ledger_whose_names_are_answered_becomes_cases_by_the_laws(place: Place) -> None:
    rows, told = messy.ledger(clean=True)
    one = place.begin(messy.workbook(rows))
    place.settle(one)
    place.desk.answer(place.actor, one, answers(place), place.now)
    assert place.found(one)["asked"] == 0
    place.desk.confirm(place.actor, one, place.now)
    assert place.state(one) == "done"
    with place.database.read() as session:
        states = dict(session.execute(select(Case.state, func.count()).group_by(Case.state)).all())  # type: ignore[arg-type]
        assert states == told.made
        by_fuzzy = select(func.count()).where(ImportedRow.said.contains("城东小雪"))
        assert session.scalar(by_fuzzy) == told.asked["城东小雪"]
        assert verify_chains(session).fits
        broken = [one.line for one in doctor.examine(session, place.desk.rooms.store) if one.broken]
        assert broken == []
        assert session.scalar(select(func.count()).where(Event.expanded_at.is_(None))) == 0
        assert session.scalar(select(func.count()).select_from(Message)) == 0
