"""How much waits for one person: counted over what is open, never over the ledger."""

from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Select, and_, false, func, select, union_all
from sqlalchemy.orm import Session

from caseflow.ledger import queries
from caseflow.ledger.asker import KINDS, bound_here, kind_of, said_of, within
from caseflow.ledger.at_work import AT_WORK
from caseflow.ledger.literals import among, is_word
from caseflow.ledger.oversights import looks_into
from caseflow.ledger.states import OPEN_CASE_STATES
from caseflow.ledger.tables import Case, Item
from caseflow.ledger.turns import checked_by, excludes, looks_again, signs, waits_for
from caseflow.people.actor import Actor
from caseflow.people.permissions import may

_OPEN = among(Case.state, OPEN_CASE_STATES)


@dataclass(frozen=True)
class Waiting:
    """Cases whose next step is somebody's, and submitted items that wait for their check.

    Of cases that are over only those count in which this person must act all the same.
    """

    cases: int = 0
    checks: int = 0


def waiting(session: Session, actor: Actor, turns: int | None = None) -> Waiting:
    """Count what waits for a person of the office: one statement.

    `turns`: how many open cases are their turn, where the caller counted them (`listing.groups`):
    that is most of the work.
    """
    query = _asked(kind_of(actor), turns is None)
    *cases, checks = session.execute(query, said_of(actor)).one()
    return Waiting(cases=sum(cases) + (turns or 0), checks=checks)


@lru_cache(maxsize=2 * KINDS)
def _asked(kind: Actor, turns: bool) -> Select[*tuple[int, ...]]:
    over = (_second_looks(kind), _later(kind), _exclusions(kind))
    counts = [_to_receive(kind), _overseen(kind), _crying(kind), *over, _checks(kind)]
    if turns:
        counts.insert(0, _open_cases(kind))
    return select(*(count.scalar_subquery() for count in counts))


def _open_cases(actor: Actor) -> Select[int]:
    return _count().where(within(actor), _OPEN, waits_for(actor))


def _to_receive(actor: Actor) -> Select[int]:
    """Count the cases that wait for this person's office to sign for them, or send them back."""
    return _count().where(bound_here(actor) if may(actor, "case.receive") else false())


def _overseen(actor: Actor) -> Select[int]:
    """Count the cases that came back too often and wait for this person to look into them."""
    return _count().where(within(actor), looks_into(actor))


def _crying(actor: Actor) -> Select[int]:
    """Count the cases that are over and in which this person must act all the same."""
    theirs = [
        cases
        for permission, cases in (
            ("case.acknowledge", queries.alarmed()),
            ("case.countersign", queries.unsigned().where(signs())),
        )
        if may(actor, permission)
    ]
    over = _count().where(within(actor), ~_OPEN)
    return over.where(Case.id.in_(union_all(*theirs)) if theirs else false())


def _second_looks(actor: Actor) -> Select[int]:
    over = _count().where(within(actor), ~_OPEN, looks_again(actor))
    return over.where(Case.id.in_(queries.looked_at()))


def _later(actor: Actor) -> Select[int]:
    return _count().where(within(actor), queries.wrote_again(actor))


def _exclusions(actor: Actor) -> Select[int]:
    return _count().where(within(actor), excludes(actor))


def _checks(actor: Actor) -> Select[int]:
    # That it is open tells PostgreSQL that the index of open cases will do.
    here = and_(within(actor), _OPEN, AT_WORK)
    items = select(func.count()).select_from(Case).join(Item, Item.case_id == Case.id)
    return items.where(here, is_word(Item.state, "submitted"), checked_by(actor))


def _count() -> Select[int]:
    return select(func.count()).select_from(Case)
