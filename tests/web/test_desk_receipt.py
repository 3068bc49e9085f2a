"""What whoever stands at the window, or is on the telephone, is promised: the desk's receipt."""

import pytest

from tests.web.site import Site
from tests.web.test_desk import CARD, log


def test_the_receipt_promises_in_plain_words_what_is_true_tomorrow_too(site: Site) -> None:
    page = log(site, "window")
    assert "答复您 最晚 3月17日(周二) 24:00" in page.text
    saved = page.text[page.text.index("已登记") : page.text.index("以前的")]
    assert not any(word in saved for word in ("剩", "告知反映人", "办结期限"))


@pytest.mark.parametrize("channel", ["telephone", "window", "letter", "handed_down"])
@pytest.mark.parametrize("kind", ["question", "complaint"])
def test_nobody_is_told_of_the_acceptance_after_the_end(
    site: Site, channel: str, kind: str
) -> None:
    page = log(
        site, channel, kind=kind, **({"sender": "区委办"} if channel == "handed_down" else {})
    )
    assert "答复期限" in page.text if channel == "handed_down" else "答复您" in page.text
    assert "是否受理" not in page.text
    assert "告知反映人" not in page.text


def test_a_moment_of_today_has_its_day_on_paper(site: Site) -> None:
    page = log(site, "window", **CARD)
    assert "告诉您是否受理 最晚 今天 12:00 最晚 3月3日(周二) 12:00" in page.text
    assert '<span class="only-print">最晚 3月3日(周二) 12:00</span>' in page.html
