"""The rules of time that an office starts with; it changes each number without touching code.

Sources: rules of several cities and bureaus for the office's own promises; the petition regulations
(信访工作条例 2022) for 15 calendar days to tell whether a matter is accepted (§22), and for 60 to
settle a petition with one extension of at most 30 (§34).
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

from caseflow.deadlines.calendar import Unit
from caseflow.deadlines.policies import REVIEW, ClockName, Policy

# Early enough for ledgers of past years that are imported, and for the demo office's past moments.
IN_FORCE_FROM = datetime(2000, 1, 1, tzinfo=UTC)

# A category that follows the petition regulations instead of the office's own promises.
PETITION = "petition"

# Working days to the reply, by kind. Two cities promise 5 for everything; most differ like this.
_RESOLVE_DAYS = {"question": 2, "help": 5, "suggestion": 5, "complaint": 10, "tip": 10}

# Check and reply need these working days of the case's own limit.
_MARGIN = 2

# Once, by as much again at the most: what the petition regulations allow (60 days and 30) is the
# stricter measure for what takes long; a promise of days is doubled only by somebody's decision.
_EXTENDED = 1

_row = partial(Policy, effective_from=IN_FORCE_FROM, version=1)


def _office(ids: Iterator[int]) -> Iterator[Policy]:
    """Yield the promises that the office keeps itself."""
    row = partial(_row, ladder="office")
    days = partial(row, unit=Unit.working_days)
    yield row(id=next(ids), clock=ClockName.immediate, amount=24, unit=Unit.hours)
    yield row(id=next(ids), clock=ClockName.immediate, urgent=True, amount=1, unit=Unit.hours)
    yield row(id=next(ids), clock=ClockName.notice, amount=15, unit=Unit.calendar_days)
    yield row(id=next(ids), clock=ClockName.notice, urgent=True, amount=2, unit=Unit.hours)
    for kind, amount in _RESOLVE_DAYS.items():
        yield days(
            id=next(ids),
            clock=ClockName.resolve,
            kind=kind,
            amount=amount,
            pausable=True,
            extendable_times=_EXTENDED,
            extendable_amount=amount,
        )
        yield days(id=next(ids), clock=ClockName.reply, kind=kind, amount=amount, pausable=True)
    for clock in (ClockName.resolve, ClockName.reply):
        yield row(
            id=next(ids),
            clock=clock,
            category=PETITION,
            amount=60,
            unit=Unit.calendar_days,
            extendable_times=1,
            extendable_amount=30,
        )
    yield days(id=next(ids), clock=ClockName.check, amount=3)
    yield days(id=next(ids), clock=ClockName.call_back, amount=5)
    yield days(id=next(ids), clock=ClockName.second_look, amount=1)
    yield days(id=next(ids), clock=ClockName.draft, amount=1)
    yield days(id=next(ids), clock=ClockName.look, amount=1)
    yield days(id=next(ids), clock=ClockName.decide, amount=1)
    yield days(id=next(ids), clock=ClockName.consent, amount=1)


def _units(ids: Iterator[int]) -> Iterator[Policy]:
    """Yield the promises that units keep."""
    row = partial(_row, ladder="units")
    days = partial(row, unit=Unit.working_days)
    yield days(id=next(ids), clock=ClockName.sign_for, amount=1)
    yield row(id=next(ids), clock=ClockName.sign_for, urgent=True, amount=2, unit=Unit.hours)
    for clock in (ClockName.verify, ClockName.rectify):
        yield days(
            id=next(ids),
            clock=clock,
            amount=8,
            margin=_MARGIN,
            pausable=True,
            extendable_times=_EXTENDED,
            extendable_amount=8,
        )
        # The petition regulations know no stopping of the clock, so its items must not stop either.
        yield days(
            id=next(ids),
            clock=clock,
            category=PETITION,
            amount=30,
            margin=_MARGIN,
            extendable_times=_EXTENDED,
            extendable_amount=20,
        )
    yield days(id=next(ids), clock=ClockName.answer, amount=5)
    # Never after the item's own due moment, whatever stands here (`ledger.moves.assist_promise`).
    yield days(id=next(ids), clock=ClockName.assist, amount=5)
    # A unit that is not competent objects within 5 working days (信访工作条例 2022, §22).
    yield days(id=next(ids), clock=ClockName.objection, amount=5)


def _offices(ids: Iterator[int]) -> Iterator[Policy]:
    """Yield what offices promise one another: as units do, to sign for what they are given."""
    row = partial(_row, ladder="office", clock=ClockName.receive)
    yield row(id=next(ids), amount=1, unit=Unit.working_days)
    yield row(id=next(ids), urgent=True, amount=2, unit=Unit.hours)


def _calls(ids: Iterator[int]) -> Iterator[Policy]:
    """Yield in which time a missed call is returned: as soon as something urgent is taken up, for
    until then nobody knows what it is.
    """
    row = partial(_row, ladder="office", clock=ClockName.ring_back)
    yield row(id=next(ids), amount=1, unit=Unit.hours)


def _oversights(ids: Iterator[int]) -> Iterator[Policy]:
    """Yield in which days the level above looks into what came back too often: as many as a check,
    for nothing of it is struck off before.
    """
    row = partial(_row, ladder="office", clock=ClockName.oversee)
    yield row(id=next(ids), amount=3, unit=Unit.working_days)


def _reports_back(ids: Iterator[int]) -> Iterator[Policy]:
    """Yield in which days the office that handed a matter down reads what came of it, and signs for
    it: where it asked for an earlier day, that one wins.
    """
    days = partial(_row, ladder="office", unit=Unit.working_days)
    yield days(id=next(ids), clock=ClockName.report_back, amount=2)
    yield days(id=next(ids), clock=ClockName.signed_back, amount=5)


def _milestones(ids: Iterator[int]) -> Iterator[Policy]:
    """Yield how far ahead the office may put what a shelved case waits for: a year, and no more at
    once, so that somebody has to say anew why it still cannot be solved.
    """
    row = partial(_row, ladder="office", clock=ClockName.milestone)
    yield row(id=next(ids), amount=366, unit=Unit.calendar_days)


def _reviews(ids: Iterator[int]) -> Iterator[Policy]:
    """Yield in which days a review is asked for, and answered: 30 each, by the calendar, with no
    stopping and no more time (信访工作条例 2022, §35-36).
    """
    days = partial(_row, ladder="office", amount=30, unit=Unit.calendar_days)
    yield days(id=next(ids), clock=ClockName.remedy)
    for clock in (ClockName.resolve, ClockName.reply):
        yield days(id=next(ids), clock=clock, category=REVIEW)


def _inquiries(ids: Iterator[int]) -> Iterator[Policy]:
    """Yield the days of a file of inquiry: five working days to prepare for the hearing (known);
    a review of the decision within 30 days, answered in 30; an appeal within 15 days of that, or
    of the decision itself, answered in 60 (教育督导问责办法 2021, as quoted).
    """
    row = partial(_row, ladder="office")
    yield row(id=next(ids), clock=ClockName.hearing, amount=5, unit=Unit.working_days)
    for clock, amount in (
        (ClockName.review_ask, 30),
        (ClockName.review_answer, 30),
        (ClockName.appeal_ask, 15),
        (ClockName.appeal_answer, 60),
    ):
        yield row(id=next(ids), clock=clock, amount=amount, unit=Unit.calendar_days)


def _all() -> Iterator[Policy]:
    ids = iter(range(1, 1000))
    yield from _office(ids)
    yield from _units(ids)
    yield from _offices(ids)
    yield from _reports_back(ids)
    yield from _milestones(ids)
    yield from _reviews(ids)
    yield from _oversights(ids)
    yield from _inquiries(ids)
    yield from _calls(ids)


DEFAULT_POLICIES: tuple[Policy, ...] = tuple(_all())
