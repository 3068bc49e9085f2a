"""A platform above brings orders over HTTP, asks how they stand, and signs for the report back."""

import csv
import json
import re
from collections.abc import Mapping
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from caseflow.api.v1 import frame
from caseflow.intake import exchange as intake_exchange
from caseflow.intake.channels.handed import exchange
from caseflow.ledger.moves import closing, reporting_back, triage
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case
from caseflow.people import tokens
from caseflow.people.token_tables import AccessToken
from tests import office as offices
from tests.web.site import Site

AT = "/api/v1/handed-down"
ORDER = {"id": "GD-1", "kind": "complaint", "text": "食堂的菜里有虫", "report_back": True}
PAGE = (Path(__file__).parents[2] / "docs/exchange.md").read_text(encoding="utf-8")
SCHEMA, EXAMPLE = (
    json.loads(re.search(rf"```json {name}\n(.*?)```", PAGE, re.DOTALL)[1])  # type: ignore[index]
    for name in ("schema", "example")
)


class Platform:
    """A machine with a token."""

    def __init__(self, site: Site, sender: str = "市12345热线") -> None:
        self.site, self.client = site, site.app.test_client()
        said = {"name": "平台", "role": "exchange", "sender": sender, "area": offices.DISTRICT}
        self.token = site.do(lambda s: tokens.create(s, now=site.now, **said))

    def asks(self, method: str, path: str = "", accept: str = "*/*", **more: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}", "Accept": accept}
        return self.client.open(f"{AT}{path}", method=method, headers=headers, **more)

    def brings(self, order: object = ORDER) -> TestResponse:
        return self.asks("POST", json=order)


@pytest.fixture
def platform(site: Site) -> Platform:
    return Platform(site)


def cases(site: Site) -> int:
    return site.ask(lambda s: s.scalar(select(func.count()).select_from(Case)) or 0)


def problem(answer: TestResponse) -> tuple[int, str]:
    assert answer.mimetype == "application/problem+json"
    assert answer.json is not None
    assert answer.json["status"] == answer.status_code
    return answer.status_code, answer.json["type"].rpartition(":")[2]


def test_an_order_is_taken_and_sent_again_it_gets_the_same_answer(platform: Platform) -> None:
    first, again = platform.brings(), platform.brings()
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json is not None
    assert again.json == {**first.json, "duplicate": True}
    assert cases(platform.site) == 1


def test_changed_words_under_a_number_are_refused_and_named(platform: Platform) -> None:
    platform.brings()
    changed = {**ORDER, "text": "别的话", "reporter": {"phone": "13812345678"}}
    answer = platform.brings(changed)
    assert problem(answer) == (409, "changed")
    assert answer.json is not None
    assert answer.json["differs"] == ["text", "reporter.phone"]
    assert cases(platform.site) == 1


def test_what_it_says_stands_on_the_report(platform: Platform) -> None:
    platform.brings(EXAMPLE)
    row = platform.site.ask(lambda s: s.scalars(select(Report)).one())
    assert (row.handed_by, row.handed_number) == ("市12345热线", "GD-2026-0001")
    assert (row.subject, row.category, row.report_back) == ("食堂饭菜有虫", "food", True)
    assert row.imposed_due is not None
    assert row.imposed_due.isoformat() == "2026-03-10T09:00:00+00:00"
    assert row.place == "城东小学"
    assert row.identity_id is not None


def test_what_cannot_be_taken_is_told_field_by_field(platform: Platform) -> None:
    wrong = {"id": 7, "kind": "x", "due": "明天", "report_back": "yes", "colour": "red"}
    answer = platform.brings(wrong)
    assert problem(answer) == (400, "invalid")
    assert answer.json is not None
    assert set(answer.json["errors"]) == {"id", "text", "kind", "due", "report_back", "colour"}
    assert cases(platform.site) == 0


@pytest.mark.parametrize(
    "sent", [b"", b"{", b"[]", b"7", b'{"orders": 1}', b"\xff", b'{"reporter": 3}', b"[" * 9999]
)
def test_what_is_no_order_is_refused(platform: Platform, sent: bytes) -> None:
    assert problem(platform.asks("POST", data=sent))[0] == 400


def test_of_several_each_is_answered_by_itself(platform: Platform) -> None:
    answer = platform.brings({"orders": [ORDER, {"id": "GD-2"}, ORDER]})
    assert answer.json is not None
    one, two, three = answer.json["orders"]
    assert (one["duplicate"], three["duplicate"]) == (False, True)
    assert (two["id"], two["problem"]["status"]) == ("GD-2", 400)
    assert problem(platform.brings({"orders": [ORDER] * 101})) == (400, "invalid")


def test_a_table_says_the_same(platform: Platform) -> None:
    text = "id,kind,text,report_back,reporter_phone\nGD-1,complaint,食堂的菜里有虫,是,\n"
    answer = platform.asks("POST", data=text.encode(), content_type="text/csv")
    assert answer.json is not None
    assert not answer.json["orders"][0]["duplicate"]
    assert platform.brings().status_code == 200


def test_nobody_comes_in_without_a_token_that_holds(platform: Platform) -> None:
    client, site = platform.client, platform.site
    for shown in ("", "Bearer x", f"Bearer {platform.token}x", f"Basic {platform.token}"):
        answer = client.post(AT, json=ORDER, headers={"Authorization": shown} if shown else {})
        assert problem(answer) == (401, "unauthorized")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    row = site.ask(lambda s: s.scalars(select(AccessToken)).one())
    assert platform.token.rpartition("_")[2] not in (row.digest, row.name)
    site.do(lambda s: tokens.revoke(s, row.id, site.now))
    assert problem(platform.brings()) == (401, "unauthorized")
    assert cases(site) == 0


def test_too_much_is_refused(platform: Platform) -> None:
    sent = {**ORDER, "text": "长" * 3_000_000}
    assert problem(platform.brings(sent)) == (413, "too-large")


def test_a_platform_reads_of_its_own_orders_alone(platform: Platform) -> None:
    platform.brings()
    other = Platform(platform.site, "省信访局")
    assert problem(other.asks("GET", "/GD-1")) == (404, "not-found")
    assert problem(other.asks("GET", "/GD-9")) == (404, "not-found")
    assert other.brings().status_code == 201
    assert cases(platform.site) == 2


def test_what_was_written_down_by_hand_is_not_taken_again(platform: Platform) -> None:
    page = platform.site.as_("operator").get("/console/desk?channel=handed_down")
    typed = {"sender": "市12345热线", "sender_number": "gd-1", "kind": "tip", "text": "有虫"}
    page.send("/console/desk", **typed)
    assert problem(platform.brings()) == (409, "conflict")
    assert cases(platform.site) == 1


def sent_back(site: Site) -> None:
    """Let the order be answered, and its report back be sent over the exchange."""

    def work(session: Any) -> None:
        me, report = site.office["handler"], session.scalars(select(Report)).one()
        case = session.get_one(Case, report.case_id)
        triage.accept(session, me, case.id, site.now)
        case.state = "replying"  # how it got there is not what this is about
        closing.reply(session, me, case.id, report.id, "已整改", "window", site.now)
        about = (session, me, case.id, report.id)
        reporting_back.draft_report_back(*about, "办理情况如下。", site.now)
        boss = site.office["reviewer"]
        reporting_back.check_report_back(session, boss, case.id, report.id, site.now)
        reporting_back.send_report_back(*about, "exchange", site.now)

    site.do(work)


def test_the_report_back_is_read_and_signed_for_and_the_case_closes(platform: Platform) -> None:
    platform.brings()
    before = platform.asks("GET", "/GD-1").json
    assert before is not None
    assert (before["state"], before["report_back"]["state"]) == ("received", "owed")
    assert (
        problem(platform.asks("POST", "/GD-1/acknowledgement", json={"signed_by": "王"}))[0] == 409
    )
    assert platform.asks("GET").json == {"orders": []}
    sent_back(platform.site)
    [told] = platform.asks("GET").json["orders"]  # type: ignore[index]
    assert told["report_back"]["text"] == "办理情况如下。"
    for _ in range(2):
        signed = platform.asks("POST", "/GD-1/acknowledgement", json={"signed_by": "王科长"})
        assert signed.json is not None
        assert (signed.json["state"], signed.json["report_back"]["state"]) == ("closed", "signed")
    assert platform.asks("GET").json == {"orders": []}


def test_reports_back_are_read_as_a_table_too(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.brings()
    sent_back(platform.site)
    [told] = platform.asks("GET").json["orders"]  # type: ignore[index]
    back = told.pop("report_back")
    known = {**told, **{f"back_{name}": said for name, said in back.items()}}
    monkeypatch.setattr(intake_exchange, "AT_ONCE", 1)
    answer = platform.asks("GET", accept="text/csv")
    assert answer.mimetype == "text/csv"
    assert list(csv.DictReader(StringIO(answer.text))) == [
        {name: said or "" for name, said in known.items()}
    ]
    link = answer.headers["Link"]
    following = link.partition(">")[0].partition("handed-down")[2]
    answer = platform.asks("GET", following, accept="text/csv")
    assert len(answer.text.splitlines()) == 1
    assert "Link" not in answer.headers


def test_a_signature_without_a_name_is_refused(platform: Platform) -> None:
    platform.brings()
    for said in ({}, {"signed_by": 3}, {"signed_by": "王", "more": 1}, []):
        answer = platform.asks("POST", "/GD-1/acknowledgement", json=said)
        assert problem(answer) == (400, "invalid")


# The schema that is printed is the one in force


def fits(value: Any, schema: Mapping[str, Any]) -> bool:
    """Tell whether a value fits, by as much of JSON Schema as the page uses."""
    if "enum" in schema:
        return value in schema["enum"]
    if schema["type"] == "boolean":
        return isinstance(value, bool)
    if schema["type"] == "string":
        long = isinstance(value, str) and len(value) <= schema["maxLength"]
        return long and ("format" not in schema or exchange.moment(value) is not None)
    known = schema["properties"]
    return (
        isinstance(value, dict)
        and set(value) <= set(known)
        and set(schema.get("required", ())) <= set(value)
        and all(fits(one, known[name]) for name, one in value.items())
    )


def test_the_example_fits_the_schema_and_is_taken(platform: Platform) -> None:
    assert fits(EXAMPLE, SCHEMA)
    assert platform.brings(EXAMPLE).status_code == 201


def test_the_schema_names_every_field_with_its_length() -> None:
    known = dict(SCHEMA["properties"])
    reporter = known.pop("reporter")["properties"]
    known |= {f"reporter_{name}": one for name, one in reporter.items()}
    assert set(known) == set(exchange.FIELDS)
    lengths = {name: one["maxLength"] for name, one in known.items() if "maxLength" in one}
    assert lengths == {
        name: n for name, n in exchange.LONGEST.items() if name not in ("kind", "category")
    }


@pytest.mark.parametrize("name", sorted(SCHEMA["properties"]))
@pytest.mark.parametrize("value", ["", "x" * 10_001, 7, None, True, {}, ["x"], "tip"])
def test_what_does_not_fit_the_schema_is_not_taken(name: str, value: Any) -> None:
    order = {**EXAMPLE, name: value}
    try:
        exchange.of_json(order)
    except exchange.BadInput:
        return
    # An empty word and null say nothing, which is as if they were left out.
    left_out = {key: one for key, one in order.items() if one not in ("", None)}
    assert fits(left_out, SCHEMA)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (OperationalError("SELECT", {}, Exception("away")), (503, "unavailable")),
        (ValueError("食堂的菜里有虫"), (500, "failed")),
    ],
)
def test_what_was_not_foreseen_is_said_to_a_machine_too(
    platform: Platform, fault: Exception, said: tuple[int, str], caplog: pytest.LogCaptureFixture
) -> None:
    app = platform.site.app
    before = app.view_functions["api.waiting"]

    def breaks() -> None:
        raise fault

    app.view_functions["api.waiting"] = breaks
    app.testing = app.config["PROPAGATE_EXCEPTIONS"] = False
    try:
        assert problem(platform.asks("GET")) == said
    finally:
        app.view_functions["api.waiting"] = before
    assert "api.waiting" in caplog.text
    assert "有虫" not in caplog.text


def test_a_token_that_asks_too_often_is_told_when_to_come_again(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame, "MOST", 2)
    other = Platform(platform.site, "信访局")
    assert [platform.asks("GET").status_code for _ in range(2)] == [200, 200]
    platform.site.now += timedelta(seconds=20)
    refused = platform.brings()
    assert problem(refused) == (429, "too-many")
    assert refused.headers["Retry-After"] == "40"
    assert cases(platform.site) == 0
    assert other.asks("GET").status_code == 200
    platform.site.now += timedelta(seconds=40)
    assert platform.brings().status_code == 201


def test_who_shows_no_token_that_holds_uses_up_nobodys_share(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame, "MOST", 1)
    sound, wrong = platform.token, platform.token[:-3] + "xxx"
    platform.token = wrong
    assert [platform.asks("GET").status_code for _ in range(3)] == [401, 401, 401]
    platform.token = sound
    assert platform.asks("GET").status_code == 200
