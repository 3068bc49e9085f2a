"""What the office above is told before it gives away that it may judge."""

from tests.web.public_door import the_case
from tests.web.site import Site
from tests.web.test_reviews import answered


def test_whoever_looks_again_from_above_is_told_what_that_means(site: Site) -> None:
    number = the_case(site, answered(site).number).number
    gives_away = "看过并同意以后，您不能再对这个答复作出复查、复核意见。"
    assert gives_away in site.as_("city").get(f"/console/cases/{number}").text
    assert gives_away not in site.as_("supervisor").get(f"/console/cases/{number}").text
