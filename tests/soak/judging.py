"""What is asked of a ledger after a long run: each question raises AssertionError."""

from collections import Counter
from datetime import datetime

from sqlalchemy import func, select

from caseflow import doctor
from caseflow.db import Database
from caseflow.escalation.tables import Rung
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.verify import verify_chains
from tests.faults import checker
from tests.ledger import laws
from tests.ledger.world import World
from tests.office import Office
from tests.soak.people import Account


class _Whole:
    """A store for runs in which files play no part: everything that is named is there."""

    def exists(self, _blob_id: str) -> bool:
        return True


def entries(database: Database) -> set[tuple[int, int, str, str, int | None]]:
    """Return every entry there is: case, number, hash, verb, person."""
    query = select(Entry.case_id, Entry.n, Entry.hash, Entry.verb, Entry.user_id)
    with database.read() as session:
        return {tuple(row) for row in session.execute(query)}


def judge(database: Database, office: Office, before: set[object], account: Account) -> int:
    """Hold the ledger against what everybody was told; return how many laws were asked."""
    assert account.failures == [], "\n".join(account.failures[:3])
    nothing_is_lost(database, before, account)
    rungs_are_single(database, account)
    checker.chains_fit(checker.query_of(database.url))
    return laws_hold(database, office)


def nothing_is_lost(database: Database, before: set[object], account: Account) -> None:
    """Every entry that was told stands there, as told, and none that nobody was told of."""
    told = Counter(account.told)
    twice = [one for one, n in told.items() if n > 1]
    assert twice == [], f"told twice: {twice[:3]}"
    written = entries(database) - before
    assert set(told) - written == set(), "a move was accepted, and its entry is lost"
    assert written - set(told) == set(), "an entry that nobody was told of"


def rungs_are_single(database: Database, account: Account) -> None:
    """As many rungs as were told, by a sweep or an approval, none twice for a clock."""
    with database.read() as session:
        climbs = session.execute(select(Rung.clock_id, Rung.n)).all()
    assert len(set(climbs)) == len(climbs), "a rung happened twice"
    assert len(climbs) == account.rungs, "rungs that nobody was told of, or the other way round"


def laws_hold(database: Database, office: Office) -> int:
    """Ask the doctor, the chain, and the tests' own laws; return how many were asked."""
    with database.read(snapshot=True) as session:
        found = list(doctor.examine(session, _Whole()))  # type: ignore[arg-type]
        broken = [one.line for one in found if one.broken]
        assert broken == [], "\n".join(broken)
        verdict = verify_chains(session)
        assert verdict.fits, verdict.line
        now: datetime = session.scalars(select(func.max(Entry.at))).one()
        laws.hold(World(session, office, now))
    return len(found) + 1 + len(laws.every_law())
