"""The same answer on both databases, whatever was typed and however the text is written."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

import pytest

from caseflow.db import Database
from caseflow.ledger import queries, search
from caseflow.ledger.moves import items, opening, triage
from caseflow.people.actor import REPORTER
from caseflow.people.scope import scope_of
from caseflow.people.tables import Unit
from tests import office as offices
from tests.asked import asked

Find = Callable[[str, str], set[str]]

TEXTS = (
    "学校组织补课，收费三百元",
    "课后补习收费，课补三百",  # the same pairs, but for their order
    "ＡＢＣ培训班ｈｏｍｅｗｏｒｋ太多",
    "Homework is too much, ÉCOLE Élan",
    "work home rkho owom mewo",  # nearly the pairs of homework
    "𠮷老师有偿补课",
)


@pytest.mark.parametrize("typed", ["{:06d}", "事项{:06d}", "事项 {:06d}"])
def test_an_item_is_found_by_the_number_that_its_unit_reads(
    database: Database, now: datetime, typed: str
) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        cases = [offices.report(session, now)[0] for _ in range(2)]
        for case in cases:
            triage.accept(session, office["handler"], case.id, now)
            [item] = items.split(session, office["handler"], case.id, ["食堂"], now)
        hits = queries.find(session, scope_of(office["supervisor"]), typed.format(item.id))
        assert [case.id for case in hits] == [cases[1].id]
        stranger = scope_of(office["stranger"])
        assert queries.find(session, stranger, typed.format(item.id)) == []


@pytest.mark.parametrize("few", [search.FEW, 0], ids=["few", "many"])
@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("补课", {0, 5}),
        ("课", {0, 1, 5}),
        ("组织补课", {0}),
        ("补课 收费", {0}),
        ("补课，收费", {0}),
        ("收费三百", {0}),
        ("homework", {2, 3}),
        ("HOMEWORK", {2, 3}),
        ("ＨＯＭＥＷＯＲＫ", {2, 3}),
        ("abc培训班", {2}),
        ("école", {3}),
        ("ÉLAN", {3}),
        ("𠮷老师", {5}),
        ("100%", set()),
        ("没有这几个字", set()),
        ("，。", set()),
    ],
)
def test_words_are_found(
    database: Database,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    typed: str,
    found: set[int],
    few: int,
) -> None:
    """Few reports that say them are looked up; for many the newest cases are gone through."""
    monkeypatch.setattr(search, "FEW", few)
    with database.transaction() as session:
        office = offices.make(session)
        made = [replace(offices.new_report(session, now), text=text) for text in TEXTS]
        cases = [opening.open_case(session, REPORTER, new, now).case.id for new in made]
        hits = queries.find(session, scope_of(office["supervisor"]), typed)
        assert {cases.index(case.id) for case in hits} == found


NAMES = {
    "first": "大祥区实验小学（东校区）",
    "second": "大祥区 实验幼儿园",
    "third": "ＡＢＣ培训学校",
}
SAID = {
    "a": ("first", "食堂的菜里有虫"),
    "b": ("first", "收取校服费"),
    "c": ("second", "食堂的菜里有虫"),
    "d": ("third", "暑假补课收费"),
    "e": ("", "大祥区实验小学门口的路灯坏了，食堂也黑着"),
}


@pytest.fixture(params=[search.FEW, 0], ids=["few", "many"])
def find(
    database: Database,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Find:
    """What somebody of the office finds, among cases about three units and about none."""
    monkeypatch.setattr(search, "FEW", request.param)
    with database.transaction() as session:
        office = offices.make(session)
        for key, name in NAMES.items():
            unit = Unit(area_code=offices.DISTRICT, name=name, kind="school")
            session.add(unit)
            session.flush()
            office.units[key] = unit.id
        known = {}
        for letter, (unit_name, text) in SAID.items():
            new = replace(
                offices.new_report(session, now, unit=office.units.get(unit_name)), text=text
            )
            known[opening.open_case(session, REPORTER, new, now).case.id] = letter

    def found(who: str, typed: str) -> set[str]:
        actor = office[who]
        if who == "leader":
            actor = replace(actor, recused=frozenset({office.units["first"]}))
        with database.read() as session:
            hits = queries.find(session, scope_of(actor), typed)
            return {known[case.id] for case in hits}

    return found


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("大祥区实验小学（东校区）", "ab"),
        ("大祥区实验小学东校区", "ab"),
        ("实验小学", "abe"),
        ("大祥 小学", "abe"),
        ("大祥区实验幼儿园", "c"),
        ("实验", "abce"),
        ("园", "c"),
        ("abc培训", "d"),
        ("ＡＢＣ", "d"),
        ("小学 食堂", "ae"),
        ("食堂 实验", "ace"),
        ("东校区 补课", ""),
        ("小实", ""),
        ("%", ""),
        ("实验_学", "abe"),
    ],
)
def test_a_case_is_found_by_the_name_of_its_unit(find: Find, typed: str, found: str) -> None:
    assert find("supervisor", typed) == set(found)


def test_nobody_finds_a_unit_s_cases_outside_the_scope_or_kept_away_from(find: Find) -> None:
    assert find("stranger", "实验小学") == set()
    assert find("leader", "实验小学") == {"e"}
    assert find("leader", "小学 食堂") == {"e"}


def test_many_words_are_a_question_too(find: Find) -> None:
    assert find("supervisor", " ".join("大祥区实验小学东校培训园")) == set()


@pytest.mark.parametrize(("few", "asked_again"), [(2, False), (1, True)])
def test_a_rare_word_is_asked_for_once_and_no_guess_how_rare_it_is_decides(
    database: Database,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    few: int,
    *,
    asked_again: bool,
) -> None:
    monkeypatch.setattr(search, "FEW", few)
    with database.transaction() as session:
        office = offices.make(session)
        for text in TEXTS:
            new = replace(offices.new_report(session, now), text=text)
            opening.open_case(session, REPORTER, new, now)
    find = partial(queries.find, scope=scope_of(office["supervisor"]), words="补课")
    sent = [statement for statement, _ in asked(database, find)]
    assert [statement for statement in sent if "search_report" in statement]
    assert ("search_report" in sent[-1]) is asked_again, sent
