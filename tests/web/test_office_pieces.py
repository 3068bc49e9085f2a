"""Large files of the office in pieces: at the desk, and as evidence on a case."""

import hashlib

from sqlalchemy import select

from caseflow.files.tables import Blob
from caseflow.ledger.tables import Evidence
from tests.web.public_door import attached
from tests.web.site import Page, Site
from tests.web.test_pieces import FILM, HALF
from tests.web.walking import dispatched, item_of, on_item

PATH, DESK = "/console/desk/pieces", "/console/desk"


def sent(page: Page, nonce: str) -> str:
    """Send a film in two pieces as the script does; return how the form names it."""
    client, proof = page.visit.client, {"X-CSRFToken": page.csrf}
    said = {"csrf_token": page.csrf, "nonce": nonce}
    begun = client.post(PATH, data={**said, "name": "后厨.mp4", "size": str(len(FILM))})
    assert begun.status_code == 201, begun.text
    token = {"Upload-Token": str(begun.json["token"]), **proof}  # type: ignore[index]
    for place in range(0, len(FILM), HALF):
        headers = {**token, "Upload-Offset": str(place)}
        answer = client.patch(PATH, data=FILM[place : place + HALF], headers=headers)
        assert answer.status_code == 204
    whole = client.post(f"{PATH}/whole", data=said, headers=token)
    return str(whole.json["kept"])  # type: ignore[index]


def signed_for(site: Site, move: str) -> tuple[str, Page]:
    """Return where a move of an item goes that the handler holds, and the page of its case."""
    number = dispatched(site)
    on_item(site, "handler", number, "sign_for")
    at = f"/console/items/{item_of(site, number).id}/{move}"
    return at, site.as_("handler").get(f"/console/cases/{number}")


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
    query = select(Evidence.name, Blob.sha256).join(Blob, Blob.id == Evidence.blob_id)
    found = site.ask(lambda s: s.execute(query).all())
    assert [tuple(one) for one in found] == [("后厨.mp4", hashlib.sha256(FILM).hexdigest())]


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
