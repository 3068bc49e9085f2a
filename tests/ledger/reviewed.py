"""How somebody of a world has an answer reviewed, or answers what came after the end."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from caseflow.ledger.moves import afterwards, opening, reviewing
from caseflow.ledger.review_tables import Review
from caseflow.ledger.states import OPINIONS
from caseflow.ledger.tables import Case
from caseflow.people import accounts
from caseflow.people.actor import REPORTER, Actor
from caseflow.people.tables import User
from caseflow.vault.tables import Original
from tests.ledger.snapshot import standing

if TYPE_CHECKING:
    from tests.ledger.world import World

MOVES = ("ask_review", "review", "opine", "answer_later")
UPHELD, CHANGED, REDONE, BY_MESSAGE = 0, 1, 2, 3
_WAYS = ("track", "message", "telephone", "impossible")
Try = Callable[[datetime], object]


def tries(world: "World", me: Actor, case: Case, luck: int) -> dict[str, Try]:
    """Return how each of these moves is tried: by luck for whom, by whom, and in which words."""
    s, n, way = world.session, case.id, _WAYS[luck // 3 % 4]
    return {
        "ask_review": lambda at: _ask(world, REPORTER if luck % 4 == 3 else me, case, luck, at),
        "opine": lambda at: reviewing.opine(
            s, me, n, OPINIONS[luck % 3], "审查意见", way, at, proof="空号"
        ),
        "answer_later": lambda at: afterwards.answer_later(
            s, me, n, _later(world, case), "已说明", way, at, proof="空号"
        ),
    }


def _ask(world: "World", me: Actor, case: Case, luck: int, at: datetime) -> None:
    reports = opening.first_reports(world.session, case)
    report = reports[luck % len(reports)].id if reports else 0
    key = f"asked-{at:%Y%m%d%H%M%S%f}"
    world.session.add(Original(id=key, sealed=b"-", size=1, received_at=at))
    world.session.flush()
    reviewing.ask_review(
        world.session, me, case.id, report, "不服", "telephone", at, original_id=key
    )


def _later(world: "World", case: Case) -> int:
    waits = opening.later(world.session, case)
    return waits[0].id if waits else 0


def newest(world: "World") -> Case:
    """Return the case of the review that was asked for last."""
    query = select(Case).join(Review, Review.case_id == Case.id).order_by(Review.id.desc())
    return world.session.scalars(query.limit(1)).one()


def employs(world: "World", name: str, role: str, area: str) -> None:
    """Let one more person work in an office of this world."""
    user = User(username=name, name=name, role=role, area_code=area, password_hash="!")
    world.session.add(user)
    world.session.flush()
    world.office = replace(world.office, actors={**world.office.actors})
    world.office.actors[name] = accounts.actor_of(world.session, user)
    world.standing = standing(world.session)
