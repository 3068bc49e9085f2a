"""The machine: chance moves cases, items, documents and time, and asks the laws after each step.

Everything a run does follows from what Hypothesis drew, so that a failure can be replayed.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.orm import Session

from caseflow.db import WRITE
from caseflow.ledger.states import CASE_STATES, ITEM_EDGES, STAY, SYSTEM, Edge
from tests import office as offices
from tests.ledger import laws, rule_changes
from tests.ledger.along import CASE_WAYS
from tests.ledger.conftest import Stage
from tests.ledger.laws_of_telling import every_row_is_told_of
from tests.ledger.ways import Way
from tests.ledger.world import KINDS, REACH, World

LUCK = st.integers(min_value=0, max_value=10_000)
ENOUGH = 5
_SIMPLEST_AND_ONE = 2  # the first story of a run is always the one in which next to nothing happens
_BEGINNINGS = 5
_AMENDED = 2  # so often a story: each moves many promises
_ALL = (*CASE_WAYS, *ITEM_EDGES)
_OF_ITEMS = [e for e in ITEM_EDGES if e.who != SYSTEM]
_MADE_BY_PEOPLE = [e for e in CASE_WAYS if e.who != SYSTEM and e.move != "dispatch"]


@contextmanager
def a_world(stage: Stage) -> Iterator[World]:
    """Yield a world on the stage; afterwards the stage is as it was."""
    with stage.database.engine.connect().execution_options(**{WRITE: True}) as connection:
        outer = connection.begin()
        with Session(bind=connection, join_transaction_mode="create_savepoint") as session:
            yield World(session, stage.office)
            every_row_is_told_of(session)
        outer.rollback()


class Ledger(RuleBasedStateMachine):
    """What chance may do. `stage` is set by whoever runs it; `taken`, `steps`, and how often a
    calendar and a rule of time were changed: over all stories.

    `begins`: along which edges the story begins, each with a case of its own.
    """

    stage: Stage
    begins: Sequence[Edge]
    taken: Counter[tuple[str, str, str]]
    steps: list[int]
    calendars: list[int]
    amended: list[int]

    def __init__(self) -> None:
        super().__init__()
        self.held = a_world(self.stage)
        self.world = self.held.__enter__()
        self.way = Way(self.world)

    def teardown(self) -> None:
        self.taken.update(self.world.taken)
        self.held.__exit__(None, None, None)

    @initialize(kind=st.sampled_from(KINDS), luck=LUCK)
    def begin(self, kind: str, luck: int) -> None:
        for edge in self.begins if luck else ():  # the story in which nothing happens goes nowhere
            self.way.along(edge)
        self.world.come_in(kind, "phone", urgent=self.begins[0].source == "handling")

    @rule(
        kind=st.sampled_from(KINDS),
        reach=st.sampled_from(REACH),
        urgent=st.integers(0, 3),
        unit=st.booleans(),
        elsewhere=st.integers(0, 7),
    )
    def a_report_comes_in(
        self, kind: str, reach: str, urgent: int, unit: bool, elsewhere: int
    ) -> None:
        if len(self.world.cases()) < ENOUGH:
            area = offices.OTHER if elsewhere == 0 else offices.DISTRICT
            unit = unit and area == offices.DISTRICT
            self.world.come_in(kind, reach, urgent=urgent == 0, unit=unit, area=area)

    @precondition(lambda self: self.world.plain)  # once a story: it moves every promise there is
    @rule(luck=LUCK)
    def the_calendar_changes(self, luck: int) -> None:
        self.world.calendar_changes(luck)
        self.calendars[0] += not self.world.plain

    @precondition(lambda self: self.world.amended < _AMENDED)
    @rule(luck=LUCK)
    def a_rule_of_time_changes(self, luck: int) -> None:
        rule_changes.amends(self.world, luck)
        self.amended[0] += self.world.amended > 0

    @rule(hours=st.sampled_from((1, 2, 5, 24, 24, 72, 240)))
    def time_passes(self, hours: int) -> None:
        self.world.pass_time(hours)

    @rule(luck=LUCK, who=LUCK, which=LUCK)
    def somebody_moves_a_case(self, luck: int, who: int, which: int) -> None:
        cases = self.world.cases()
        case = cases[which % len(cases)]
        edges = [edge for edge in _MADE_BY_PEOPLE if edge.source == case.state]
        edge = edges[luck % len(edges)]
        people = self.world.who_may(edge.who)
        self.world.on_case(edge.move, people[who % len(people)], case, luck // len(edges))

    @rule(who=LUCK, which=LUCK, luck=LUCK)
    def somebody_does_all_that_changes_no_state(self, who: int, which: int, luck: int) -> None:
        cases = self.world.cases()
        case = cases[which % len(cases)]
        for n, edge in enumerate(_MADE_BY_PEOPLE):
            if edge.source == case.state and edge.target == STAY:
                people = self.world.who_may(edge.who)
                self.world.on_case(edge.move, people[(who + n) % len(people)], case, luck)
                self.the_laws_hold()

    @rule(luck=LUCK, who=LUCK, which=LUCK)
    def somebody_moves_an_item(self, luck: int, who: int, which: int) -> None:
        found = self.world.items()
        if found:
            item = found[which % len(found)]
            edges = [e for e in _OF_ITEMS if e.source == item.state] or _OF_ITEMS
            edge = edges[luck % len(edges)]
            people = self.world.who_may(edge.who)
            self.world.on_item(edge.move, people[who % len(people)], item, luck // len(edges))

    @rule(luck=LUCK, who=LUCK, which=LUCK)
    def anybody_tries_anything(self, luck: int, who: int, which: int) -> None:
        cases, people = self.world.cases(), self.world.people
        edge = _MADE_BY_PEOPLE[luck % len(_MADE_BY_PEOPLE)]
        self.world.on_case(edge.move, people[who % len(people)], cases[which % len(cases)], luck)

    @rule(which=LUCK, luck=LUCK, steps=st.integers(1, 6))
    def the_work_goes_its_way(self, which: int, luck: int, steps: int) -> None:
        cases = self.world.cases()
        for _ in range(steps):
            self.way.on(cases[which % len(cases)], luck)

    @rule(which=LUCK, state=st.sampled_from(CASE_STATES), luck=LUCK)
    def a_case_is_led_to_a_state(self, which: int, state: str, luck: int) -> None:
        cases = self.world.cases()
        self.way.to(cases[which % len(cases)], state, luck)

    @rule(luck=LUCK)
    def the_channel_takes_a_reply(self, luck: int) -> None:
        self.world.channel_takes(luck)

    @rule(which=LUCK, rare=st.integers(0, 5))
    def the_reporter_says_more(self, which: int, rare: int) -> None:
        cases = self.world.cases()
        self.world.more_comes_in(cases[which % len(cases)], retaliation=rare == 0)

    @rule(which=LUCK, who=LUCK, luck=LUCK)
    def somebody_settles_a_document(self, which: int, who: int, luck: int) -> None:
        found, people = self.world.documents(), self.world.people
        if found:
            self.world.on_order(people[who % len(people)], found[which % len(found)], luck)

    @invariant()
    def the_laws_hold(self) -> None:
        self.steps[0] += 1
        laws.hold(self.world)


def chance_on(stage: Stage) -> type[Ledger]:
    """Return a machine on a stage, in whose counts there is nothing yet."""
    counts = {"taken": Counter(), "steps": [0], "calendars": [0], "amended": [0]}
    return type("Chance", (Ledger,), {"stage": stage, **counts})


def run(
    machine: type[Ledger],
    stories: int,
    steps: int,
    *,
    more: int = 0,
    first: int = 0,
    shrink: bool = False,
) -> None:
    """Let chance tell stories, the same each time this code runs; and some `more` while there are
    edges that were never taken. `first`: the seed of the first one.

    Each begins along the edges that were taken least so far, and has a seed of its own: left to
    itself, Hypothesis tells variations of few. `shrink` makes the story of a broken law short,
    which takes minutes: for whoever mends it.
    """
    phases = (Phase.generate, Phase.shrink) if shrink else (Phase.generate,)
    for n in range(stories + more):
        if n >= stories and all(machine.taken[e.move, e.source, e.target] for e in _ALL):
            break
        rarest = sorted(_ALL, key=lambda e: machine.taken[e.move, e.source, e.target])
        machine.begins = rarest[:_BEGINNINGS]
        run_state_machine_as_test(
            seed(first + n)(machine),
            settings=settings(
                max_examples=_SIMPLEST_AND_ONE,
                stateful_step_count=steps,
                phases=phases,
                deadline=None,
                database=None,
                report_multiple_bugs=False,
                suppress_health_check=list(HealthCheck),
            ),
        )
