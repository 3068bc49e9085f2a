"""Orders as PDF: whoever may read one may take it along, and a draft says that it is one."""

from caseflow.web.document import official
from tests.web.site import Site
from tests.web.test_console_orders import neglected, order, settle


def test_a_draft_is_marked_and_an_issued_order_goes_to_its_unit(site: Site) -> None:
    neglected(site)
    path = f"/orders/{order(site).id}/pdf"
    assert official(order(site), "本办").mark == "草稿"
    page = site.as_("handler").get("/console" + path.removesuffix("/pdf"))
    assert "/console" + path in page.links
    draft = site.as_("handler").get("/console" + path).response
    assert (draft.mimetype, draft.data[:8]) == ("application/pdf", b"%PDF-1.7")
    assert site.as_("school").get("/unit" + path).status == 404, "a draft is none of its business"

    settle(site, "supervisor", "issue")
    shown = official(order(site), "本办")
    assert (shown.mark, shown.number) == ("", order(site).number)
    assert "/unit" + path in site.as_("school").get("/unit" + path.removesuffix("/pdf")).links
    issued = site.as_("school").get("/unit" + path).response
    assert issued.status_code == 200
    assert "filename*=UTF-8''%E7%9D%A3%E5%8A%9E%E5%8D%95" in issued.headers["Content-Disposition"]
    assert issued.data != draft.data
    site.later(days=1)
    assert site.as_("supervisor").get("/console" + path).response.data == issued.data


def test_who_may_not_read_an_order_gets_no_pdf(site: Site) -> None:
    neglected(site)
    path = f"/console/orders/{order(site).id}/pdf"
    assert site.as_("operator").get(path).status == 403
    assert site.nobody().get(path).path == "/login"
