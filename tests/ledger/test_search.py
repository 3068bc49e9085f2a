"""The same answer on both databases, whatever was typed and however the text is written."""

from dataclasses import replace
from datetime import datetime

import pytest

from caseflow.db import Database
from caseflow.ledger import queries
from caseflow.ledger.moves import items, opening, triage
from caseflow.people.actor import REPORTER
from caseflow.people.scope import scope_of
from tests import office as offices

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
def test_words_are_found(database: Database, now: datetime, typed: str, found: set[int]) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        made = [replace(offices.new_report(session, now), text=text) for text in TEXTS]
        cases = [opening.open_case(session, REPORTER, new, now)[0].id for new in made]
        hits = queries.find(session, scope_of(office["supervisor"]), typed)
        assert {cases.index(case.id) for case in hits} == found
