"""One letter that tells of two matters: it stays, and the part gets a linked report of its own."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from caseflow.deadlines import clocks
from caseflow.errors import BadInput
from caseflow.ledger import mergers, split_laws
from caseflow.ledger.moves import naming, splitting, tightening
from caseflow.ledger.moves.record import of_report
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case
from caseflow.ledger.verify import verify_chains
from tests.ledger.twice import Two, given

__all__ = ["given"]


def split(here: Two, *numbers: str, going: tuple[str, ...] = (), **more: object) -> Case:
    here.now += timedelta(minutes=1)
    said = {"shared": numbers, "matter": "校车超载"} | more
    me = here.office["handler"]
    return splitting.split_off(here.session, me, here.first.id, going, "一信两事", here.now, **said)


def linked(here: Two, part: Case) -> Report:
    query = select(Report).where(Report.case_id == part.id, Report.split_from.is_not(None))
    return here.session.scalars(query).one()


def dues(here: Two, report: Report) -> dict[str, object]:
    case = here.session.get_one(Case, report.case_id)
    return {c.name: c.due for c in clocks.alive(here.session, of_report(case, report.id))}


def test_the_letter_stays_and_its_twin_has_number_days_and_sender(given: Two) -> None:
    given.accept(given.first)
    before, promise = dues(given, given.one), given.promise(given.first)
    part = split(given, given.one.number)
    twin = linked(given, part)
    assert given.one.case_id == given.first.id
    assert (twin.number != given.one.number, twin.text) == (True, given.one.text)
    same = ("identity_id", "original_id", "received_at", "disclosure", "kind")
    assert all(getattr(twin, name) == getattr(given.one, name) for name in same)
    assert dues(given, given.one) == before
    assert dues(given, twin) == before
    assert given.on_case(part)["resolve"] == promise == given.promise(given.first)
    assert (part.matter, part.state, part.unit_id) == ("校车超载", "accepted", given.first.unit_id)
    laws = [number for query in split_laws.broken() for number in given.session.scalars(query)]
    assert laws == []
    assert verify_chains(given.session).fits


@pytest.mark.parametrize(
    ("shared", "going", "more", "wrong"),
    [
        ((), (), {}, {"reports"}),
        (("one",), (), {"matter": " "}, {"matter"}),
        (("one",), (), {"matter": "字" * 41}, {"matter"}),
        (("two",), (), {}, {"shared"}),
        (("one",), ("one",), {}, {"shared", "reports"}),
    ],
)
def test_what_is_not_said_or_not_there_is_told(
    given: Two,
    shared: tuple[str, ...],
    going: tuple[str, ...],
    more: dict[str, object],
    wrong: set[str],
) -> None:
    given.accept(given.first)
    number = {"one": given.one.number, "two": given.two.number}
    with pytest.raises(BadInput) as refused:
        split(
            given, *(number[one] for one in shared), going=tuple(number[o] for o in going), **more
        )
    assert set(refused.value.fields) == wrong


def test_merged_back_both_numbers_are_answered_and_it_can_be_undone(given: Two) -> None:
    given.accept(given.first)
    part = split(given, given.one.number)
    twin, own = linked(given, part), given.promise(part)
    given.merge(part, given.first)
    assert twin.case_id == given.first.id
    assert set(dues(given, twin)) == set(dues(given, given.one))
    given.undo(part)
    assert (twin.case_id, given.promise(part), part.state) == (part.id, own, "accepted")
    assert verify_chains(given.session).fits


def test_whoever_is_afraid_is_hidden_under_both_numbers(given: Two) -> None:
    case, report = given.comes_in(reach="phone", disclosure="unit")
    given.accept(case)
    given.first, given.one = case, report
    twin = linked(given, split(given, report.number))
    assert twin.disclosure == "unit"
    assert tightening.tighten(given.session, twin.id, "withheld", given.now)
    assert (report.disclosure, twin.disclosure) == ("withheld", "withheld")
    assert not tightening.tighten(given.session, report.id, "withheld", given.now)


def test_a_tip_keeps_its_shield_in_both_cases(given: Two) -> None:
    school = given.office.units["school"]
    case, report = given.comes_in(kind="tip", unit=school)
    given.accept(case)
    given.first = case
    part = split(given, report.number)
    assert (part.kind, part.unit_id) == ("tip", school)
    assert school in naming.shield(given.session, part).units


def test_what_happened_before_somebody_was_merged_in_is_not_read_under_the_new_number(
    given: Two,
) -> None:
    """The twin reads what the letter's sender may read, and nothing of the case before that."""
    given.accept(given.first, given.second)
    given.merge(given.second, given.first)
    part = split(given, given.two.number)
    twin = linked(given, part)
    told = [
        (one.case_id, one.verb)
        for one in mergers.history_of(given.session, twin, ("open", "accept"), merged=True)
    ]
    assert told == [(given.second.id, "open"), (given.second.id, "accept")]
