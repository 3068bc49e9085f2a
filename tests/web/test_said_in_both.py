"""What a page says in English where a plain look-up of the Chinese would not find it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from flask import Flask, g

from caseflow import words
from caseflow.errors import BadInput, NotFound, Told
from caseflow.web import locale
from tests.house.source import ROOT


@pytest.fixture(params=["zh", "en"])
def lang(request: pytest.FixtureRequest) -> Iterator[str]:
    """Return the language of a request that is under way."""
    app = Flask(__name__)
    app.config["TRANSLATIONS"] = ROOT / "caseflow/translations"
    locale.install(app)
    with app.test_request_context(f"/?lang={request.param}"):
        yield request.param


def test_the_values_of_an_error_reach_both_languages(lang: str) -> None:
    wrong = BadInput({"text": Told("最多 %(n)d 字", n=500)})
    said = {"zh": "最多 500 字", "en": "Up to 500 characters"}
    assert locale.gettext(wrong.fields["text"]) == said[lang]
    assert str(wrong) == said["zh"]


def test_nothing_is_nothing_in_both_languages(lang: str) -> None:
    assert locale.gettext("") == "", lang


def test_an_error_without_values_is_said_too(lang: str) -> None:
    said = {"zh": "没有这个办件", "en": "There is no such case"}
    assert locale.gettext(NotFound("没有这个办件").told) == said[lang]


def test_a_day_of_another_year_says_which(lang: str) -> None:
    g.now = datetime(2026, 12, 31, 15, 59, tzinfo=UTC)  # the last minute of the year in Shanghai
    said = {"zh": ("12月31日(周四)", "2027年1月4日(周一)"), "en": ("Thu 31 Dec", "Mon 4 Jan 2027")}
    days = date(2026, 12, 31), date(2027, 1, 4)
    assert tuple(map(locale.day_text, days)) == said[lang]


def test_a_per_cent_sign_in_a_value_stays_as_it_is(lang: str) -> None:
    told = Told("理由：%(reason)s", reason="100% %(n)d")
    assert locale.gettext(told).endswith("100% %(n)d")


def test_a_story_says_what_was_done_and_a_form_what_can_be_done(lang: str) -> None:
    move = words.MOVES["dispatch"]
    said = {"zh": ("交办", "交办"), "en": ("Dispatch", "Dispatched")}
    assert (locale.gettext(move), locale.happened(move)) == said[lang]


def test_several_words_are_joined_as_the_language_does(lang: str) -> None:
    assert locale.series(["甲", "乙"]) == {"zh": "甲、乙", "en": "甲, 乙"}[lang]
    assert locale.sentences(["甲。", "乙。"]) == {"zh": "甲。乙。", "en": "甲。 乙。"}[lang]
