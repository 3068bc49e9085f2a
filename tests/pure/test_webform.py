"""The public form's parser: what is asked, what is forced, what is told."""

import json
from datetime import UTC, datetime

import pytest

from caseflow.errors import BadInput
from caseflow.intake.channels import webform
from caseflow.intake.channels.webform import Choices, First
from caseflow.intake.report import IncomingFile, IncomingReport

NOW = datetime(2026, 3, 3, 2, tzinfo=UTC)
CHOICES = Choices(frozenset({"430503", "43050301"}), {7: "43050301"})
LEAST = {"kind": "complaint", "text": "食堂的菜里有虫"}
CALLED = {"contact": "name", "name": "张三", "phone": "138 0000 0000"}


def parse(**form: str) -> IncomingReport:
    return webform.parse({**LEAST, **form}, CHOICES, "key", NOW)


def told(**form: str) -> dict[str, str]:
    with pytest.raises(BadInput) as refusal:
        parse(**form)
    return refusal.value.fields


def test_kind_and_words_are_enough() -> None:
    report = parse()
    assert (report.kind, report.text, report.disclosure) == ("complaint", LEAST["text"], "withheld")
    assert not report.contact
    assert report.area_code is None


def test_an_empty_form_is_told_what_is_missing_in_the_order_of_the_page() -> None:
    with pytest.raises(BadInput) as refusal:
        webform.parse({}, CHOICES, "key", NOW)
    assert list(refusal.value.fields) == ["kind", "text"]


def test_every_wrong_field_is_told_at_once_in_the_order_of_the_page() -> None:
    wrong = {
        "kind": "gossip",
        "category": "x",
        "area": "1",
        "unit": "99",
        "place": "路" * 201,
        "happened_when": "久" * 101,
        "text": " \r\n ",
        "contact": "name",
        "name": "名" * 61,
        "phone": "12",
        "email": "nobody",
    }
    assert list(told(**wrong)) == [name for name in wrong if name != "contact"]


@pytest.mark.parametrize("disclosure", ["relay", "unit", "everybody", ""])
def test_a_tip_is_withheld_whatever_was_sent(disclosure: str) -> None:
    assert parse(kind="tip", disclosure=disclosure, **CALLED).disclosure == "withheld"


@pytest.mark.parametrize(
    ("sent", "kept"), [("relay", "relay"), ("unit", "unit"), ("x", "withheld")]
)
def test_a_complaint_may_choose_its_disclosure(sent: str, kept: str) -> None:
    assert parse(disclosure=sent, **CALLED).disclosure == kept


def test_without_a_name_nothing_is_disclosed() -> None:
    assert parse(disclosure="unit").disclosure == "withheld"


@pytest.mark.parametrize(("kind", "asked"), [("tip", True), ("complaint", False)])
def test_a_call_back_is_asked_for_by_tips_only(kind: str, asked: bool) -> None:
    assert parse(kind=kind, call_back="1", **CALLED).call_back is asked


def test_an_anonymous_tip_cannot_be_called_back() -> None:
    assert not parse(kind="tip", call_back="1").call_back


def test_danger_makes_it_urgent() -> None:
    assert parse(danger="1").urgent
    assert not parse().urgent


def test_a_typed_name_is_neither_dropped_nor_kept_against_the_choice() -> None:
    assert list(told(contact="none", phone="13800000000")) == ["contact"]


def test_leaving_a_name_needs_a_way_to_be_reached() -> None:
    assert list(told(contact="name", name="张三")) == ["phone"]
    assert parse(contact="name", email="li@example.com").contact.email == "li@example.com"


def test_the_unit_decides_the_area() -> None:
    report = parse(area="430503", unit="7")
    assert (report.unit_id, report.area_code) == (7, "43050301")


@pytest.mark.parametrize("unit", ["8", "-7", "７", "7 OR 1=1", "99999999999999999999"])
def test_a_unit_that_was_not_offered_is_refused(unit: str) -> None:
    assert list(told(unit=unit)) == ["unit"]


def test_ten_thousand_characters_fit_however_the_browser_ends_lines() -> None:
    assert len(parse(text="字\r\n" * 4999 + "字字").text) == 10_000
    assert list(told(text="字" * 10_001)) == ["text"]


@pytest.mark.parametrize("nothing", ["\u200b", "\u3000\ufeff ", "\u200d\u2060\n"])
def test_signs_that_nobody_sees_say_nothing(nothing: str) -> None:
    assert set(told(text=nothing)) == {"text"}
    family = "\U0001f468\u200d\U0001f469"  # one sign, joined by one without any width
    assert parse(text=f"{nothing}{family}{nothing}").text == family


def test_control_characters_are_dropped() -> None:
    assert parse(text="一\x00二\x1b\n三").text == "一二\n三"


def test_the_original_keeps_what_was_typed_and_no_token() -> None:
    form = {**LEAST, "text": " 一\r\n", "nonce": "secret", "csrf_token": "secret"}
    files = [IncomingFile("照片.jpg", blob_id="b")]
    kept = webform.parse(form, CHOICES, "key", NOW, files=files).original
    assert json.loads(kept)["fields"]["text"] == " 一\r\n"
    assert json.loads(kept)["files"] == ["照片.jpg"]
    assert b"secret" not in kept


@pytest.mark.parametrize(
    ("nonce", "good"),
    [("a" * 21, False), ("a" * 22, True), ("a" * 65, False), ("a" * 21 + "/", False), ("", False)],
)
def test_a_number_that_could_be_guessed_is_none(nonce: str, good: bool) -> None:
    assert webform.is_nonce(nonce) is good


def test_what_is_kept_of_a_number_does_not_give_it_back() -> None:
    assert webform.key_of("a" * 32) == webform.key_of("a" * 32) != webform.key_of("b" * 32)
    assert "aaaa" not in webform.key_of("a" * 32)


FIRST = First("430503-20260303-0001", "tip", "withheld", "zh")


def test_a_further_contact_belongs_to_its_report() -> None:
    more = webform.parse_more({"text": "还有一件事"}, FIRST, "key", NOW)
    assert (more.belongs_to, more.kind, more.urgent) == (FIRST.number, "tip", False)


def test_a_file_alone_is_something_added() -> None:
    files = [IncomingFile("照片.jpg", blob_id="b")]
    assert webform.parse_more({"text": ""}, FIRST, "key", NOW, files=files).files
    with pytest.raises(BadInput):
        webform.parse_more({"text": ""}, FIRST, "key", NOW)


def test_retaliation_needs_words_and_is_urgent() -> None:
    assert webform.parse_more({"text": "被威胁"}, FIRST, "key", NOW, urgent=True).urgent
    with pytest.raises(BadInput):
        webform.parse_more({"text": " "}, FIRST, "key", NOW, urgent=True)


@pytest.mark.parametrize(
    ("sent", "place"),
    [
        ({"unit_typed": "樟叶路小学"}, "樟叶路小学"),
        ({"unit_typed": "樟叶路", "place": "操场"}, "樟叶路，操场"),
        ({"unit_typed": "樟叶路", "place": "樟叶路小学操场"}, "樟叶路小学操场"),
        ({"unit_typed": "樟叶路", "unit": "7", "place": "操场"}, "操场"),
    ],
)
def test_a_name_that_was_looked_for_and_not_chosen_is_kept(
    sent: dict[str, str], place: str
) -> None:
    assert parse(**sent).place == place
