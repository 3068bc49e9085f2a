"""How many documents wait for whoever is signed in, beside 督办文书 in the navigation."""

from sqlalchemy import select

from caseflow.escalation import sweep
from caseflow.escalation import waiting as documents
from caseflow.escalation.tables import Order
from caseflow.ledger.waiting import waiting
from caseflow.people.accounts import actor_of
from caseflow.people.tables import User
from tests.web.site import Site
from tests.web.test_console_lists import statements
from tests.web.test_console_orders import neglected, order, settle
from tests.web.test_nav_counts import counts, keep_away

OFFICE = ("handler", "reviewer", "supervisor", "leader", "city", "stranger", "auditor")


def counted(site: Site) -> dict[str, int]:
    """Return what the navigation counts for everybody for whom a document waits."""
    found = {one: counts(site.as_(one).get("/console/orders")).get("orders", 0) for one in OFFICE}
    return {one: count for one, count in found.items() if count}


def test_a_draft_waits_for_whoever_may_sign_it_and_an_answer_for_whoever_judges_it(
    site: Site,
) -> None:
    neglected(site, days=3)
    assert counted(site) == {"supervisor": 1, "leader": 1}
    settle(site, "supervisor", "edit", text="请三日内报告。")
    assert counted(site) == {"leader": 1}, "whoever changed it does not sign it"
    settle(site, "leader", "issue")
    assert counted(site) == {}
    path = f"/unit/orders/{order(site).id}"
    site.as_("school").get(path).send(f"{path}/answer", text="已经在办。")
    assert counted(site) == {"supervisor": 1, "leader": 1}
    keep_away(site, "leader", "school")
    assert counted(site) == {"supervisor": 1}
    settle(site, "supervisor", "accept")
    assert counted(site) == {}


def test_what_the_city_signs_or_issued_waits_for_the_city(site: Site) -> None:
    neglected(site, days=3)
    for _ in range(5):
        site.later(days=7)
        sweep.run(site.database, site.now)
    of_city = ("listed", "accountability")
    drafts = site.ask(lambda s: s.scalars(select(Order.kind)).all())
    above = sum(one in of_city for one in drafts)
    assert counted(site)["city"] == above
    assert counted(site)["supervisor"] == len(drafts) - above > 0
    path = f"/console/orders/{order(site, 'listed').id}"
    site.as_("city").get(path).send(f"{path}/issue")
    at_unit = path.replace("console", "unit")
    site.as_("school").get(at_unit).send(f"{at_unit}/answer", text="已经在办。")
    assert counted(site)["city"] == above
    assert counted(site)["supervisor"] == len(drafts) - above


def test_as_many_are_counted_as_the_list_says_are_mine(site: Site) -> None:
    """Each as the page of each document says it, in one statement however many there are."""
    for days in (3, 12, 40):
        neglected(site, days=days)
    sweep.run(site.database, site.now)
    keep_away(site, "leader", "school")
    for name in ("supervisor", "leader"):
        offered = 0
        for one in site.ask(lambda s: s.scalars(select(Order.id)).all()):
            page = site.as_(name).get(f"/console/orders/{one}")
            offered += page.offers(f"/console/orders/{one}/cancel")
        assert counted(site).get(name, 0) == offered
        person = site.ask(lambda s, n=name: actor_of(s, s.get_one(User, site.office[n].person)))
        with statements(site) as sent:
            site.ask(lambda s, p=person: waiting(s, p, None, documents.mine))
        assert len([one for one in sent if one.startswith("SELECT")]) == 1
