"""A rule of time changes: for new promises, or on request for those already given.

`now` is Tuesday 3 March 2026, 10:00 in Shanghai; a complaint is promised its reply in ten working
days, by Tuesday the 17th, and its item is due two working days before.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.deadlines import amending as rulebook
from caseflow.deadlines.amending import Amendment
from caseflow.deadlines.calendar import Unit
from caseflow.deadlines.policies import Policy, Scope
from caseflow.deadlines.rules import rules_of
from caseflow.deadlines.tables import Clock, PolicyRow
from caseflow.deadlines.terms import terms_of
from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted
from caseflow.escalation import sweep
from caseflow.escalation.tables import Rung
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.moves import amending, asking, extending, items, triage
from caseflow.ledger.moves.amending import Seen
from caseflow.ledger.moves.recompute import Outcome
from caseflow.ledger.tables import Case
from caseflow.ledger.verify import verify_chains
from caseflow.outbox.tables import Event
from caseflow.people.office_tables import OfficeChange
from tests import office as offices
from tests.office import CITY, DISTRICT, Office

COMPLAINT = Scope("resolve", None, "complaint", None, None)
ALIVE = ("running", "paused")


def at(text: str) -> datetime:
    """Return a Shanghai wall-clock moment of March 2026 in UTC."""
    return datetime.fromisoformat(f"2026-03-{text}+08:00").astimezone(UTC)


TUESDAY = at("03T10:00")


def a_case(session: Session, office: Office, now: datetime, **more: object) -> Case:
    """Open and accept a case and dispatch its one item."""
    case, _ = offices.report(session, now, **more)  # type: ignore[arg-type]
    triage.accept(session, office["handler"], case.id, now)
    [item] = items.split(session, office["handler"], case.id, ["食堂卫生"], now)
    order = items.Dispatch(office.units["school"], "请核查")
    items.dispatch(session, office["handler"], item.id, order, now)
    return case


def alive(session: Session, case: Case, name: str) -> Clock:
    query = select(Clock).where(Clock.root_case_id == case.id, Clock.name == name)
    return session.scalars(query.where(Clock.state.in_(ALIVE))).one()


def rule(session: Session, scope: Scope = COMPLAINT) -> Policy:
    return rulebook.versions(rules_of(session), scope)[0]


def other(
    session: Session, scope: Scope = COMPLAINT, since: date | None = None, **terms: object
) -> Amendment:
    """Return an amendment of a rule that says something else in a few terms."""
    like = rule(session, scope)
    said = replace(terms_of(like), **terms)  # type: ignore[arg-type]
    return Amendment(scope, said, since, like)


def preview(session: Session, wanted: Amendment, now: datetime) -> Seen:
    return amending.preview(session, wanted, DISTRICT, now)


def amend(
    session: Session, office: Office, wanted: Amendment, now: datetime, *, open_too: bool = True
) -> Outcome:
    """Preview and confirm."""
    seen = preview(session, wanted, now)
    mark = seen.opened.mark if open_too and seen.opened else seen.mark
    me = office["administrator"]
    return amending.amend(session, me, wanted, DISTRICT, mark, now, open_too=open_too)[1]


def entries(session: Session) -> Sequence[int]:
    return session.scalars(select(Entry.case_id).where(Entry.verb == "recompute")).all()


def test_a_new_version_is_for_new_promises_and_the_old_one_stays(database: Database) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        before = a_case(session, office, TUESDAY)
        old = rule(session)
        done = amend(session, office, other(session, amount=5), TUESDAY, open_too=False)
        assert done.shifts == []
        assert alive(session, before, "resolve").due == at("18T00:00")
        after = a_case(session, office, TUESDAY + timedelta(hours=1))
        assert alive(session, after, "resolve").due == at("11T00:00")
        assert alive(session, after, "reply").due == at("11T00:00")
        first, second = rulebook.versions(rules_of(session), COMPLAINT)[::-1]
        assert first == old
        assert (second.version, second.amount, second.ladder) == (2, 5, "office")
        row = session.get_one(PolicyRow, second.id)
        assert (row.set_by, row.set_at) == (office["administrator"].person, TUESDAY)
        assert entries(session) == []


def test_recomputed_a_case_its_reply_and_its_item_move_together(database: Database) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        case = a_case(session, office, TUESDAY)
        question, _ = offices.report(session, TUESDAY, kind="question")
        done = amend(session, office, other(session, amount=12), TUESDAY)
        assert {shift.name for shift in done.shifts} == {"resolve", "reply", "verify"}
        assert alive(session, case, "resolve").due == at("20T00:00")
        assert alive(session, case, "reply").due == at("20T00:00")
        assert alive(session, case, "verify").due == at("18T00:00")
        assert alive(session, question, "resolve").due == at("06T00:00")
        resolve = alive(session, case, "resolve")
        old = session.get_one(Clock, resolve.follows)
        assert (old.state, old.due) == ("superseded", at("18T00:00"))
        assert resolve.policy_id == rule(session).id != old.policy_id
        assert resolve.started_at == old.started_at
        assert entries(session) == [case.id]
        told = select(Event.case_id).where(Event.name == "recompute")
        assert session.scalars(told).all() == [case.id]
    with database.read() as session:
        assert verify_chains(session).fits


def test_a_change_is_on_the_record_of_the_office(database: Database) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        a_case(session, office, TUESDAY)
        amend(session, office, other(session, amount=12), TUESDAY)
        change = session.scalars(select(OfficeChange)).one()
        assert change.what == "policy_changed"
        assert change.by_id == office["administrator"].person
        for words in ('"amount": 10', '"amount": 12', '"cases": 1', '"clocks": 3'):
            assert words in change.facts


def test_an_extension_that_was_granted_stays_on_top(database: Database) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        case = a_case(session, office, TUESDAY)
        friday = date(2026, 3, 20)  # three working days later than Tuesday the 17th
        extending.extend_case(session, office["handler"], case.id, friday, "等检测", TUESDAY)
        extending.grant_case(session, office["leader"], case.id, "", TUESDAY)
        assert alive(session, case, "resolve").due == at("21T00:00")
        amend(session, office, other(session, amount=12), TUESDAY)
        assert alive(session, case, "resolve").due == at("25T00:00")  # Thursday 19, and three
        assert alive(session, case, "reply").due == at("25T00:00")


def test_what_stood_still_keeps_its_days_and_what_stands_still_runs_on_when_answered(
    database: Database,
) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        case = a_case(session, office, TUESDAY, reach="email")
        report = offices.first_report(session, case)
        me = office["handler"]
        asking.ask(session, me, case.id, report.id, "哪天？", TUESDAY)
        asking.resume(session, me, case.id, at("05T10:00"))
        assert alive(session, case, "resolve").due == at("20T00:00")
        asking.ask(session, me, case.id, report.id, "几点？", at("05T11:00"))
        amend(session, office, other(session, amount=12), at("05T12:00"))
        resolve = alive(session, case, "resolve")
        assert (resolve.state, resolve.due) == ("paused", at("24T00:00"))
        asking.resume(session, me, case.id, at("06T10:00"))
        resolve = alive(session, case, "resolve")
        assert (resolve.state, resolve.due) == ("running", at("25T00:00"))


def test_a_due_moment_imposed_from_outside_stays(database: Database) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        case = a_case(session, office, TUESDAY, imposed_due=at("14T00:00"))
        amend(session, office, other(session, amount=5), TUESDAY)
        assert alive(session, case, "resolve").due == at("14T00:00")
        assert alive(session, case, "resolve").policy_id == rule(session).id


def test_nobody_becomes_late_by_the_change_and_the_preview_counts_whom_it_spares(
    database: Database,
) -> None:
    later = at("12T15:00")  # Thursday, seven working days on
    with database.transaction() as session:
        office = offices.make(session)
        case = a_case(session, office, TUESDAY)
        seen = preview(session, other(session, amount=5), later).opened
        assert seen is not None
        assert seen.late == 3
        amend(session, office, other(session, amount=5), later)
        for name in ("resolve", "reply", "verify"):
            assert alive(session, case, name).due == at("13T00:00")
        assert alive(session, case, "sign_for").due == at("05T00:00")


def test_a_rung_that_happened_is_not_repeated(database: Database) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        case = a_case(session, office, TUESDAY)
    late = at("19T09:00")  # Thursday; the case was due on Tuesday
    for moment in (at("17T09:00"), at("18T09:00"), late):
        sweep.run(database, moment)
    happened = select(Clock.name, Rung.n).join(Clock, Clock.id == Rung.clock_id)
    of_case = happened.where(Clock.name == "resolve").order_by(Rung.id)
    with database.transaction() as session:
        case = session.merge(case)
        before = [tuple(row) for row in session.execute(of_case)]
        assert before == [("resolve", n) for n in (1, 2, 3)]
        amend(session, office, other(session, pausable=False), late)
        resolve = alive(session, case, "resolve")
        assert (resolve.last_rung, resolve.next_rung) == (3, 4)
    sweep.run(database, late)
    with database.read() as session:
        assert [tuple(row) for row in session.execute(of_case)] == before


def test_a_rule_for_a_narrower_matter_takes_its_open_promises_and_ended_gives_them_back(
    database: Database,
) -> None:
    fees = COMPLAINT._replace(category="fees")
    with database.transaction() as session:
        office = offices.make(session)
        case = a_case(session, office, TUESDAY, category="fees")
        plain = a_case(session, office, TUESDAY, category="food")
        general = rule(session)
        wanted = Amendment(fees, replace(terms_of(general), amount=5), None, general)
        assert amend(session, office, wanted, TUESDAY).cases == 1
        assert alive(session, case, "resolve").due == at("11T00:00")
        assert alive(session, plain, "resolve").due == at("18T00:00")
        end = Amendment(fees, None, None, rule(session, fees))
        assert amend(session, office, end, TUESDAY).cases == 1
        assert alive(session, case, "resolve").due == at("18T00:00")
        assert alive(session, case, "resolve").policy_id == general.id
        assert [one.withdrawn for one in rulebook.versions(rules_of(session), fees)] == [
            True,
            False,
        ]
        with pytest.raises(BadInput):
            preview(session, end, TUESDAY)
        amend(session, office, wanted, TUESDAY)  # and once more
        assert rule(session, fees).version == 3
        assert alive(session, case, "resolve").due == at("11T00:00")
        whats = session.scalars(select(OfficeChange.what).order_by(OfficeChange.id)).all()
        assert whats == ["policy_added", "policy_ended", "policy_added"]


def test_a_later_day_is_for_what_begins_then(database: Database) -> None:
    monday = date(2026, 3, 9)
    with database.transaction() as session:
        office = offices.make(session)
        wanted = other(session, since=monday, amount=5)
        seen = preview(session, wanted, TUESDAY)
        assert seen.opened is None
        me = office["administrator"]
        with pytest.raises(BadInput, match="今天生效"):
            amending.amend(session, me, wanted, DISTRICT, seen.mark, TUESDAY, open_too=True)
        amend(session, office, wanted, TUESDAY, open_too=False)
        before, _ = offices.report(session, at("08T23:59"))
        after, _ = offices.report(session, at("09T00:00"))
        assert alive(session, before, "resolve").policy_id != rule(session).id
        assert alive(session, after, "resolve").due == at("17T00:00")
        # What is decided afterwards, for today, replaces what was to come.
        amend(session, office, other(session, amount=10), at("04T10:00"), open_too=False)
        after, _ = offices.report(session, at("09T00:00"))
        assert alive(session, after, "resolve").due == at("24T00:00")


@pytest.mark.parametrize("since", [date(2026, 3, 2), date(2027, 3, 5)])
def test_a_day_that_is_past_or_far_away_is_refused(database: Database, since: date) -> None:
    with database.transaction() as session:
        offices.make(session)
        with pytest.raises(BadInput) as refused:
            preview(session, other(session, since=since, amount=5), TUESDAY)
        assert set(refused.value.fields) == {"since"}


def test_what_is_so_already_is_no_change_and_what_nothing_stands_behind_cannot_end(
    database: Database,
) -> None:
    with database.transaction() as session:
        offices.make(session)
        with pytest.raises(BadInput, match="没有改动"):
            preview(session, other(session), TUESDAY)
        with pytest.raises(BadInput, match="不能停用"):
            preview(session, Amendment(COMPLAINT, None, None, rule(session)), TUESDAY)
        tips = COMPLAINT._replace(kind="tip", area=DISTRICT)
        astray = Amendment(tips, terms_of(rule(session)), None, rule(session))
        with pytest.raises(BadInput, match="之内"):
            preview(session, astray, TUESDAY)


def test_only_what_was_shown_is_done(database: Database) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        a_case(session, office, TUESDAY)
        me, wanted = office["administrator"], other(session, amount=12)
        seen = preview(session, wanted, TUESDAY)
        assert seen.opened is not None
        a_case(session, office, TUESDAY)
        with pytest.raises(MoveNotAllowed):
            amending.amend(session, me, wanted, DISTRICT, seen.opened.mark, TUESDAY, open_too=True)
        # Whoever leaves the open ones alone need not look at them again …
        amending.amend(session, me, wanted, DISTRICT, seen.mark, TUESDAY)
        # … but the same is not done twice.
        with pytest.raises(MoveNotAllowed):
            amending.amend(
                session,
                me,
                replace(wanted, terms=replace(wanted.terms, amount=6)),
                DISTRICT,
                seen.mark,
                TUESDAY,
            )
        assert rule(session).version == 2


@pytest.mark.parametrize("name", ["supervisor", "leader", "auditor"])
def test_only_an_administrator_changes_a_rule(database: Database, name: str) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        wanted = other(session, amount=12)
        mark = preview(session, wanted, TUESDAY).mark
        with pytest.raises(NotPermitted):
            amending.amend(session, office[name], wanted, DISTRICT, mark, TUESDAY)


def test_a_rule_for_everybody_is_changed_by_who_answers_for_everybody(database: Database) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        me, wanted = office["administrator"], other(session, amount=12)
        mark = preview(session, wanted, TUESDAY).mark
        with pytest.raises(NotPermitted):
            amending.amend(session, me, wanted, CITY, mark, TUESDAY)
        own = replace(wanted, scope=COMPLAINT._replace(area=DISTRICT))
        mark = amending.preview(session, own, CITY, TUESDAY).mark
        amending.amend(session, me, own, CITY, mark, TUESDAY)
        assert session.scalar(select(func.count()).where(PolicyRow.area_code == DISTRICT)) == 1


def test_hours_and_another_unit_count_from_the_start(database: Database) -> None:
    immediate = Scope("immediate", None, None, None, None)
    with database.transaction() as session:
        office = offices.make(session)
        case, _ = offices.report(session, TUESDAY)
        assert alive(session, case, "immediate").due == TUESDAY + timedelta(hours=24)
        amend(session, office, other(session, immediate, amount=48), TUESDAY)
        assert alive(session, case, "immediate").due == TUESDAY + timedelta(hours=48)
        by_days = other(session, immediate, amount=3, unit=Unit.working_days)
        amend(session, office, by_days, TUESDAY)
        clock = alive(session, case, "immediate")
        assert (clock.due, clock.unit) == (at("07T00:00"), "working_days")


def test_another_margin_moves_the_items_and_nothing_else(database: Database) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        case = a_case(session, office, TUESDAY)
        verify = Scope("verify", None, None, None, None)
        done = amend(session, office, other(session, verify, margin=4), TUESDAY)
        assert [shift.name for shift in done.shifts] == ["verify"]
        assert alive(session, case, "verify").due == at("12T00:00")  # Wednesday 11
        assert alive(session, case, "resolve").due == at("18T00:00")


def test_what_was_promised_under_other_terms_stays(database: Database) -> None:
    """The matter became urgent since: word of it was promised by the ordinary rule."""
    urgent = Scope("notice", None, None, None, True)
    with database.transaction() as session:
        office = offices.make(session)
        case, _ = offices.report(session, TUESDAY)
        before = alive(session, case, "notice").due
        case.urgent = True
        session.flush()
        assert amend(session, office, other(session, urgent, amount=4), TUESDAY).shifts == []
        assert alive(session, case, "notice").due == before
