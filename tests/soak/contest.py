"""Many people at few cases: 16 who move and 4 sweeps, in processes of their own, at once.

What everybody was told is added up; `judging` holds it against the ledger.
"""

import time
from datetime import timedelta
from itertools import count
from multiprocessing.connection import Connection
from threading import Thread

from caseflow.db import Database
from caseflow.ledger.moves import items, triage
from caseflow.ledger.moves.items import Dispatch
from tests import office as offices
from tests.ledger.world import KINDS, REACH, START
from tests.office import Office
from tests.soak.days import FORK, Days
from tests.soak.people import Account, Person

PROCESSES, MOVERS_IN_EACH = 4, 4
MOVERS, SWEEPS = PROCESSES * MOVERS_IN_EACH, PROCESSES
CASES = 50


def prepare(database: Database, office: Office) -> None:
    """Put 50 cases into the ledger; most are accepted, with items that lie with units."""
    for n in range(CASES):
        now = START - timedelta(days=3) + timedelta(minutes=n)
        with database.transaction() as session:
            kind = KINDS[n % 2]
            unit = office.units["school"]
            reach = REACH[n % len(REACH)]
            case, _ = offices.report(session, now, kind=kind, reach=reach, unit=unit)
            if n % 5 == 0:
                continue
            me = office["handler"]
            triage.accept(session, me, case.id, now)
            for item in items.split(session, me, case.id, ["饭菜"], now):
                order = Dispatch(office.units["academy"], "请核查")
                items.dispatch(session, me, item.id, order, now)


def contest(url: str, office: Office, seconds: float, hours: float = 12.0) -> Account:
    """Let everybody at it for so many seconds, while each half second `hours` pass; return what
    came of it.
    """
    days = Days(MOVERS + SWEEPS)
    pipes, started = [], []
    for place in range(PROCESSES):
        mine, theirs = FORK.Pipe(duplex=False)
        process = FORK.Process(target=_work_apart, args=(url, office, days, place, theirs))
        process.start()
        theirs.close()
        pipes.append(mine)
        started.append(process)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(0.5)
        days.pass_hours(hours)
    days.finish()
    total = Account()
    for pipe in pipes:
        total.add(pipe.recv())
    for process in started:
        process.join()
    total.add(_last_sweep(url, office, days))
    return total


def _last_sweep(url: str, office: Office, days: Days) -> Account:
    """Let climb what came due in the last moments, or was held by somebody then."""
    database = Database(url)
    last = Person(database, office, days, 0)
    while last.swept():
        pass
    database.close()
    return last.account


def _work_apart(url: str, office: Office, days: Days, place: int, back: Connection) -> None:
    """Be four movers and a sweep in a process of their own."""
    offices._serial = count((place + 1) * 1_000_000)  # type: ignore[assignment]
    database = Database(url)
    first = place * (MOVERS_IN_EACH + 1)
    people = [Person(database, office, days, first + n) for n in range(MOVERS_IN_EACH + 1)]
    threads = [Thread(target=one.move_until_over) for one in people[1:]]
    threads.append(Thread(target=people[0].sweep_until_over))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    database.close()
    total = Account()
    for one in people:
        total.add(one.account)
    back.send(total)
