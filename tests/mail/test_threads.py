"""A letter joins a case only by a proof and from an address of its reporter."""

import re
from datetime import datetime, timedelta

import pytest

from caseflow.crypto import message_ids
from caseflow.intake.rooms import Rooms
from caseflow.ledger.moves import asking, triage
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case
from caseflow.outbox.transport import Outgoing
from caseflow.people.actor import Actor
from tests.mail.conftest import AREA
from tests.mail.ledger import quarantined, rows
from tests.mail.post import PARENT, answered, carried_out, give, in_reply_to, letter, somebody

STRANGER = "stranger@mail.example"


def code_in(sent: Outgoing) -> str:
    [code] = re.findall(r"\b(?:\d{4} ){3}\d{4}\b", sent.text)
    return str(code)


def number_in(sent: Outgoing) -> str:
    [number] = set(re.findall(r"430503-\d{8}-\d{4}", sent.text))
    return str(number)


def claims(rooms: Rooms) -> list[tuple[str, str]]:
    """Return number of the case and why, of each claim."""
    query = "SELECT c.number, k.why FROM claim k JOIN case_file c ON c.id = k.case_id"
    return [(str(row[0]), str(row[1])) for row in rows(rooms, query)]


def test_an_answer_of_the_reporter_joins_and_nobody_is_answered_again(
    rooms: Rooms, now: datetime
) -> None:
    case, receipt = answered(rooms, now)
    outcome = give(rooms, letter(in_reply_to(receipt), mid="two", text="补充：周三。"), now)
    assert (outcome.word, outcome.case) == ("joined", case)
    assert outcome.line.startswith("joined 430503-")
    assert [to for to, _ in carried_out(rooms, now) if to == PARENT] == []
    assert claims(rooms) == []


def test_an_address_is_the_same_however_it_is_written(rooms: Rooms, now: datetime) -> None:
    case, receipt = answered(rooms, now)
    loud = letter(in_reply_to(receipt), by=PARENT.upper(), mid="two")
    assert give(rooms, loud, now).case == case


@pytest.mark.parametrize("way", ["forwarded", "made up", "number", "case", "code"])
def test_whoever_lacks_one_of_the_two_opens_a_report_that_only_claims(
    rooms: Rooms, now: datetime, way: str
) -> None:
    case, receipt = answered(rooms, now)
    number, code = number_in(receipt), code_in(receipt)
    forged = f"In-Reply-To: <{'0' * 32}-{'0' * 24}@office.example>".encode()
    raw, why = {
        "forwarded": (letter(in_reply_to(receipt), by=STRANGER, mid="two"), "stranger"),
        "made up": (letter(forged, mid="two", subject=f"Re: {number}"), "number"),
        "number": (letter(mid="two", subject=f"Re: 编号 {number} 有新进展"), "number"),
        "case": (letter(by=STRANGER, mid="two", subject=f"关于 {case}"), "number"),
        "code": (letter(by=STRANGER, mid="two", text=f"{number} {code}"), "stranger"),
    }[way]
    outcome = give(rooms, raw, now)
    assert outcome.word == "kept"
    assert outcome.case != case
    assert claims(rooms) == [(case, why)]


def test_number_and_code_from_the_reporters_address_join_and_the_code_is_hidden(
    rooms: Rooms, now: datetime
) -> None:
    case, receipt = answered(rooms, now)
    text = f"补充。\n\n在 2026-03-03 10:00 <a@b.example> 写道：\n{receipt.text}"
    outcome = give(rooms, letter(mid="two", text=text), now)
    assert (outcome.word, outcome.case) == ("joined", case)
    [(kept,)] = rows(rooms, "SELECT text FROM report WHERE number = :it", it=outcome.report)
    assert code_in(receipt) not in kept
    assert "（查询码已隐去）" in kept
    assert number_in(receipt) in kept


def test_a_wrong_code_proves_nothing_and_is_counted(rooms: Rooms, now: datetime) -> None:
    _, receipt = answered(rooms, now)
    text = f"{number_in(receipt)} 1234 5678 9012 3456"
    assert give(rooms, letter(mid="two", text=text), now).word == "kept"
    assert rows(rooms, "SELECT n FROM tally") == [(1,)]


def test_a_number_that_does_not_exist_is_no_claim(rooms: Rooms, now: datetime) -> None:
    give(rooms, letter(subject="Re: 430503-20200101-0009 430503-2020-000009"), now)
    assert claims(rooms) == []


def test_a_tampered_id_proves_nothing(rooms: Rooms) -> None:
    said = message_ids.signed(rooms.ring, "a" * 32)
    assert message_ids.proven(rooms.ring, said) == "a" * 32
    for wrong in (said[:-1] + ("0" if said[-1] != "0" else "1"), "b" + said[1:], "a" * 32, ""):
        assert message_ids.proven(rooms.ring, wrong) is None


def test_an_answer_to_a_question_lets_the_case_go_on(rooms: Rooms, now: datetime) -> None:
    case, _ = answered(rooms, now)
    with rooms.database.transaction() as session:
        triage.accept(session, somebody(session, "handler"), 1, now)
        handler = Actor(session.get_one(Case, 1).handler_id, "handler", AREA, "county")
        asking.ask(session, handler, 1, session.get_one(Report, 1).id, "哪天？", now)
    asked = carried_out(rooms, now)[-1][1]
    later = now + timedelta(hours=1)
    give(rooms, letter(in_reply_to(asked), mid="two", text="周三"), later)
    assert rows(rooms, "SELECT state FROM case_file") == [("accepted",)]
    assert case


# Staff


def notice(rooms: Rooms, now: datetime, role: str = "handler") -> Outgoing:
    """Tell a colleague something about a case by mail."""
    with rooms.database.transaction() as session:
        somebody(session, role, email="li@office.example")
    give(rooms, letter(), now)
    told = now + timedelta(hours=8)
    return next(sent for to, sent in carried_out(rooms, told) if to == "li@office.example")


def test_a_colleagues_answer_becomes_a_note_without_our_own_words(
    rooms: Rooms, now: datetime
) -> None:
    sent = notice(rooms, now)
    text = f"已电话联系学校。\n\n------------------ 原始邮件 ------------------\n{sent.text}"
    raw = letter(in_reply_to(sent), by="li@office.example", mid="two", text=text)
    assert give(rooms, raw, now).word == "quarantined"
    assert [reason for reason, _ in quarantined(rooms)] == ["工作人员用邮件回复了系统通知"]
    [(body, user)] = rows(rooms, "SELECT body, user_id FROM entry WHERE verb = 'note'")
    assert "（邮件回复）已电话联系学校。" in body
    assert "原始邮件" not in body
    assert rows(rooms, "SELECT username FROM user_account WHERE id = :it", it=user) == [
        ("handler",)
    ]
    assert rows(rooms, "SELECT state, case_id FROM quarantine") == [("discarded", 1)]
    assert rows(rooms, "SELECT count(*) FROM clock WHERE quarantine_id IS NOT NULL") == [(0,)]


@pytest.mark.parametrize("by", [STRANGER, PARENT])
def test_nobody_else_answers_a_colleagues_notice(rooms: Rooms, now: datetime, by: str) -> None:
    sent = notice(rooms, now)
    assert give(rooms, letter(in_reply_to(sent), by=by, mid="two"), now).word == "kept"
    assert rows(rooms, "SELECT count(*) FROM entry WHERE verb = 'note'") == [(0,)]
    assert claims(rooms) == []


def test_who_may_write_no_note_is_told_so_by_whoever_looks(rooms: Rooms, now: datetime) -> None:
    sent = notice(rooms, now)
    with rooms.database.transaction() as session:
        session.get_one(Case, 1).area_code = "430502"
        session.get_one(Case, 1).county = "430502"
    raw = letter(in_reply_to(sent), by="li@office.example", mid="two")
    assert give(rooms, raw, now).word == "quarantined"
    assert rows(rooms, "SELECT state FROM quarantine") == [("waiting",)]
