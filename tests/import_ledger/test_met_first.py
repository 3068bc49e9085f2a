"""What meets a case that was taken over for the first time: merging, splitting, figures, circulars,
handing over, an undo that comes too late.
"""

from datetime import timedelta

import pytest
from sqlalchemy import select

from caseflow.clock import Period, local
from caseflow.errors import BadInput, MoveNotAllowed
from caseflow.escalation.sweep import sweep
from caseflow.insight.figures import Counted, figures
from caseflow.intake.old_ledger.desk import undo
from caseflow.ledger.moves import handing, items, merging, splitting, triage
from caseflow.ledger.moves.handing import Handing
from caseflow.ledger.moves.items import Dispatch
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case
from caseflow.people.actor import Actor
from caseflow.people.scope import scope_of
from caseflow.publishing import drafting
from tests import office as offices
from tests.import_ledger.conftest import Place
from tests.import_ledger.test_imports import broken, case, take


def comes_in(place: Place) -> str:
    """Let a parent report here what the second row says too; return the number of the case."""
    with place.database.transaction() as session:
        made, _ = offices.report(session, place.now)
        triage.accept(session, place.office["handler"], made.id, place.now)
        return made.number


def merged(place: Place, one: str, into: str) -> None:
    with place.database.transaction() as session:
        found = session.scalars(select(Case).where(Case.number == one)).one()
        merging.merge(session, place.actor, found.id, into, "同一件事", place.now)


def number(place: Place, old: str) -> str:
    return place.ask(lambda s: case(s, old).number)


def split(place: Place, of: str, *, shared: bool) -> None:
    """Split off what came by the import, or let both cases have it."""
    with place.database.transaction() as session:
        found = session.scalars(select(Case).where(Case.number == of)).one()
        query = select(Report.number).where(Report.case_id == found.id)
        old = session.scalars(query.where(Report.channel == "import")).all()
        going, both = ((), old) if shared else (old, ())
        splitting.split_off(
            session,
            place.actor,
            found.id,
            going,
            "两件事",
            place.now,
            shared=both,
            matter="课后服务" if shared else "",
        )


def counted(place: Place) -> Counted:
    today = local(place.now).date()
    period = Period(today - timedelta(days=30), today)
    return place.ask(lambda s: figures(s, scope_of(place.actor), period, place.now)).every


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("old_goes", [False, True])
def test_an_old_case_is_merged_with_a_new_one_and_split_again(
    place: Place, old_goes: bool, shared: bool
) -> None:
    take(place)
    old, new = number(place, "A-2"), comes_in(place)
    merged(place, *((old, new) if old_goes else (new, old)))
    assert broken(place) == []
    split(place, new if old_goes else old, shared=shared)
    assert broken(place) == []


@pytest.mark.parametrize("old_goes", [False, True])
def test_what_came_in_here_counts_whatever_it_is_merged_with(place: Place, old_goes: bool) -> None:
    take(place)
    old, new = number(place, "A-2"), comes_in(place)
    before = counted(place)
    assert (before.counts["reports"], before.counts["imported"]) == (1, 2)
    merged(place, *((old, new) if old_goes else (new, old)))
    after = counted(place)
    assert (after.counts, after.shares["response"]) == (before.counts, before.shares["response"])
    split(place, new if old_goes else old, shared=True)
    assert counted(place).counts["imported"] == 2


def test_nobody_is_late_by_what_was_taken_over_until_they_were_asked(place: Place) -> None:
    take(place)
    with place.database.transaction() as session:
        old = case(session, "A-2")
        old.unit_id = place.office.units["school"]
    late = place.now + timedelta(days=60)
    period = Period(local(place.now).date() - timedelta(days=300), local(late).date())

    def drafted(actor: Actor) -> list[str]:
        with place.database.transaction() as session:
            while sweep(session, late):
                pass
        found = place.ask(lambda s: drafting.lateness_of(s, actor, period, late))
        return [found.names[one.unit_id] for one in found.units]

    assert drafted(place.actor) == []
    with pytest.raises(BadInput, match="没有单位逾期"), place.database.transaction() as session:
        drafting.draft_lateness(session, place.actor, period, late)
    with place.database.transaction() as session:
        old, me = case(session, "A-2"), place.actor
        [item] = items.split(session, me, old.id, ["课后服务"], place.now)
        order = Dispatch(place.office.units["school"], "请核查", none_listed=True)
        items.dispatch(session, me, item.id, order, place.now)
    assert drafted(place.actor) == ["测试school"]
    assert broken(place) == []


def test_whoever_leaves_hands_over_what_was_taken_over_too(place: Place) -> None:
    take(place)
    with place.database.transaction() as session:
        old = case(session, "A-2")
        giver, taker = old.handler_id, place.office["supervisor"].person
        assert giver is not None
        assert giver != taker
        given = [Handing(old.id, handler=taker), Handing(case(session, "A-1").id, handler=taker)]
        out = handing.hand_over_all(session, place.actor, giver, given, "休产假", place.now)
        assert out.taken == {taker: 1}
        assert list(out.stayed) == [case(session, "A-1").id]  # what is over is nobody's any more
        assert old.handler_id == taker
    assert broken(place) == []


def test_an_import_is_not_undone_once_one_of_its_cases_was_worked_on(place: Place) -> None:
    one, here = take(place), number(place, "A-2")
    merged(place, comes_in(place), here)
    with pytest.raises(MoveNotAllowed, match=here):
        place.database.run(lambda s: undo(s, place.actor, one, "选错了", place.now))
    assert place.state(one) == "done"
    assert broken(place) == []
