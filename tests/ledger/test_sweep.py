"""Silence escalates: rungs once each, in order, after a standstill, by several sweeps at once."""

import json
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Select, func, select, text, update
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.deadlines.tables import Clock
from caseflow.errors import NotFound, NotPermitted
from caseflow.escalation import answers, orders
from caseflow.escalation.coming import coming
from caseflow.escalation.sweep import run, sweep
from caseflow.escalation.tables import Order, Rung
from caseflow.ledger import gate
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.moves import check, closing, items, triage, work
from caseflow.ledger.moves import items as item_moves
from caseflow.ledger.tables import Case, Item
from caseflow.ledger.verify import verify_chains
from caseflow.outbox.tables import Event
from tests import office as offices
from tests.notices.watch import rules
from tests.office import Office

FAR = timedelta(days=60)
FEW = 7


def at(text: str) -> datetime:
    """Return a Shanghai wall-clock moment of 2026 in UTC."""
    return datetime.fromisoformat(f"2026-{text}+08:00").astimezone(UTC)


def neglected(database: Database, now: datetime) -> tuple[Office, int]:
    """Dispatch an item that nobody will touch; return the office and the item's id."""
    with database.transaction() as session:
        office = offices.make(session)
        case, _ = offices.report(session, now)
        triage.accept(session, office["handler"], case.id, now)
        [item] = items.split(session, office["handler"], case.id, ["食堂卫生"], now)
        order = item_moves.Dispatch(office.units["school"], "请核查")
        items.dispatch(session, office["handler"], item.id, order, now)
        return office, item.id


def rungs(session: Session, name: str) -> list[tuple[int, str, bool]]:
    query = (
        select(Rung.n, Rung.action, Rung.superseded)
        .join(Clock, Clock.id == Rung.clock_id)
        .where(Clock.name == name)
        .order_by(Rung.n)
    )
    return [tuple(row) for row in session.execute(query)]


def test_a_neglected_item_climbs_all_seven_rungs_at_their_moments(
    database: Database, now: datetime
) -> None:
    # Tuesday 3 March, one working day to sign: due Wednesday 4 March 24:00.
    neglected(database, now)
    moments = (
        ("03-04T00:00", "reminder"),
        ("03-05T00:00", "urging"),
        ("03-06T00:00", "supervision_order"),
        ("03-12T00:00", "circular"),
        ("03-19T00:00", "interview"),
        ("03-26T00:00", "listed"),
        ("04-02T00:00", "accountability"),
    )
    for n, (moment, action) in enumerate(moments, 1):
        run(database, at(moment) - timedelta(microseconds=1))
        with database.read() as session:
            assert len(rungs(session, "sign_for")) == n - 1
        run(database, at(moment))
        with database.read() as session:
            assert rungs(session, "sign_for")[-1] == (n, action, False)


def test_the_upper_rungs_draft_an_order_each_and_send_nothing_by_themselves(
    database: Database, now: datetime
) -> None:
    neglected(database, now)
    for day in range(40):
        run(database, now + timedelta(days=day))
    with database.read() as session:
        drafted = session.execute(
            select(Order.kind, Order.state)
            .join(Rung, Rung.id == Order.rung_id)
            .join(Clock, Clock.id == Rung.clock_id)
            .where(Clock.name == "sign_for")
            .order_by(Order.id)
        ).all()
    kinds = ["supervision_order", "circular", "interview", "listed", "accountability"]
    assert [tuple(row) for row in drafted] == [(kind, "draft") for kind in kinds]


def test_after_a_weeks_standstill_every_rung_is_recorded_and_one_message_is_sent(
    database: Database, now: datetime
) -> None:
    """From 4 March, a day before it is due, until a week after, nothing sweeps."""
    neglected(database, now)
    run(database, at("03-03T12:00"))
    with database.read() as session:
        before = session.scalars(select(func.max(Event.id))).one()
    run(database, at("03-12T00:00"))
    with database.read() as session:
        assert [row[2] for row in rungs(session, "sign_for")] == [True] * 3 + [False]
        sent = [
            (json.loads(event.body)["clock_id"], draft.recipient)
            for event in session.scalars(select(Event).where(Event.id > before, ~Event.quiet))
            for draft in rules(session, event)
        ]
        assert {clock_id for clock_id, _ in sent} >= set(session.scalars(_late_clocks()))
        assert [twice for twice, n in Counter(sent).items() if n > 1] == []


def _late_clocks() -> Select[int]:
    """Select the clocks that climbed more than one rung at once."""
    return select(Rung.clock_id).group_by(Rung.clock_id).having(func.count() > 1)


def test_after_a_standstill_every_rung_is_recorded_in_order_and_only_the_newest_sends(
    database: Database, now: datetime
) -> None:
    neglected(database, now)
    run(database, now + FAR)
    with database.read() as session:
        assert [row[2] for row in rungs(session, "sign_for")] == [True] * 6 + [False]
        events = session.scalars(
            select(Event).where(Event.name == "rung", Event.expanded_at.is_(None))
        ).all()
        clocks = [event.body for event in events if '"clock":"sign_for"' in event.body]
        assert len(clocks) == 1
        told = session.scalars(select(Entry.body).where(Entry.verb == "rung").order_by(Entry.n))
        moments = [json.loads(body)["facts"]["planned_at"] for body in told]
        assert moments == sorted(moments), "of whatever clock: the history reads as time went"
        assert len(moments) > 12
        assert verify_chains(session).fits


def test_a_second_sweep_at_the_same_moment_does_nothing(database: Database, now: datetime) -> None:
    neglected(database, now)
    assert run(database, now + FAR) > 0
    with database.transaction() as session:
        assert sweep(session, now + FAR) == 0


def test_a_signed_item_is_not_urged_to_sign(database: Database, now: datetime) -> None:
    office, item_id = neglected(database, now)
    with database.transaction() as session:
        work.sign_for(session, office["school"], item_id, now)
    run(database, now + FAR)
    with database.read() as session:
        assert rungs(session, "sign_for") == []


def test_four_sweeps_at_once_climb_every_rung_once(
    postgres_database: Database, now: datetime
) -> None:
    """A few clocks a pass, all four from the same moment on: they meet on every batch."""
    with postgres_database.transaction() as session:
        offices.make(session)
        for _ in range(60):
            offices.report(session, now)
    failures: list[BaseException] = []
    climbed: Counter[int] = Counter()
    together = threading.Barrier(4)

    def work_through(worker: int) -> None:
        try:
            together.wait(timeout=30)
            while done := postgres_database.run(lambda s: sweep(s, now + FAR, FEW)):
                climbed[worker] += done
        except BaseException as error:  # noqa: BLE001 - shown by the assert below
            failures.append(error)

    threads = [threading.Thread(target=work_through, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    left = run(postgres_database, now + FAR)  # what was skipped because somebody held it
    assert failures == []
    assert len(climbed) > 1, "one did everything before the others came"
    with postgres_database.read() as session:
        climbs = session.execute(select(Rung.clock_id, Rung.n)).all()
        assert [key for key, n in Counter(climbs).items() if n > 1] == []
        assert len(climbs) == 60 * 4 * 4 == climbed.total() + left
        assert verify_chains(session).fits


def test_a_sweep_waits_for_nobody_who_is_at_a_case(
    postgres_database: Database, now: datetime
) -> None:
    """Whoever holds a case for a move holds up that case alone; the next minute takes it."""
    with postgres_database.transaction() as session:
        offices.make(session)
        held, free = (offices.report(session, now)[0].id for _ in range(2))
    with postgres_database.transaction() as moving:
        gate.lock(moving, held)
        with postgres_database.transaction() as session:
            session.execute(text("SET LOCAL lock_timeout = '1s'"))
            while sweep(session, now + FAR):
                pass
            swept = session.scalars(select(Rung.case_id).distinct()).all()
        assert swept == [free]
    run(postgres_database, now + FAR)
    with postgres_database.read() as session:
        swept = session.scalars(select(Rung.case_id).distinct().order_by(Rung.case_id)).all()
        assert swept == [held, free]


def test_a_dry_run_names_case_clock_and_rung_and_changes_nothing(
    database: Database, now: datetime
) -> None:
    neglected(database, now)
    with database.read() as session:
        found = coming(session, now, at("03-12T00:00"))
        number = session.scalars(select(Case.number)).one()
    signs = [(one.case_number, one.rung, one.action) for one in found if one.clock == "sign_for"]
    assert signs == [
        (number, 1, "reminder"),
        (number, 2, "urging"),
        (number, 3, "supervision_order"),
        (number, 4, "circular"),
    ]
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Rung)) == 0


def test_the_office_ladder_sends_messages_and_never_drafts(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        offices.make(session)
        offices.report(session, now)
    run(database, now + FAR)
    with database.read() as session:
        assert [row[0] for row in rungs(session, "immediate")] == [1, 2, 3, 4]
        assert session.scalar(select(func.count()).select_from(Order)) == 0


def test_an_order_is_issued_under_a_number_and_starts_the_answer_clock(
    database: Database, now: datetime
) -> None:
    office, _ = neglected(database, now)
    run(database, at("03-06T00:00"))
    with database.transaction() as session:
        order = session.scalars(select(Order)).one()
        issued = orders.issue(
            session, office["supervisor"], order.id, order.text, at("03-06T09:00")
        )
        assert issued.number == "教督办〔2026〕430503-1号"
        names = session.scalars(select(Clock.name).where(Clock.order_id == order.id))
        assert set(names) == {"draft", "sign_for", "answer"}


def test_an_order_left_unanswered_brings_documents_for_the_same_unit(
    database: Database, now: datetime
) -> None:
    office, item_id = neglected(database, now)
    run(database, at("03-06T00:00"))
    with database.transaction() as session:
        order = session.scalars(select(Order)).one()
        order_id, unit_id = order.id, order.unit_id
        orders.issue(session, office["supervisor"], order.id, order.text, at("03-06T09:00"))
        answers.sign_for(session, office["school"], order.id, at("03-06T10:00"))
    for day in range(40):
        run(database, at("03-06T09:00") + timedelta(days=day))
    with database.read() as session:
        answer = session.scalars(
            select(Clock).where(Clock.order_id == order_id, Clock.name == "answer")
        ).one()
        drafted = session.scalars(
            select(Order).join(Rung, Rung.id == Order.rung_id).where(Rung.clock_id == answer.id)
        ).all()
        assert len(drafted) > 1
        to = {one.kind: one.unit_id for one in drafted}
        assert to.pop("accountability") is None, "it goes to whoever decides, not to the accused"
        assert set(to.values()) == {unit_id}
        assert {one.item_id for one in drafted} == {item_id}
        assert all(one.text.splitlines()[1].endswith("：") for one in drafted)


def test_an_order_that_nobody_signs_for_brings_one_series_of_documents(
    database: Database, now: datetime
) -> None:
    office, item_id = neglected(database, now)
    run(database, at("03-06T00:00"))
    with database.transaction() as session:
        order = session.scalars(select(Order)).one()
        orders.issue(session, office["supervisor"], order.id, order.text, at("03-06T09:00"))
        work.sign_for(session, office["school"], item_id, at("03-06T09:00"))
        ours = order.id
        idle = {"state": "stopped", "next_rung": None, "next_rung_at": None}
        session.execute(update(Clock).where(Clock.order_id.is_(None)).values(idle))
    with database.transaction() as session:
        said = {
            (one.clock, one.rung) for one in coming(session, at("03-06T09:00"), at("04-20T00:00"))
        }
    for day in range(45):
        run(database, at("03-06T09:00") + timedelta(days=day))
    with database.read() as session:
        query = select(Clock.name, Order.kind).join(Rung, Rung.clock_id == Clock.id)
        query = query.join(Order, Order.rung_id == Rung.id).where(Clock.order_id == ours)
        drafted = [tuple(row) for row in session.execute(query.order_by(Order.id))]
        kinds = ["supervision_order", "circular", "interview", "listed", "accountability"]
        assert drafted == [("sign_for", kind) for kind in kinds]
        silent = [(n, quiet) for n, _, quiet in rungs(session, "answer")]
        assert silent == [(n, n > 2) for n in range(1, 8)], "each on the record, once"
        assert {
            (name, n) for name in ("sign_for", "answer") for n, _, _ in rungs(session, name)
        } <= said


def test_a_listing_is_issued_by_the_level_above(database: Database, now: datetime) -> None:
    office, _ = neglected(database, now)
    for day in range(30):
        run(database, now + timedelta(days=day))
    with database.transaction() as session:
        order = session.scalars(select(Order).where(Order.kind == "listed").limit(1)).one()
        with pytest.raises(NotPermitted):
            orders.issue(session, office["supervisor"], order.id, order.text, now + FAR)
        assert orders.issue(session, office["city"], order.id, order.text, now + FAR).number


def test_a_returned_item_gets_what_was_left_but_at_least_two_working_days(
    database: Database, now: datetime
) -> None:
    office, item_id = neglected(database, now)
    with database.transaction() as session:
        work.sign_for(session, office["school"], item_id, now)
        result = work.Result("unverifiable", "查无线索")
        late = at("03-20T10:00")
        blob = offices.blob(session, late)
        work.hand_in(session, office["school"], item_id, blob, "说明.png", late)
        work.find(session, office["school"], item_id, result, late)
        check.return_item(session, office["reviewer"], item_id, "没有问询记录", late)
        clock = session.scalars(
            select(Clock).where(Clock.item_id == item_id, Clock.state == "running")
        ).one()
        item = session.get_one(Item, item_id)
        # Friday 20 March: two working days end on Tuesday 24 March 24:00.
        assert (item.state, clock.name, clock.due) == ("verifying", "verify", at("03-25T00:00"))


def test_a_unit_answers_an_issued_order_and_only_its_own(database: Database, now: datetime) -> None:
    office, _ = neglected(database, now)
    run(database, at("03-06T00:00"))
    with database.transaction() as session:
        order = session.scalars(select(Order)).one()
        orders.issue(session, office["supervisor"], order.id, order.text, at("03-06T09:00"))
        with pytest.raises(NotFound):
            answers.answer(session, office["academy"], order.id, "已办", at("03-06T10:00"))
        answers.answer(session, office["school"], order.id, "已办", at("03-06T10:00"))
        clock = session.scalars(select(Clock).where(Clock.name == "answer")).one()
        assert (clock.state, order.answer) == ("met", "已办")


def test_what_a_document_wants_outlives_the_end_of_its_case(
    database: Database, now: datetime
) -> None:
    office, item_id = neglected(database, now)
    run(database, at("03-06T00:00"))
    late = at("03-12T00:00")
    run(database, late)
    with database.transaction() as session:
        case_id = session.get_one(Item, item_id).case_id
        first, second = session.scalars(_documents("sign_for")).all()
        orders.issue(session, office["supervisor"], first.id, first.text, late)
        triage.decline(session, office["supervisor"], case_id, "不属于", late)
        assert _alive(session, first.id, second.id) == ["answer", "draft", "sign_for"]
        closing.reopen(session, office["supervisor"], case_id, "有新情况", late)
        answers.answer(session, office["school"], first.id, "已说明", late)
        orders.cancel(session, office["supervisor"], second.id, "已说明", late)
        assert _alive(session, first.id, second.id) == ["check"]


def _documents(clock: str) -> Select[tuple[Order]]:
    query = select(Order).join(Rung, Rung.id == Order.rung_id)
    return query.join(Clock, Clock.id == Rung.clock_id).where(Clock.name == clock)


def _alive(session: Session, *order_ids: int) -> list[str]:
    query = select(Clock.name).where(Clock.order_id.in_(order_ids), Clock.ended_at.is_(None))
    return list(session.scalars(query.order_by(Clock.name)))
