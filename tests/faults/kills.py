"""Kills while people submit and officers work, and what is asked of the ledger afterwards."""

import time
from collections import Counter
from dataclasses import dataclass, field

from tests.faults import checker, staff
from tests.faults.clients import Crowd, Submission, submission
from tests.faults.house import House
from tests.faults.staff import Staff

PEOPLE = 8


@dataclass
class Run:
    """What was sent and moved while the kills came."""

    sent: list[Submission] = field(default_factory=list)
    made: list[staff.Made] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)

    @property
    def torn(self) -> int:
        """How many forms had to be sent again because no answer came."""
        return sum(1 for one in self.sent if one.tries > len(one.receipts))


def run(house: House, submissions: int, kills: int, seconds: float = 0.0) -> Run:
    """Kill so many times, evenly, while so many submissions are made; in production with staff.

    All of it again and again until the `seconds` are over.
    """
    run, officers, end = Run(), None, time.monotonic() + seconds
    try:
        if house.beside:
            staff.employ(house.url)
            officers = Staff(house.port)
            officers.begin()
        while not run.sent or time.monotonic() < end:
            _round(house, run, submissions, kills)
        if officers is not None:
            officers.finish()
            run.made, run.outcomes = officers.made, officers.outcomes
    except AssertionError as wrong:
        wrong.add_note(house.said())
        raise
    finally:
        house.stop()
    return run


def _round(house: House, run: Run, submissions: int, kills: int) -> None:
    sent = [submission(n + len(run.sent)) for n in range(submissions)]
    run.sent += sent
    crowd = Crowd(house.port, PEOPLE, sent)
    crowd.begin()
    for kill in range(1, kills + 1):
        _wait_for(crowd, kill * submissions // (kills + 1))
        house.kill_and_revive()
    crowd.finish()


def judge(house: House, run: Run) -> str:
    """Ask the checker, which knows nothing of caseflow, and the office's own doctor and proof.

    Returns what these two said.
    """
    assert not sum(one.met["an error of ours"] for one in run.sent), house.said()
    ask = checker.query_of(house.url)
    checker.check(ask, house.home, run.sent)
    staff.moves_are_in_the_ledger(ask, run.made)
    told = ""
    for command in (("doctor", "--laws"), ("ledger", "verify")):
        code, said = house.command(*command)
        assert code == 0, said
        told += said
    return told


def _wait_for(crowd: Crowd, receipts: int) -> None:
    while crowd.shown() < receipts:
        assert crowd.at_work(), crowd.failures
        time.sleep(0.002)
