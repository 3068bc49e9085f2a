"""How well the same words are known again, on a labelled set of our own (`same.toml`).

Its figures are asserted as floors and printed (`pytest -s`): recall is how many copies find what
they were copied from, precision how much of what is found is that.
"""

import random
import tomllib
from collections import Counter
from datetime import datetime
from itertools import product
from pathlib import Path

from bench import texts as bench_texts
from caseflow.db import Database
from caseflow.ledger import likeness, sketch
from caseflow.people.scope import scope_of
from tests import office as offices
from tests.ledger.saying import said

LABELLED = tomllib.loads((Path(__file__).parent / "same.toml").read_text())
MATTERS, NAMES = LABELLED["matter"], LABELLED["names"]
FLOORS = {"edited": 1.0, "cut": 0.95, "precision": 0.95, "other school": 0.95, "other": 1.0}
EDITED_AT_RANDOM = 0.08  # as parts.md section 9 did it


def copies(matter: dict[str, str], chance: random.Random) -> list[tuple[str, str]]:
    """Return copies of a matter's first text with how they were made."""
    text, edited = matter["text"], matter["edited"]
    quarter = len(edited) // 4
    made = [("edited", edited), ("edited", "".join(_slips(text, chance)))]
    made += [("cut", text[:45]), ("cut", edited[quarter:-quarter]), ("cut", text[-60:])]
    return made


def _slips(text: str, chance: random.Random) -> list[str]:
    """Exchange one character in twelve; nobody mistypes the name of the school."""
    name = text.find("学") if "学" in text else 0
    near = range(max(0, name - 6), name + 6)
    odd = "的了是在有和不这那也"
    return [
        chance.choice(odd) if n not in near and chance.random() < EDITED_AT_RANDOM else ch
        for n, ch in enumerate(text)
    ]


def test_copies_are_found_and_what_only_looks_alike_is_not(
    database: Database, now: datetime
) -> None:
    """Nobody knows the unit yet: words alone decide, among 60 other texts."""
    chance, found, asked = random.Random(9), Counter[str](), Counter[str]()
    right = wrong = 0
    with database.transaction() as session:
        office = offices.make(session)
        first = [said(session, now, one["text"]) for one in MATTERS]
        for n in range(60):
            said(session, now, bench_texts.told(n, 1).text)
        scope = scope_of(office["handler"])

        def near(text: str) -> list[int]:
            return [one.case.id for one in likeness.near(session, scope, text)]

        for matter, case in zip(MATTERS, first, strict=True):
            for how, text in copies(matter, chance):
                hits = near(text)
                asked[how] += 1
                found[how] += case.id in hits
                right += case.id in hits
                wrong += len([one for one in hits if one != case.id])
            rival = matter["text"].replace(matter["school"], matter["rival"])
            for how, text in (("other school", rival), ("other", matter["other"])):
                hits = near(text)
                asked[how] += 1
                found[how] += not hits
                wrong += len(hits)
            asked["also"] += 1
            found["also"] += case.id in near(matter["also"])
    figures = {how: found[how] / asked[how] for how in asked}
    figures["precision"] = right / (right + wrong)
    print({how: round(value, 3) for how, value in figures.items()}, dict(asked))  # noqa: T201
    assert {how: f for how, f in FLOORS.items() if figures[how] < f} == {}, figures


def test_the_same_words_about_another_school_are_another_matter() -> None:
    wrong = []
    for matter, ours, theirs in product(MATTERS, NAMES, NAMES):
        one = matter["text"].replace(matter["school"], ours)
        other = matter["edited"].replace(matter["school"], theirs)
        same = sketch.likeness(one, other) >= sketch.SAME and not sketch.elsewhere(one, other)
        wrong += [] if same == (ours == theirs) else [(ours, theirs)]
    assert wrong == []


def test_a_center_school_is_called_by_its_short_name_too() -> None:
    long = "我是城东中心小学三年级学生的家长，孩子在食堂吃完午饭后肚子疼。"
    assert not sketch.elsewhere(long, long.replace("中心", ""))
