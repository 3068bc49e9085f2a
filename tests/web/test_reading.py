"""How a request reads: a page in one transaction, what was sent in one for each look."""

from contextlib import suppress

from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from caseflow.people.tables import Unit
from caseflow.web import edge
from tests.web.site import Site


def connections(site: Site) -> int:
    return int(site.app.extensions["caseflow.rooms"].database.engine.pool.checkedout())


def test_a_page_reads_through_one_connection_and_gives_it_back(site: Site) -> None:
    """With one each, as many pages as there are connections would wait for one another."""
    with site.app.test_request_context():
        with edge.read() as page, edge.read() as frame:
            assert frame is page
        with edge.read() as later:
            assert later is page
        assert connections(site) == 1
    assert connections(site) == 0


def test_what_was_sent_is_read_again_after_it_was_written(site: Site) -> None:
    with site.app.test_request_context(method="POST"):
        with edge.read() as before, edge.read() as within:
            assert within is before
        assert connections(site) == 0
        with edge.read() as after:
            assert after is not before


def test_a_page_sees_what_it_wrote_itself(site: Site) -> None:
    def close_one(session: Session) -> None:
        session.scalars(select(Unit).limit(1)).one().active = False

    closed = select(func.count()).where(Unit.active.is_(False))
    with site.app.test_request_context():
        with edge.read() as before:
            assert before.scalar(closed) == 0
        edge.change(close_one)
        with edge.read() as after:
            assert after.scalar(closed) == 1


def test_a_page_reads_on_after_a_statement_that_failed(site: Site) -> None:
    with site.app.test_request_context():
        with suppress(DBAPIError), edge.read() as failing:
            failing.execute(text("SELECT nothing FROM nowhere"))
        with edge.read() as after:
            assert after.scalar(select(func.count()).select_from(Unit))
