"""Every route of the application with everybody (design law 11), on the demo office.

A new route is walked without being named here; a new argument wants a sample in `roles._samples`.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from caseflow import clock
from caseflow.intake.recordings import PLAYED
from caseflow.ledger.report_tables import Attachment, Reply, Report
from caseflow.ledger.tables import Case, Finding, Item
from caseflow.people.permissions import PERMISSIONS
from caseflow.people.tables import User
from tests.web.roles import (
    ABOUT_NO_UNIT,
    INSIDERS,
    OUTSIDERS,
    STRANGERS,
    World,
    check_headers,
    methods,
    nothing_written,
    rules,
)
from tests.web.site import Page

MACHINES = [rule for rule in rules() if rule.endpoint.startswith("api.")]
"""Routes of machines, which show a token: no session opens them (`test_exchange`)."""
RULES = [rule for rule in rules() if rule not in MACHINES]
READING = [rule for rule in RULES if "GET" in methods(rule)]
CHANGING = [rule for rule in RULES if methods(rule) != ["GET"]]
ABOUT_AN_OBJECT = [rule for rule in RULES if rule.arguments - {"filename", "nonce"}]

PUBLIC = {
    "static",
    *("login.show", "login.sign_in", "login.sign_out"),
    *("public.home", "public.contact", "public.form", "public.submit"),
    *("public.ask", "public.show", "public.add", "public.answer", "public.retaliation"),
    *("public.tighten", "public.retract", "public.keep", "public.ask_review"),
    "public.stop_mail",
    *("public.begin_pieces", "public.add_piece", "public.cancel_pieces", "public.join_pieces"),
    "public.stand_of_pieces",
    *("public.form_in_language", "public.report_in_language"),
    *("public.ask_in_language", "public.track_in_language"),
    *("hooks.sms_twilio", "hooks.sms_gateway", "hooks.sms_status", "hooks.sms_gateway_status"),
    *("hooks.telephony", "hooks.recording", "hooks.voice", "hooks.voice_next", "hooks.voice_leg"),
    *("hooks.voice_status", "hooks.voice_recording", "hooks.voice_left"),
    *("public.leave", "public.healthz", "public.readyz", "public.metrics"),
}
"""What stands open to everybody; whoever opens one more writes it here, for all to see."""

READ_BY_MACHINES = {"static", "public.healthz", "public.readyz", "public.metrics"} | {
    "desk.ringing_stream"
}
"""What was sent by nobody."""

OWN = {"account.change_password", "account.come_back", "account.go_away"}
"""What everybody who signs in may change: a wrong try at the own password is counted."""

ON_RECORD = {"console.case_file"}
"""What the auditor takes along: that they did is put on the record, and nothing else."""


@pytest.fixture(scope="module")
def world(quick: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One demo office for all; a test that changes something leaves the samples where they are."""
    folder = tmp_path_factory.mktemp("routes")
    made = World(f"sqlite:///{quick / 'routes.db'}", folder, clock.now())
    yield made
    made.database.close()


def said(rule: Rule) -> str:
    return f"{methods(rule)[0]} {rule.rule}"


every = pytest.mark.parametrize("rule", RULES, ids=said)


def may(world: World, rule: Rule, role: str) -> bool:
    """Tell whether a role may use a route; the console proper is the office's alone."""
    permission = world.needs(rule.endpoint)
    if permission is None:
        return True
    office = not rule.endpoint.startswith("console.") or role in PERMISSIONS["ledger.read"]
    return office and role in PERMISSIONS[permission]


@every
def test_a_route_says_who_may(world: World, rule: Rule) -> None:
    permission = world.needs(rule.endpoint)
    assert (permission in PERMISSIONS) != (rule.endpoint in PUBLIC)


def test_nothing_on_the_list_of_public_routes_is_gone() -> None:
    assert {rule.endpoint for rule in RULES} >= PUBLIC


@every
def test_nobody_is_sent_to_sign_in(world: World, rule: Rule) -> None:
    if rule.endpoint in PUBLIC:
        assert world.call("", "GET", "/console/").status_code == 302
        return
    for method in methods(rule):
        answer = world.call("", method, world.address(rule))
        if method != "GET":  # what was written must not be lost on the way
            assert answer.status_code == 401
            assert 'href="/login' in answer.get_data(as_text=True)
            continue
        assert answer.status_code == 302
        assert answer.location.startswith("/login")


@every
def test_a_role_without_the_permission_is_refused(world: World, rule: Rule) -> None:
    refused = [name for name, role in INSIDERS.items() if not may(world, rule, role)]
    with nothing_written(world):
        for account in refused:
            for method in methods(rule):
                answer = world.call(account, method, world.address(rule))
                assert answer.status_code == 403, account


@pytest.mark.parametrize("rule", READING, ids=said)
def test_a_page_opens_for_whoever_may_and_writes_nothing(world: World, rule: Rule) -> None:
    for account, role in INSIDERS.items():
        holds = role != "inspector" or not rule.arguments  # the sample is in a unit's hands
        if not (may(world, rule, role) and holds):
            continue
        with nothing_written(world):
            answer = world.call(account, "GET", world.address(rule))
        assert answer.status_code in (200, 302), account


@pytest.mark.parametrize("rule", READING, ids=said)
def test_bytes_leave_as_downloads_that_nothing_runs(world: World, rule: Rule) -> None:
    """But for what a page shows or plays: pictures made anew, recordings; and machines figures."""
    if rule.endpoint in READ_BY_MACHINES:
        return
    for account in INSIDERS:
        answer = world.call(account, "GET", world.address(rule))
        if answer.mimetype in ("text/html", "application/json"):
            assert "Content-Disposition" not in answer.headers
            continue
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        inline = rule.rule.endswith("/picture") and answer.mimetype in ("image/png", "image/jpeg")
        inline |= rule.endpoint == "console.recording" and answer.mimetype in PLAYED
        said = answer.headers["Content-Disposition"]
        assert said == "inline" if inline else said.startswith("attachment; filename")


@pytest.mark.parametrize("rule", CHANGING, ids=said)
def test_without_a_form_token_nothing_is_changed(world: World, rule: Rule) -> None:
    for account in ("", "operator", "supervisor", "unit"):
        client = world.visit(account).client
        with nothing_written(world):
            answer = client.open(world.address(rule), method=methods(rule)[-1], data={"text": "写"})
        ends_the_letter = rule.endpoint == "public.leave"
        refusals = (400, 403) if account else (400, 403, 401)
        assert ends_the_letter or answer.status_code in refusals, account
        check_headers(answer)


@pytest.mark.parametrize("rule", ABOUT_AN_OBJECT, ids=said)
def test_what_lies_outside_the_scope_looks_as_if_it_never_was(world: World, rule: Rule) -> None:
    outsiders = STRANGERS if rule.arguments & ABOUT_NO_UNIT else OUTSIDERS
    allowed = [name for name, role in outsiders.items() if may(world, rule, role)]
    assert allowed
    for account, method in product(allowed, methods(rule)):
        with nothing_written(world):
            real = world.call(account, method, world.address(rule))
            none = world.call(account, method, world.address(rule, real=False))
        assert real.status_code == none.status_code == 404, account
        assert plain(real.get_data(as_text=True)) == plain(none.get_data(as_text=True))


def plain(html: str) -> str:
    """Leave out what differs between any two answers."""
    return re.sub(r'(name="csrf-?_?token" (value|content)|data-now)="[^"]*"', "", html)


@pytest.mark.parametrize("rule", CHANGING, ids=said)
def test_the_auditor_changes_nothing(world: World, rule: Rule) -> None:
    if rule.endpoint not in PUBLIC | OWN | ON_RECORD:
        with nothing_written(world):
            answer = world.call("auditor", methods(rule)[-1], world.address(rule))
        assert answer.status_code == 403


@pytest.mark.parametrize("rule", MACHINES, ids=said)
def test_no_session_opens_what_is_a_machines(world: World, rule: Rule) -> None:
    address = rule.rule.replace("<path:order>", "GD-1")
    for account, method in product(("", *INSIDERS), methods(rule)):
        with nothing_written(world):
            answer = world.call(account, method, address)
        assert answer.status_code == 401, account
        assert answer.mimetype == "application/problem+json"


# What pages offer and tell


def crawl(world: World, account: str, start: str, deep: int = 3) -> Iterator[Page]:
    """Open what pages link to, at most `deep` pages of each route; a dead link fails."""
    waiting, seen, often = [start], {start}, dict.fromkeys((rule.endpoint for rule in RULES), 0)
    while waiting:
        address = waiting.pop(0)
        endpoint = _endpoint(world, address.partition("?")[0].partition("#")[0], "GET")
        often[endpoint] += 1
        if often[endpoint] > deep or endpoint == "static":
            continue
        page = world.page(account, address)
        assert page.status in (200, 302), f"{address} on a page of {account}"
        yield page
        found = [link.partition("#")[0] for link in page.links if link.startswith("/")]
        if page.status == 302:
            found.append(page.response.location)
        waiting += [link for link in dict.fromkeys(found) if link not in seen]
        seen.update(found)


def _endpoint(world: World, path: str, method: str) -> str:
    try:
        return str(world.app.url_map.bind("localhost").match(path, method=method)[0])
    except HTTPException as error:
        raise AssertionError(f"no page stands behind {method} {path}") from error


@pytest.mark.parametrize("account", INSIDERS)
def test_a_page_offers_only_what_its_reader_may_do(world: World, account: str) -> None:
    start = "/unit/" if account in ("unit", "inspector") else "/console/"
    start = "/console/people" if account == "admin" else start
    by_endpoint = {rule.endpoint: rule for rule in RULES}
    walked = 0
    for page in crawl(world, account, start):
        walked += 1
        for form in page.forms:
            path = (form.action or page.path).partition("?")[0]
            endpoint = _endpoint(world, path, form.method.upper())
            assert may(world, by_endpoint[endpoint], INSIDERS[account]), f"{path} on {page.path}"
    assert walked > 3


def texts(session: Session) -> set[str]:
    """Return the beginnings of everything that was written about cases."""
    columns = (Report.text, Report.subject, Item.matter, Item.dispatch_text, Item.rectify_text)
    columns += (Finding.basis, Reply.text)
    found = {text.strip()[:24] for one in columns for text in session.scalars(select(one))}
    return {text for text in found if len(text) >= 6}


def test_the_administrator_reads_no_case_text(world: World) -> None:
    with world.database.read() as session:
        secret = texts(session)
    assert len(secret) > 60
    for page in crawl(world, "admin", "/console/people", deep=8):
        assert [text for text in secret if text in page.text] == [], page.path


def test_a_unit_reads_what_was_written_for_it_and_nothing_else(world: World) -> None:
    with world.database.read() as session:
        people = session.scalars(select(User).where(User.role == "unit", User.active)).all()
        secret = _unseen(session)
        told = {user.username: _of_others(session, user.unit_id or 0) for user in people}
    walked = 0
    for account, others in told.items():
        if account.startswith("stranger"):
            continue
        pages = list(crawl(world, account, "/unit/", deep=12))
        walked += len(pages)
        for page in pages:
            assert [one for one in secret | others if one in page.html] == [], (account, page.path)
    assert walked > len(told) + 10


def _unseen(session: Session) -> set[str]:
    """Return what no unit may read: reports, numbers, names of attached files."""
    columns = (Report.text, Report.subject, Report.number, Case.number, Attachment.name)
    found = {text.strip()[:24] for one in columns for text in session.scalars(select(one))}
    return {text for text in found if len(text) >= 6}


def _of_others(session: Session, unit: int) -> set[str]:
    """Return the texts that were written for other units than this one."""
    items = session.scalars(select(Item)).all()
    mine = {one.dispatch_text for one in items if one.verifying_unit_id == unit}
    mine |= {
        one.rectify_text or one.dispatch_text for one in items if one.rectifying_unit_id == unit
    }
    texts = {one.dispatch_text for one in items if one.verifying_unit_id != unit}
    texts |= {one.rectify_text for one in items if one.rectifying_unit_id != unit}
    return {text for text in texts - mine if len(text) >= 6}


def test_the_unit_reported_does_not_learn_of_a_tip(world: World) -> None:
    with world.database.read() as session:
        tips = session.scalars(select(Case).where(Case.kind == "tip", Case.unit_id.is_not(None)))
        told = [
            (account, *_of_tip(session, tip)) for tip in tips for account in _people(session, tip)
        ]
    assert len(told) > 4
    for account, secret, items in told:
        pages = list(crawl(world, account, "/unit/", deep=12))
        assert [one for one in secret for page in pages if one in page.html] == []
        for item in items:
            assert world.call(account, "GET", f"/unit/items/{item}").status_code == 404


def _people(session: Session, tip: Case) -> Sequence[str]:
    return session.scalars(select(User.username).where(User.unit_id == tip.unit_id)).all()


def _of_tip(session: Session, tip: Case) -> tuple[set[str], list[int]]:
    """Return what of a tip may stand on no page of the unit reported, and the items it has not."""
    reports = session.scalars(select(Report).where(Report.case_id == tip.id)).all()
    items = session.scalars(select(Item).where(Item.case_id == tip.id)).all()
    secret = {tip.number, tip.matter[:24], *(report.number for report in reports)}
    secret |= {item.dispatch_text for item in items if item.dispatch_text}
    return secret, [item.id for item in items if item.rectifying_unit_id != tip.unit_id]
