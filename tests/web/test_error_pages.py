"""Where an error page leads whoever is signed in: back to their own work."""

import pytest

from tests.web.site import Site


@pytest.mark.parametrize(
    ("name", "path", "home", "label"),
    [
        ("school", "/unit/items/999999", "/unit/", "回到要办的事项"),
        ("handler", "/console/cases/430503-2026-999999", "/console/", "回到待办"),
        ("administrator", "/console/nowhere", "/console/people", "回到人员与单位"),
    ],
)
def test_a_page_that_is_not_there_leads_back_to_ones_own_work(
    site: Site, name: str, path: str, home: str, label: str
) -> None:
    page = site.as_(name).get(path)
    assert page.status == 404
    assert home in page.links
    assert label in page.text
    assert "查进度" not in page.text
    assert "查进度" in site.nobody().get("/nowhere").text
