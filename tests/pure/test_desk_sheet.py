"""The desk's form becomes a report, or a message beside every field that is wrong."""

import json
from datetime import UTC, datetime

import pytest

from caseflow.errors import BadInput
from caseflow.intake.channels.desk import CHANNELS, Logged, Seat, parse
from caseflow.intake.channels.handed.sheet import imposed_due

NOW = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
SEAT = Seat(operator=7, area="430503", now=NOW, unit_id=3)
CALL = {"kind": "complaint", "text": "食堂的菜里有虫", "phone": "0739-5322222", "outcome": "open"}
CARD = {
    "danger": "1",
    "police_called": "yes",
    "police_who": "李值班",
    "police_at": "十点零五分",
    "leader_told": "1",
}


def taken(channel: str = "telephone", **typed: str) -> Logged:
    return parse(channel, "n" * 24, {**CALL, **typed}, SEAT)


def wrong(channel: str = "telephone", **typed: str) -> dict[str, str]:
    with pytest.raises(BadInput) as refused:
        taken(channel, **typed)
    return refused.value.fields


@pytest.mark.parametrize("channel", CHANNELS)
def test_every_door_names_its_channel_its_operator_and_its_nonce(channel: str) -> None:
    incoming = taken(channel, sender="区委办").incoming
    assert (incoming.channel, incoming.logged_by) == (channel, 7)
    assert (incoming.channel_key, incoming.received_at) == ("n" * 24, NOW)


def test_what_was_typed_is_kept_as_the_original() -> None:
    kept = json.loads(taken(name="王女士").incoming.original)
    assert kept["text"] == CALL["text"]
    assert kept["name"] == "王女士"
    assert "category" not in kept


def test_an_empty_sheet_is_told_everything_at_once_in_the_order_of_the_page() -> None:
    told = wrong(kind="", text="", phone="12")
    assert list(told) == ["phone", "kind", "text"]


def test_a_tip_is_withheld_whatever_the_sheet_says() -> None:
    assert taken(kind="tip", disclosure="unit").incoming.disclosure == "withheld"
    assert taken(kind="help", disclosure="unit").incoming.disclosure == "unit"


def test_a_call_lasts_from_the_first_word_to_the_saving() -> None:
    incoming = taken(started="2026-03-03T01:55:00.000Z").incoming
    assert incoming.call_began == datetime(2026, 3, 3, 1, 55, tzinfo=UTC)
    assert incoming.call_ended == NOW


@pytest.mark.parametrize(
    "started",
    [
        "",
        "half past nine",
        "2026-03-03T01:55:00",  # of no zone
        "2026-03-03T02:00:01Z",  # to come
        "2026-03-02T01:59:59Z",  # of another day's shift
        "0001-01-01T00:00:00+14:00",
    ],
)
def test_a_beginning_that_cannot_be_is_none(started: str) -> None:
    incoming = taken(started=started).incoming
    assert (incoming.call_began, incoming.call_ended) == (None, None)


@pytest.mark.parametrize("channel", ["window", "letter", "handed_down"])
def test_only_a_call_is_timed(channel: str) -> None:
    incoming = taken(channel, sender="区委办", started="2026-03-03T01:55:00Z").incoming
    assert (incoming.call_began, incoming.call_ended) == (None, None)


def test_the_card_of_a_danger_cannot_be_skipped() -> None:
    assert list(wrong(danger="1")) == ["police_called", "leader_told"]
    assert set(wrong(danger="1", police_called="yes")) == {"police_who", "police_at", "leader_told"}
    assert set(wrong(danger="1", police_called="no", leader_told="1")) == {"reason"}


def test_a_danger_with_its_card_is_urgent() -> None:
    logged = taken(**CARD)
    assert logged.incoming.urgent
    assert logged.card is not None
    assert logged.card.missing() == {}


def test_a_card_that_nobody_ticked_is_no_danger() -> None:
    logged = taken(**{**CARD, "danger": ""})
    assert not logged.incoming.urgent
    assert logged.card is None


def test_an_answer_on_the_spot_needs_its_words() -> None:
    assert set(wrong(outcome="answer")) == {"answer_text"}
    assert taken(outcome="answer", answer_text="已经说明").answer == "已经说明"


def test_a_danger_is_never_answered_away() -> None:
    assert set(wrong(outcome="answer", answer_text="没事", **CARD)) == {"outcome"}


@pytest.mark.parametrize("channel", ["letter", "handed_down"])
def test_a_letter_is_not_answered_on_the_spot(channel: str) -> None:
    assert taken(channel, sender="区委办", outcome="answer", answer_text="好").answer == ""


def test_what_is_handed_down_says_from_whom_and_by_when() -> None:
    handed = taken(
        "handed_down",
        sender="市信访局",
        sender_number="邵信〔2026〕12号",
        due_day="2026-03-06",
        report_back="1",
        instructed="1",
    ).incoming.handed_down
    assert handed is not None
    assert (handed.sender, handed.number) == ("市信访局", "邵信〔2026〕12号")
    assert handed.due == datetime(2026, 3, 6, 16, 0, tzinfo=UTC)  # Friday 24:00 in Shanghai
    assert handed.report_back
    assert handed.instructed


def test_a_hand_down_needs_its_sender_and_a_day_that_can_be() -> None:
    assert set(wrong("handed_down")) == {"sender"}
    assert set(wrong("handed_down", sender="区委办", due_day="下周")) == {"due_day"}
    assert set(wrong("handed_down", sender="区委办", due_time="10:00")) == {"due_day"}
    assert set(wrong("handed_down", sender="区委办", due_day="2062-03-06")) == {"due_day"}


def test_an_hour_that_is_said_counts_in_shanghai() -> None:
    assert imposed_due("2026-03-06", "17:30") == datetime(2026, 3, 6, 9, 30, tzinfo=UTC)
    assert imposed_due("2026-02-30", "") is None


def test_a_caller_who_says_nothing_of_themselves_is_anonymous() -> None:
    assert not taken(phone="").incoming.contact


def test_too_long_a_field_is_told_by_name() -> None:
    assert set(wrong(place="某" * 201)) == {"place"}
