"""Model and product say the same after every step, whatever chance does; and the model is its own.

The stories are the same each time this code runs. A long run: `python -m tests.model.soak`.
"""

import ast
import sys
from datetime import timedelta
from pathlib import Path

import chinese_calendar
import pytest

from tests.ledger.conftest import Stage
from tests.model import days
from tests.model.play import tell
from tests.model.report import missed, table
from tests.model.telling import Counted

STORIES, MORE, STEPS = 13, 60, 120
# These go everywhere by themselves; where the code has changed and they do not, more are told.
FIRST = (
    *(300036, 200005, 300026, 300033, 300056, 41, 300078, 10),
    *(300063, 100052, 300016, 200006, 200047, 100060, 300009, 300045),
    *(400009, 400011, 400022, 400024, 400033, 400031),
)
PRODUCT_SIDE = (
    "product.py",
    "verbs.py",
    "verbs_between.py",
    "mailing.py",
    "compare.py",
    "play.py",
    "telling.py",
    "report.py",
    "soak.py",
    "conftest.py",
)

# What the rules forbid, by the model's own words: each was tried, and both said no.
FORBIDDEN = {
    "four eyes",
    "the role",
    "out of sight",
    "not its turn",
    "must keep away",
    "too late",
    "extended before",
    "it stands still",
    "not that day",
    "no consent",
    "no new evidence",
    "not urgent",
    "the unit reported would verify",
    "not the unit's to find",
    "the unit's to find",
    "the leader's to say",
    "not all withdrawn",
    "never called back",
    "not satisfied",
    "nobody is displeased",
    "the level above's",
    "under the city's document",
    "the level above has not looked",
    "the level above looks into it",
    "nobody took over",
    "not countersigned",
    "shelved",
    "nobody went there",
    "one person's word",
    "the head signs",
    "one waits already",
    "nobody signed",
    "it leads",
    "into itself",
    "about another unit",
    "the unit reported would assist",
    "proposed already",
    "nothing proposed",
    "no word waits",
    "an answer is on its way",
    "the other is not ended",
    "no matter that ends",
    "another one has it",
    "it came already",
    "nothing in hand",
    "out of their sight",
    "asked once before",
    "nothing is decided",
    "a tip is not mediated",
    "a tip is not mailed",
    "before it was asked",
    "no unit has it",
}


def test_model_and_product_agree_whatever_happens(stage: Stage) -> None:
    counted = Counted()
    seeds = (*FIRST, *(seed for seed in range(STORIES + MORE) if seed not in FIRST))
    for n, seed in enumerate(seeds):
        if n >= STORIES and not missed(counted) and not untried(counted):
            break
        tell(stage, seed, STEPS, counted)
    sys.stdout.write(f"{table(counted)}\n")
    assert missed(counted) == set(), "no story did these"
    assert untried(counted) == set(), "no story tried these"
    assert {"verify 7", "resolve 4", "immediate 4"} <= set(counted.rungs), "nobody climbed there"


def untried(counted: Counted) -> set[str]:
    """Return what the rules forbid and nobody tried."""
    return FORBIDDEN - {why for _, why in counted.refused}


def test_the_model_imports_nothing_of_the_product() -> None:
    files = [
        file
        for file in Path(__file__).parent.glob("*.py")
        if file.name not in PRODUCT_SIDE and not file.name.startswith("test_")
    ]
    assert len(files) > len(PRODUCT_SIDE), "the model has moved: say where"
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            found = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found += [one.name for one in node.names] if isinstance(node, ast.Import) else []
            strange = [one for one in found if one.startswith(("caseflow", "sqlalchemy"))]
            strange += [one for one in found if "product" in one or "ledger" in one]
            assert strange == [], file.name


@pytest.mark.parametrize("year", [2025, 2026])
def test_the_handwritten_days_are_those_of_the_notices(year: int) -> None:
    day = days.date(year, 1, 1)
    while day.year == year:
        assert days.works(day) == chinese_calendar.is_workday(day), day
        day += timedelta(days=1)
