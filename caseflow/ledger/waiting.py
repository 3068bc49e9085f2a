"""How much waits for one person: counted over what is open, never over the ledger."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import ColumnElement, Select, and_, false, func, literal, select, union_all
from sqlalchemy.orm import Session

from caseflow.ledger import apart, oversights
from caseflow.ledger.asker import KINDS, kind_of, said_of, within
from caseflow.ledger.at_work import AT_WORK
from caseflow.ledger.literals import among, is_word
from caseflow.ledger.states import OPEN_CASE_STATES
from caseflow.ledger.tables import Case, Item
from caseflow.ledger.turns import checked_by, signs, stirs, waits_for
from caseflow.people.actor import Actor
from caseflow.people.permissions import may

_OPEN = among(Case.state, OPEN_CASE_STATES)


Counted = Callable[[Actor], Select[int]]
"""What another room counts in the same statement, for somebody of a kind (`asker.kind_of`)."""


@dataclass(frozen=True)
class Waiting:
    """Cases whose next step is somebody's, submitted items that they can strike off (those that the
    level above has to look into first wait for nobody else), documents that wait for a signature or
    for somebody to judge their answer, and circulars that wait to be checked, signed, changed or
    corrected.

    Of cases that are over only those count in which this person must act all the same.
    """

    cases: int = 0
    checks: int = 0
    documents: int = 0
    circulars: int = 0


def _none(_actor: Actor) -> Select[int]:
    return select(literal(0))


def waiting(
    session: Session,
    actor: Actor,
    turns: int | None = None,
    documents: Counted = _none,
    circulars: Counted = _none,
) -> Waiting:
    """Count what waits for a person of the office: one statement.

    `turns`: how many open cases are their turn, where the caller counted them (`listing.groups`):
    that is most of the work. `documents`, `circulars`: how those of rooms above are counted.
    """
    query = _asked(kind_of(actor), turns is None, (documents, circulars))
    *cases, checks, papers, published = session.execute(query, said_of(actor)).one()
    return Waiting(sum(cases) + (turns or 0), checks, papers, published)


@lru_cache(maxsize=2 * KINDS)
def _asked(kind: Actor, turns: bool, others: tuple[Counted, ...]) -> Select[*tuple[int, ...]]:
    theirs = (
        *(apart.to_receive(kind), apart.overseen(kind), _crying(kind), apart.second_looks(kind)),
        *(apart.wrote_again(kind), apart.exclusions(kind)),
    )
    counts = [_count().where(condition) for condition in theirs]
    if turns:
        counts.insert(0, _count().where(within(kind), _OPEN, stirs(kind), waits_for(kind)))
    counts += [_checks(kind), *(other(kind) for other in others)]
    return select(*(count.scalar_subquery() for count in counts))


def _crying(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a case is over and this person must act all the same."""
    theirs = [
        cases
        for permission, cases in (
            ("case.acknowledge", apart.alarmed()),
            ("case.countersign", apart.unsigned().where(signs())),
        )
        if may(actor, permission)
    ]
    return and_(within(actor), ~_OPEN, Case.id.in_(union_all(*theirs)) if theirs else false())


def _checks(actor: Actor) -> Select[int]:
    # That it is open tells PostgreSQL that the index of open cases will do.
    here = and_(within(actor), _OPEN, AT_WORK)
    items = select(func.count()).select_from(Case).join(Item, Item.case_id == Case.id)
    theirs = and_(checked_by(actor), ~oversights.held())
    return items.where(here, is_word(Item.state, "submitted"), theirs)


def _count() -> Select[int]:
    return select(func.count()).select_from(Case)
