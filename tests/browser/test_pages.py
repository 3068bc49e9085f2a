"""Every page, wide and on a telephone, in both languages: for everybody to use, and nothing odd."""

from contextlib import suppress

import pytest
from sqlalchemy import ScalarSelect, select
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from caseflow.app import create_app, services
from caseflow.escalation.tables import Order
from caseflow.files.tables import Blob
from caseflow.ledger.assistance_tables import Assistance
from caseflow.ledger.queries import visible
from caseflow.ledger.states import CASE_STATES
from caseflow.ledger.tables import Case, Evidence, Item
from caseflow.ledger.visit_tables import Visit
from caseflow.people.accounts import actor_of
from caseflow.people.scope import scope_of
from caseflow.people.tables import User
from caseflow.publishing.tables import Circular
from config import Settings
from tests.browser import test_admin
from tests.browser.house import House
from tests.browser.looking import LANGUAGES, Sight, arrive, at, look

NOBODY = ""


def a_case(state: str, account: str = "supervisor") -> Sight:
    def first(session: Session) -> str:
        user = session.scalars(select(User).where(User.username == account)).one()
        query = select(Case.number).where(
            Case.state == state, visible(scope_of(actor_of(session, user)))
        )
        return session.scalars(query.order_by(Case.id).limit(1)).one()

    return Sight(
        f"{account}:case {state}", account, lambda house: f"/console/cases/{house.ask(first)}"
    )


def an_item(state: str, account: str) -> Sight:
    def path(house: House) -> str:
        query = select(Case.number).join(Item, Item.case_id == Case.id)
        query = query.where(Item.state == state).order_by(Item.id).limit(1)
        return f"/console/cases/{house.ask(lambda s: s.scalars(query).one())}"

    return Sight(f"{account}:item {state}", account, path)


def an_order(state: str, account: str) -> Sight:
    def path(house: House) -> str:
        query = select(Order.id).where(Order.state == state).order_by(Order.id).limit(1)
        return f"/console/orders/{house.ask(lambda s: s.scalars(query).one())}"

    return Sight(f"{account}:order {state}", account, path)


def held(state: str, account: str = "unit") -> Sight:
    """An item in the hands of the unit that verifies it, as its own handler sees it."""

    def path(house: House) -> str:
        query = select(Item.id).where(Item.state == state, Item.inspector_id.is_(None))
        query = query.where(Item.verifying_unit_id == of_account(account)).limit(1)
        return f"/unit/items/{house.ask(lambda s: s.scalars(query).one())}"

    return Sight(f"{account}:item {state}", account, path)


def received_order() -> Sight:
    def path(house: House) -> str:
        query = select(Order.id).where(Order.state == "issued")
        query = query.where(Order.unit_id == of_account("unit")).limit(1)
        return f"/unit/orders/{house.ask(lambda s: s.scalars(query).one())}"

    return Sight("unit:order", "unit", path)


def alike() -> Sight:
    """What may be the same matter as a case that is fresh."""

    def path(house: House) -> str:
        query = select(Case.number).where(Case.state == "accepted", Case.reviews.is_(None))
        number = house.ask(lambda s: s.scalars(query.order_by(Case.id).limit(1)).one())
        return f"/console/cases/{number}/same"

    return Sight("supervisor:same", "supervisor", path)


def passed_on() -> Sight:
    """A case that waits for another office to sign for it."""

    def path(house: House) -> str:
        query = select(Case.number).where(Case.bound_for.is_not(None)).order_by(Case.id).limit(1)
        return f"/console/passages/{house.ask(lambda s: s.scalars(query).one())}"

    return Sight("city:passage", "city", path)


def a_visit() -> Sight:
    """What two people saw on the spot."""

    def path(house: House) -> str:
        query = select(Visit.id).order_by(Visit.id).limit(1)
        return f"/console/visits/{house.ask(lambda s: s.scalars(query).one())}"

    return Sight("handler:visit", "handler", path)


def an_original() -> Sight:
    """Why somebody wants a picture as it came."""

    def path(house: House) -> str:
        query = select(Evidence.id).join(Blob, Blob.id == Evidence.blob_id)
        query = query.where(Blob.shown_id.is_not(None)).order_by(Evidence.id).limit(1)
        return f"/console/evidence/{house.ask(lambda s: s.scalars(query).one())}/original"

    return Sight("supervisor:original", "supervisor", path)


def a_circular(state: str, account: str) -> Sight:
    def path(house: House) -> str:
        query = select(Circular.id).where(Circular.state == state).order_by(Circular.id).limit(1)
        return f"/console/circulars/{house.ask(lambda s: s.scalars(query).one())}"

    return Sight(f"{account}:circular {state}", account, path)


def asked_to_assist() -> Sight:
    """What a unit is asked beside another one that leads."""

    def path(house: House) -> str:
        query = select(Assistance.id).where(Assistance.unit_id == of_account("unit")).limit(1)
        return f"/unit/assistance/{house.ask(lambda s: s.scalars(query).one())}"

    return Sight("unit:assistance", "unit", path)


def assisted() -> Sight:
    """The case in which units assist, with what the office can do about it."""

    def path(house: House) -> str:
        query = select(Case.number).join(Item, Item.case_id == Case.id)
        query = query.join(Assistance, Assistance.item_id == Item.id).limit(1)
        return f"/console/cases/{house.ask(lambda s: s.scalars(query).one())}"

    return Sight("handler:assisted", "handler", path)


def of_account(username: str) -> ScalarSelect[int | None]:
    return select(User.unit_id).where(User.username == username).scalar_subquery()


# States that somebody else than the supervisor looks at most.
LOOKS_AT = {"awaiting_reporter": "handler", "declined": "auditor", "calling_back": "operator"}

SIGHTS = (
    *(at(NOBODY, path) for path in ("/", "/report", "/track", "/contact", "/login")),
    at(NOBODY, "/nowhere", 404),
    at("supervisor", "/console/"),
    at("auditor", "/console/?state=closed"),
    at("handler", "/console/?q=食堂"),
    at("handler", "/console/?q=没有这几个字"),
    *(
        at("operator", f"/console/desk?channel={channel}")
        for channel in ("telephone", "window", "letter", "handed_down")
    ),
    at("operator", "/console/desk/handover"),
    at("operator", "/console/desk/calls"),
    at("operator", "/console/desk/duty"),
    at("operator", "/console/desk/paste"),
    at("reviewer", "/console/check"),
    at("supervisor", "/console/orders"),
    at("leader", "/console/orders?state=issued"),
    *(a_case(state, LOOKS_AT.get(state, "supervisor")) for state in CASE_STATES if state != "void"),
    a_case("received", "operator"),
    an_item("submitted", "reviewer"),
    an_item("draft", "handler"),
    alike(),
    passed_on(),
    a_visit(),
    an_original(),
    assisted(),
    asked_to_assist(),
    at("supervisor", "/console/figures"),
    at("supervisor", "/console/imports"),
    at("supervisor", "/console/ledger-sheet"),
    at("auditor", "/console/ledger-sheet"),
    at("leader", "/console/circulars"),
    at("supervisor", "/console/circulars/new"),
    a_circular("drafted", "reviewer"),
    a_circular("published", "leader"),
    an_order("draft", "supervisor"),
    an_order("issued", "leader"),
    at("unit", "/unit/"),
    at("inspector", "/unit/"),
    held("dispatched", "yanhui"),
    *(held(state) for state in ("verifying", "rectifying", "submitted", "struck_off")),
    received_order(),
    at("reviewer", "/account"),
    at("handler2", "/account"),
    at("handler", "/console/?mine=1"),
)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("sight", SIGHTS, ids=lambda sight: sight.name)
def test_a_page_is_for_everybody(shown: House, sight: Sight, lang: str) -> None:
    page = shown.as_(sight.account) if sight.account else shown.as_nobody()
    before = len(shown.trouble)
    arrive(page, sight.path(shown), lang, sight.status)
    look(page, sight.name, lang)
    assert shown.trouble[before:] == []


# What answers with no page of its own: files, pieces of a page, and what machines ask.
NO_PAGE = {
    "static",
    "public.healthz",
    "public.readyz",
    "public.metrics",
    *("desk.owed_now", "desk.ringing", "desk.ringing_stream", "console.recording"),
    *("public.stand_of_pieces", "desk.stand_of_pieces", "unit.stand_of_pieces"),
    "console.stand_of_pieces",
    *("public.form_in_language", "public.ask_in_language"),  # lead on to the page itself
    *("console.attachment", "console.attachment_picture"),
    *("console.evidence", "console.evidence_picture"),
    *("unit.evidence", "unit.evidence_picture"),
    *("console.order_pdf", "unit.order_pdf", "console.report_back_pdf"),
    *("api.waiting", "api.standing"),
    *("console.visit_pdf", "console.figure_table", "console.inquiry_pdf"),
    *("console.inquiry_paper_pdf", "console.inquiry_evidence"),
    *("console.import_report", "console.export_sheet"),
    *("console.circular_pdf", "console.public_circular_pdf"),
}
# Looked at where there is one: a test makes it (test_answers.py).
# The page of an original is one, whichever file it is about.
ELSEWHERE = {"admin.outbox_message", "console.inquiry_page", "console.import_page"} | {
    *("console.attachment_original", "console.inquiry_original"),
}


def test_every_page_of_the_site_is_looked_at(shown: House) -> None:
    app = create_app(services(Settings.read({"CASEFLOW_HOME": str(shown.home)})))
    address = app.url_map.bind("")
    looked_at = set()
    for sight in (*SIGHTS, *test_admin.SIGHTS):
        with suppress(NotFound):
            looked_at.add(address.match(sight.path(shown).partition("?")[0])[0])
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert pages - looked_at == NO_PAGE | ELSEWHERE
