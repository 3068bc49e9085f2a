"""Every answer to a document is kept and read, also what came back."""

import pytest
from sqlalchemy import select

from caseflow import doctor
from caseflow.escalation.tables import Order, OrderAnswer
from tests.web.site import Site
from tests.web.test_console_orders import neglected, order, settle
from tests.web.test_order_lives import at_unit

FIRST, SECOND = "校长外出，已经在办。", "已经改正，附照片说明。"


def returned(site: Site) -> None:
    neglected(site, days=3)
    settle(site, "supervisor", "issue")
    at_unit(site, "answer", text=FIRST)
    settle(site, "supervisor", "return", reason="没有说明逾期原因")


def test_an_answer_that_came_back_is_read_beside_the_next(site: Site) -> None:
    returned(site)
    pages = lambda: (  # noqa: E731 - both sides, twice
        site.as_("supervisor").get(f"/console/orders/{order(site).id}").text,
        site.as_("school").get(f"/unit/orders/{order(site).id}").text,
    )
    for text in pages():
        assert text.count(FIRST) == 1
        assert "退回：没有说明逾期原因" in text
    at_unit(site, "answer", text=SECOND)
    office, unit = pages()
    for text in (office, unit):
        assert text.index(SECOND) < text.index(FIRST)
    assert "第 2 次" in office
    assert "第 1 次" in office
    rows = site.ask(lambda s: s.scalars(select(OrderAnswer).order_by(OrderAnswer.n)).all())
    assert [(one.n, one.text, one.returned_for) for one in rows] == [
        (1, FIRST, "没有说明逾期原因"),
        (2, SECOND, ""),
    ]
    assert rows[0].returned_by == site.office["supervisor"].id


@pytest.mark.parametrize("law", ["documents are signed, owed and lifted"])
def test_the_check_of_the_data_names_a_document_whose_answer_is_gone(site: Site, law: str) -> None:
    neglected(site, days=3)
    settle(site, "supervisor", "issue")
    at_unit(site, "answer", text=FIRST)

    def broken() -> list[str]:
        return site.ask(lambda s: [n for query in doctor.LAWS[law]() for n in s.scalars(query)])

    assert broken() == []
    site.do(lambda s: setattr(s.scalars(select(OrderAnswer)).one(), "text", "另一份答复"))
    assert len(broken()) == 1
    assert site.ask(lambda s: s.scalars(select(Order.state)).first()) == "answered"
