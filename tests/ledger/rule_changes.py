"""How a world's rules of time and ladders change: by the administrator of all areas, as previewed.

Pauses, extensions and objections keep their numbers: the laws count them by themselves.
"""

from dataclasses import replace

from caseflow.deadlines import amending as rulebook
from caseflow.deadlines.amending import Amendment
from caseflow.deadlines.ladder import Ladder
from caseflow.deadlines.policies import Scope
from caseflow.deadlines.rules import rules_of
from caseflow.deadlines.terms import terms_of
from caseflow.escalation import answer_days
from caseflow.ledger.moves import amending, reladdering
from tests import office as offices
from tests.ledger.snapshot import standing
from tests.ledger.world import World

# A rule, the number in it that is changed, and the least that it becomes.
RULES = (
    (Scope("resolve", None, "complaint", None, None), "amount", 3),
    (Scope("resolve", None, "tip", None, None), "amount", 6),
    (Scope("verify", None, None, None, None), "margin", 0),
    (Scope("check", None, None, None, None), "amount", 1),
    (Scope("sign_for", None, None, None, None), "amount", 1),
    (Scope("rectify", None, None, None, None), "amount", 2),
    (Scope("answer", None, None, None, None), "amount", 2),
)


def amends(world: World, luck: int) -> None:
    """Make a promise longer or shorter, or a ladder steeper, also where it runs already."""
    if luck % (len(RULES) + 1) == len(RULES):
        _ladder(world, luck)
    else:
        _rule(world, *RULES[luck % (len(RULES) + 1)], luck // (len(RULES) + 1) % 7)


def _rule(world: World, scope: Scope, field: str, least: int, more: int) -> None:
    like = rulebook.versions(rules_of(world.session), scope)[0]
    terms = replace(terms_of(like), **{field: least + more})  # type: ignore[arg-type]
    wanted, everywhere = Amendment(scope, terms, None, like), offices.CITY

    def as_previewed() -> None:
        opened = amending.preview(world.session, wanted, everywhere, world.now).opened
        assert opened is not None
        me = world.office["over_all"]
        _, done = amending.amend(
            world.session, me, wanted, everywhere, opened.mark, world.now, open_too=True
        )
        answer_days.follow(world.session, done.shifts)

    _attempt(world, as_previewed)


def _ladder(world: World, luck: int) -> None:
    """Let the documents come a working day earlier or later, as far as their order allows."""
    ladder = rules_of(world.session).newest("units")
    by = 1 if luck % 2 else -1
    steps = tuple(
        replace(step, amount=max(step.amount + by, 2)) if step.n > 3 else step
        for step in ladder.steps
    )

    def as_previewed() -> None:
        steeper = Ladder(ladder.name, ladder.version + 1, steps, ladder.triggers)
        mark = reladdering.preview(world.session, steeper, world.now).mark_open
        me, now = world.office["over_all"], world.now
        reladdering.amend(world.session, me, steeper, offices.CITY, mark, now, open_too=True)

    _attempt(world, as_previewed)


def _attempt(world: World, act: object) -> None:
    world.amended += world.attempt(act)  # type: ignore[arg-type]
    world.standing = standing(world.session)
