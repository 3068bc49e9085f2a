"""Large files in pieces within the office and from its units: at the desk, and as evidence."""

import hashlib

from sqlalchemy import select

from caseflow.files.tables import Blob
from caseflow.ledger.tables import Evidence
from tests.web import test_unit
from tests.web.public_door import attached
from tests.web.site import Page, Site
from tests.web.test_assisting import asked
from tests.web.test_extension_answers import with_room
from tests.web.test_pieces import FILM, HALF
from tests.web.test_visits import told
from tests.web.walking import dispatched, item_of, on_item

PATH, DESK, UNIT = "/console/desk/pieces", "/console/desk", "/unit/pieces"
FILM_AS_IT_CAME = ("后厨.mp4", hashlib.sha256(FILM).hexdigest())


def sent(page: Page, nonce: str, path: str = PATH) -> str:
    """Send a film in two pieces as the script does; return how the form names it."""
    client, proof = page.visit.client, {"X-CSRFToken": page.csrf}
    said = {"csrf_token": page.csrf, "nonce": nonce}
    begun = client.post(path, data={**said, "name": "后厨.mp4", "size": str(len(FILM))})
    assert begun.status_code == 201, begun.text
    token = {"Upload-Token": str(begun.json["token"]), **proof}  # type: ignore[index]
    for place in range(0, len(FILM), HALF):
        headers = {**token, "Upload-Offset": str(place)}
        answer = client.patch(path, data=FILM[place : place + HALF], headers=headers)
        assert answer.status_code == 204
    whole = client.post(f"{path}/whole", data=said, headers=token)
    return str(whole.json["kept"])  # type: ignore[index]


def signed_for(site: Site, move: str) -> tuple[str, Page]:
    """Return where a move of an item goes that the handler holds, and the page of its case."""
    number = dispatched(site)
    on_item(site, "handler", number, "sign_for")
    at = f"/console/items/{item_of(site, number).id}/{move}"
    return at, site.as_("handler").get(f"/console/cases/{number}")


def handed_in(site: Site) -> list[tuple[str, str]]:
    """Return name and digest of all evidence there is."""
    query = select(Evidence.name, Blob.sha256).join(Blob, Blob.id == Evidence.blob_id)
    return [(name, digest) for name, digest in site.ask(lambda s: s.execute(query).all())]


def test_a_film_comes_with_a_sheet_of_the_desk(site: Site) -> None:
    page = site.as_("operator").get(f"{DESK}?channel=window")
    fields = page.form(DESK).fields
    kept = sent(page, fields["nonce"][0])
    page.visit.sent(DESK, {**fields, "kind": "tip", "text": "后厨有老鼠", "kept": kept})
    assert attached(site) == [("后厨.mp4", len(FILM))]


def test_a_film_is_handed_in_as_evidence_and_what_came_is_not_lost_by_an_error(site: Site) -> None:
    at, page = signed_for(site, "find")
    form = page.form(at).fields
    kept = sent(page, form["nonce"][0])
    refused = page.visit.sent(at, {**form, "basis": "", "kept": kept})
    assert refused.status == 422
    again = refused.form(at).fields
    assert (again["kept"], again["nonce"]) == ([kept], form["nonce"])
    refused.send(at, result="unsubstantiated", basis="现场查看")
    assert handed_in(site) == [FILM_AS_IT_CAME]


def test_what_is_gone_after_two_hours_is_asked_for_again(site: Site) -> None:
    at, page = signed_for(site, "hand_in")
    form = page.form(at).fields
    kept = sent(page, form["nonce"][0])
    site.later(hours=3)
    refused = page.visit.sent(at, {**form, "kept": kept})
    assert refused.status == 422
    assert "已经过期" in refused.text


def test_nobody_sends_pieces_but_people_of_the_office_with_their_token(site: Site) -> None:
    said = {"nonce": "n" * 24, "name": "a.mp4", "size": "10"}
    assert site.as_("school").post(PATH, **said).status == 403
    assert site.as_("handler").sent(PATH, said).status == 400
    assert site.as_("handler").post(PATH, **said).status == 201


def test_a_unit_hands_a_film_in_and_it_is_not_lost_by_an_error(site: Site) -> None:
    item_id = test_unit.rectifying(site)
    submit = test_unit.at(item_id, "submit")
    page = test_unit.open_item(site, item_id)
    form = page.form(submit).fields
    kept = sent(page, form["nonce"][0], UNIT)
    refused = page.visit.sent(submit, {**form, "done": "", "kept": kept})
    again = refused.form(submit).fields
    assert (refused.status, again["kept"], again["nonce"]) == (422, [kept], form["nonce"])
    refused.send(submit, done="已消毒，有录像")
    assert test_unit.state(site, item_id) == "submitted"
    assert handed_in(site) == [FILM_AS_IT_CAME]


def test_a_film_that_the_move_does_not_take_along_waits_in_the_form(site: Site) -> None:
    _, item_id = with_room(site)
    page = test_unit.open_item(site, item_id)
    extend, find = test_unit.at(item_id, "extend"), test_unit.at(item_id, "find")
    form = page.form(find).fields
    kept = sent(page, form["nonce"][0], UNIT)
    time = {"until": "2026-03-19", "grounds": "等检测结果"}
    page = page.visit.sent(extend, {**form, **time, "kept": kept})
    assert "延期申请已提交" in page.text
    again = page.form(find).fields
    assert (again["kept"], again["nonce"]) == ([kept], form["nonce"])
    assert page.send(find, result="unsubstantiated", basis="看了录像").status == 200
    assert handed_in(site) == [FILM_AS_IT_CAME]


def test_a_saved_film_is_not_offered_a_second_time(site: Site) -> None:
    item_id = test_unit.rectifying(site)
    page = test_unit.open_item(site, item_id)
    form = page.form(test_unit.at(item_id, "submit")).fields
    kept = sent(page, form["nonce"][0], UNIT)
    brought = {**form, "kept": kept, "done": "还在写"}
    page = page.visit.sent(test_unit.at(item_id, "evidence"), brought)
    again = page.form(test_unit.at(item_id, "submit")).fields
    assert (again["done"], again.get("kept")) == (["还在写"], None)
    assert again["nonce"] != form["nonce"]
    assert handed_in(site) == [FILM_AS_IT_CAME]


def test_a_unit_that_is_asked_beside_another_answers_with_a_film(site: Site) -> None:
    item_id = test_unit.dispatched(site)
    test_unit.signed(site, item_id)
    _, there = asked(site, item_id)
    page, answer = site.as_("academy").get(there), f"{there}/answer"
    form = page.form(answer).fields
    kept = sent(page, form["nonce"][0], UNIT)
    refused = page.visit.sent(answer, {**form, "kept": kept})
    again = refused.form(answer).fields
    assert (refused.status, again["kept"], again["nonce"]) == (422, [kept], form["nonce"])
    assert refused.send(answer, answer="见录像").status == 200
    assert handed_in(site) == [FILM_AS_IT_CAME]


def test_a_visit_brings_a_film_and_what_came_is_not_lost_by_an_error(site: Site) -> None:
    at, page = signed_for(site, "visit")
    form = page.form(at).fields
    kept = sent(page, form["nonce"][0])
    refused = page.visit.sent(at, {**form, **told(site, saw=""), "kept": kept})
    again = refused.form(at).fields
    assert (refused.status, again["kept"], again["nonce"]) == (422, [kept], form["nonce"])
    assert "实地核查已记录。" in refused.send(at, saw="台面整洁").text
    assert handed_in(site) == [FILM_AS_IT_CAME]


def test_an_inspectors_film_of_a_visit_stays_with_the_visit(site: Site) -> None:
    item_id = test_unit.dispatched(site, inspector=True)
    test_unit.open_item(site, item_id, "inspector").send(test_unit.at(item_id, "sign_for"))
    site.later(minutes=10)
    page, visit = test_unit.open_item(site, item_id, "inspector"), test_unit.at(item_id, "visit")
    form = page.form(visit).fields
    assert "/unit/pieces" in page.html
    kept = sent(page, form["nonce"][0], UNIT)
    alone = told(site, companion="", others="")
    refused = page.visit.sent(visit, {**form, **alone, "kept": kept})
    again = refused.form(visit).fields
    assert (refused.status, again["kept"], again["nonce"]) == (422, [kept], form["nonce"])
    other = refused.form(test_unit.at(item_id, "find")).fields
    assert (other.get("kept"), other["nonce"] == form["nonce"]) == (None, False)
    refused.send(visit, others="李督学、王专家")
    assert handed_in(site) == [FILM_AS_IT_CAME]
    with_film = select(Evidence.visit_id)
    assert site.ask(lambda s: s.scalars(with_film).one()) is not None


def test_units_send_pieces_by_their_own_door_with_their_token(site: Site) -> None:
    said = {"nonce": "n" * 24, "name": "a.mp4", "size": "10"}
    assert site.as_("handler").post(UNIT, **said).status == 403
    assert site.as_("school").sent(UNIT, said).status == 400
    assert site.as_("school").post(UNIT, **said).status == 201
    assert site.as_("school").post(UNIT, **{**said, "nonce": "kurz"}).status == 403
