"""A case of an import that was undone should never have been: nothing offers it or tells of it."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.escalation.sweep import sweep
from caseflow.intake import known
from caseflow.intake.old_ledger.desk import undo
from caseflow.ledger import queries, suggesting
from caseflow.ledger.queries import Filters
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case
from caseflow.outbox.handlers import Draft
from caseflow.outbox.run import expand
from caseflow.outbox.tables import Event, Message
from caseflow.people.scope import scope_of
from tests.import_ledger.conftest import Place
from tests.import_ledger.test_imports import ROWS, broken, take


def undone(place: Place, one: int) -> None:
    place.database.run(lambda s: undo(s, place.actor, one, "选错了文件", place.now))


def offered(place: Place) -> set[str]:
    """Return the cases that the desk is shown while the first row is said once more."""
    ring, scope = place.desk.rooms.ring, scope_of(place.actor)

    def ask(session: Session) -> set[str]:
        found = known.look_up(
            session,
            ring,
            scope,
            place.now,
            phone="13812345678",
            unit_id=place.units["城东小学"],
            category="food",
            text="课后服务强制参加",
        )
        return {one.case.number for one in (*found.by_number, *found.by_unit, *found.by_text)}

    return place.ask(ask)


def suggested(place: Place) -> set[str]:
    """Return the cases that may be one with the newest of the second row's."""

    def ask(session: Session) -> set[str]:
        newest = session.scalars(
            select(Case).join(Report).where(Report.text == ROWS[1][8]).order_by(Case.id.desc())
        ).first()
        assert newest is not None
        reports = session.scalars(select(Report).where(Report.case_id == newest.id)).all()
        found = suggesting.of_case(session, scope_of(place.actor), newest, reports)
        return {one.case.number for one in found}

    return place.ask(ask)


def listed(place: Place, state: str) -> list[str]:
    """Return the numbers on a work list."""
    found = place.ask(lambda s: queries.work_list(s, scope_of(place.actor), Filters(state=state)))
    return [one.number for one in found]


def test_only_the_import_that_stands_is_offered_beside_what_is_said_now(place: Place) -> None:
    first = take(place)
    before = offered(place)
    assert len(before) == 2
    undone(place, first)
    assert offered(place) == set()
    take(place)
    again = offered(place)
    assert len(again) == 2
    assert not again & before


def test_what_was_undone_is_no_duplicate_of_what_came_in_instead(place: Place) -> None:
    undone(place, take(place))
    take(place)
    assert suggested(place) == set()


def test_what_is_void_is_not_among_what_ended_but_in_a_list_of_its_own(place: Place) -> None:
    one = take(place)
    [finished] = listed(place, "closed")
    undone(place, one)
    assert listed(place, "closed") == []
    assert len(listed(place, "void")) == len(ROWS)
    assert finished in listed(place, "void")


def test_what_waits_to_be_told_of_it_is_told_to_nobody(place: Place) -> None:
    one, late = take(place), place.now + timedelta(days=200)
    with place.database.transaction() as session:
        while sweep(session, late):
            pass
    assert expand(place.database, _told, late, 1) == 1
    undone(place, one)
    assert expand(place.database, _told, late, 100) == 0
    kept = place.ask(lambda s: s.scalars(select(Message.state)).all())
    assert kept == ["discarded"]
    assert broken(place) == []


def _told(_session: Session, event: Event) -> Sequence[Draft]:
    return [Draft(event.name, "user:1", "mail", "zh", "逾期", "看")]
