"""Keeping somebody away from a unit, over HTTP: at once, with its branches, on the record."""

import pytest

from tests.web.site import Page, Site
from tests.web.walking import dispatched


def path_of(site: Site, name: str) -> str:
    return f"/console/people/{site.office[name].person}"


def recused(site: Site, name: str, unit: str) -> Page:
    path = path_of(site, name)
    page = site.as_("administrator").get(path)
    return page.send(f"{path}/recuse", away_from=str(site.office.units[unit]), why="亲属在校任教")


def status(site: Site, name: str, number: str) -> int:
    return site.as_(name).get(f"/console/cases/{number}").status


def test_what_is_about_the_unit_is_gone_for_them_and_comes_back(site: Site) -> None:
    number = dispatched(site, "academy", unit=site.office.units["school"])
    assert status(site, "reviewer", number) == 200
    page = recused(site, "reviewer", "school")
    assert "亲属在校任教" in page.text
    assert status(site, "reviewer", number) == 404
    assert status(site, "handler", number) == 200
    path = path_of(site, "reviewer")
    page.send(f"{path}/recusal/end", unit=str(site.office.units["school"]))
    assert status(site, "reviewer", number) == 200
    told = site.as_("auditor").get("/console/people/changes").text
    assert "登记回避 测试reviewer 测试school" in told
    assert "解除回避 测试reviewer 测试school" in told


def test_the_branches_of_a_school_are_the_school(site: Site) -> None:
    number = dispatched(site, "academy", unit=site.office.units["branch"])
    recused(site, "reviewer", "school")
    assert status(site, "reviewer", number) == 404


def test_the_school_of_a_branch_is_another_matter(site: Site) -> None:
    number = dispatched(site, "academy", unit=site.office.units["school"])
    recused(site, "reviewer", "branch")
    assert status(site, "reviewer", number) == 200


@pytest.mark.parametrize(("field", "value"), [("away_from", ""), ("why", " ")])
def test_unit_and_reason_are_asked_for(site: Site, field: str, value: str) -> None:
    path = path_of(site, "reviewer")
    typed = {"away_from": str(site.office.units["school"]), "why": "亲属", field: value}
    page = site.as_("administrator").get(path).send(f"{path}/recuse", **typed)
    assert page.status == 422
    assert "解除" not in page.text


def test_nobody_ends_their_own_and_none_is_ended_twice(site: Site) -> None:
    unit = str(site.office.units["school"])
    admin = site.as_("administrator")
    own = path_of(site, "administrator")
    assert admin.post(f"{own}/recuse", away_from=unit, why="亲属").status == 403
    assert admin.post(f"{own}/recusal/end", unit=unit).status == 403
    path = path_of(site, "reviewer")
    assert admin.post(f"{path}/recusal/end", unit=unit).status == 409
    assert site.as_("reviewer").post(f"{path}/recusal/end", unit=unit).status == 403
