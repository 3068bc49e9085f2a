"""The life of a circular: checked and signed by others, published, corrected, withdrawn."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.errors import BadInput, MoveNotAllowed, NotFound, NotPermitted
from caseflow.people.scope import scope_of
from caseflow.publishing import (
    circular_gate,
    circular_laws,
    circular_record,
    circulars,
    corrections,
    drafting,
    reading,
)
from caseflow.publishing.circular_states import CHECKS
from caseflow.publishing.tables import Correction
from tests.ledger.late import MARCH, Late, late_office


@pytest.fixture
def late(database: Database, now: datetime) -> Iterator[Late]:
    with late_office(database, now) as made:
        yield made


# Its life


def test_it_is_checked_signed_and_published_each_on_the_record(late: Late) -> None:
    circular = late.draft()
    late.published(circular)
    assert circular.state == "published"
    assert circular.number == "教督通报〔2026〕430503-1号"
    second = late.issued(late.draft())
    assert second.number == "教督通报〔2026〕430503-2号"
    told = circular_record.entries(late.session, circular)
    assert [(one.verb, one.user_id) for one in told] == [
        ("circular_drafted", late.office["supervisor"].person),
        ("circular_checked", late.office["reviewer"].person),
        ("circular_issued", late.office["leader"].person),
        ("circular_published", late.office["leader"].person),
    ]
    assert circular_record.facts(told[1])["checks"] == ["person", "minors", "act", "small"]
    assert list(circular_record.misfits(late.session)) == []


def test_whoever_wrote_it_does_not_check_it(late: Late) -> None:
    circular, me = late.draft(), late.office["supervisor"]
    with pytest.raises(NotPermitted, match="请由他人核对"):
        late.checked(circular, "supervisor")
    other = late.office.actors["second"] = replace(me, id=late.office["handler"].person)
    late.edited(circular, other, "完")
    late.edited(circular, me, "另")
    with pytest.raises(NotPermitted, match="请由他人核对"):
        late.checked(circular, "second")  # though another changed it last
    assert late.checked(circular).checked_by == late.office["reviewer"].person


def test_a_check_without_every_point_is_none(late: Late) -> None:
    circular = late.draft()
    for left_out in CHECKS["lateness"]:
        ticks = set(CHECKS["lateness"]) - {left_out}
        with pytest.raises(BadInput, match="每一项"):
            circulars.check(late.session, late.office["reviewer"], circular.id, ticks, late.now)
    assert circular.state == "drafted"


def test_what_was_changed_after_the_check_is_checked_again(late: Late) -> None:
    circular, me = late.draft(), late.office["supervisor"]
    late.checked(circular)
    late.edited(circular, me, "完")
    assert (circular.state, circular.checked_by) == ("drafted", None)
    with pytest.raises(MoveNotAllowed):
        circulars.issue(late.session, late.office["leader"], circular.id, late.now)
    with pytest.raises(BadInput, match="没有改动"):
        circulars.edit(late.session, me, circular.id, circular.text, circular.public_text, late.now)


def test_a_check_and_a_signature_can_be_refused_with_words(late: Late) -> None:
    circular = late.draft()
    for who, text_ in (("reviewer", "请写明截至日期"), ("leader", "请再核实一家")):
        if who == "leader":
            late.checked(circular)
        circulars.send_back(late.session, late.office[who], circular.id, text_, late.now)
        assert (circular.state, circular.returned_for) == ("drafted", text_)
    circulars.cancel(late.session, late.office["supervisor"], circular.id, "不再需要", late.now)
    assert (circular.state, circular.number) == ("cancelled", None)


def test_only_its_own_office_acts_and_nobody_who_must_keep_away(late: Late) -> None:
    circular = late.draft()
    city = replace(late.office["city"], role="reviewer")
    with pytest.raises(NotPermitted, match="起草这份通报的办公室"):
        circulars.check(late.session, city, circular.id, CHECKS["lateness"], late.now)
    school = frozenset({late.office.units["school"]})
    away = replace(late.office["reviewer"], recused=school)
    with pytest.raises(NotPermitted, match="回避"):
        circulars.check(late.session, away, circular.id, CHECKS["lateness"], late.now)
    for who in ("city", "stranger"):
        seen = reading.circulars(late.session, scope_of(late.office[who]))
        assert [row.circular.id for row in seen] == ([circular.id] if who == "city" else [])
    assert reading.circulars(late.session, scope_of(away)) == []
    with pytest.raises(NotFound):
        reading.whole(late.session, scope_of(away), circular.id)
    boss = replace(late.office["supervisor"], recused=school)
    with pytest.raises(NotPermitted, match="回避"):
        drafting.draft_lateness(late.session, boss, MARCH, late.now)


def test_a_form_that_is_too_late_changes_nothing(late: Late) -> None:
    circular = late.draft()
    seen = circular.head_n
    late.checked(circular)
    with pytest.raises(MoveNotAllowed, match="刚有变动"):
        circulars.issue(late.session, late.office["leader"], circular.id, late.now, seen=seen)


# What was published


def test_a_correction_is_another_text_that_another_person_publishes(late: Late) -> None:
    circular = late.published(late.draft())
    session, me, leader = late.session, late.office["supervisor"], late.office["leader"]
    before = circular.public_text
    args = (session, me, circular.id, "原文第一项的件数应为二件。", "重复计算", late.now)
    with pytest.raises(BadInput, match="测试school"):
        corrections.draft_correction(session, me, circular.id, "测试school未逾期", "错了", late.now)
    corrections.draft_correction(*args)
    with pytest.raises(MoveNotAllowed, match="已有一份"):
        corrections.draft_correction(*args)
    with pytest.raises(NotPermitted, match="由您起草"):
        corrections.publish_correction(session, me, circular.id, CHECKS["lateness"], late.now)
    with pytest.raises(BadInput, match="每一项"):
        corrections.publish_correction(session, leader, circular.id, ["minors"], late.now)
    corrections.refuse_correction(session, leader, circular.id, "写清楚是哪一项", late.now)
    assert circular.state == "published"
    corrections.draft_correction(*args)
    corrections.publish_correction(session, leader, circular.id, CHECKS["lateness"], late.now)
    assert (circular.state, circular.public_text) == ("corrected", before)
    [public] = reading.published_corrections(session, circular)
    assert (public.text, public.reason) == (args[3], args[4])
    assert list(circular_record.misfits(session)) == []
    with pytest.raises(MoveNotAllowed, match="没有等待"):
        corrections.publish_correction(session, leader, circular.id, CHECKS["lateness"], late.now)


def test_what_is_withdrawn_stays_on_the_record_and_ends(late: Late) -> None:
    circular = late.published(late.draft())
    session, leader = late.session, late.office["leader"]
    corrections.draft_correction(
        session, late.office["supervisor"], circular.id, "更正", "写错了", late.now
    )
    with pytest.raises(BadInput):
        circulars.withdraw(session, leader, circular.id, " ", late.now)
    circulars.withdraw(session, leader, circular.id, "数据有误", late.now)
    assert (circular.state, circular.reason) == ("withdrawn", "数据有误")
    assert circular.number
    assert session.scalars(select(Correction.outcome)).all() == ["lapsed"]
    for again in (circulars.publish, circulars.issue):
        with pytest.raises(MoveNotAllowed):
            again(session, leader, circular.id, late.now)


# What the database refuses, and what is noticed


def test_where_the_gate_does_not_ask_the_database_or_the_doctor_does(
    late: Late, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A deliberate fault: four eyes are not asked. Whoever drafted it, or changed it last, is
    refused by the row itself; whoever wrote in between is named by the law.
    """
    session, me = late.session, late.office["supervisor"]
    monkeypatch.setattr(circular_gate, "_four_eyes", lambda *_: "")
    circular = late.draft()
    with pytest.raises(IntegrityError, match="another"), session.begin_nested():
        late.checked(circular, "supervisor")
    writers = [replace(me, id=late.office[name].person) for name in ("handler", "operator")]
    for n, who in enumerate(writers):
        late.edited(circular, who, f"完{n}")
    last, between = reversed(writers)
    late.office.actors |= {"last": last, "between": between}
    with pytest.raises(IntegrityError, match="another"), session.begin_nested():
        late.checked(circular, "last")
    assert list(broken(session)) == []
    late.checked(circular, "between")
    assert list(broken(session)) == [f"circular {circular.id}"]


def broken(session: Session) -> Iterator[str]:
    """Yield what the laws of circulars name."""
    for query in circular_laws.broken():
        yield from session.scalars(query)


def test_the_laws_name_each_violation(late: Late) -> None:
    sound = late.published(late.draft())
    assert list(broken(late.session)) == []
    session, somebody = late.session, late.office["auditor"].person
    for column in ("checked_by", "issued_by"):
        with session.begin_nested() as planted:
            session.execute(text(f"UPDATE circular SET {column} = :who"), {"who": somebody})
            assert list(broken(session)) == [f"circular {sound.id}"]
            planted.rollback()
    session.refresh(sound)
    issued = late.issued(late.draft())
    session.flush()
    session.execute(
        text("UPDATE circular SET state = 'published' WHERE id = :id"), {"id": issued.id}
    )
    assert list(broken(session)) == [f"circular {issued.id}"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE circular_entry SET verb = 'circular_issued'",
        "DELETE FROM circular_entry",
        "DELETE FROM circular_correction",
        "DELETE FROM circular_unit; DELETE FROM circular",
        "UPDATE circular SET text = 'x'",
        "UPDATE circular SET public_text = 'x'",
        "UPDATE circular SET number = 'x'",
        "UPDATE circular_correction SET text = 'x'",
        "UPDATE circular SET checked_by = drafted_by",
        "UPDATE circular SET issued_by = drafted_by",
        "UPDATE circular_correction SET decided_by = drafted_by",
    ],
)
def test_the_database_refuses(late: Late, statement: str) -> None:
    circular = late.published(late.draft())
    me, leader = late.office["supervisor"], late.office["leader"]
    corrections.draft_correction(late.session, me, circular.id, "更正", "写错了", late.now)
    corrections.publish_correction(late.session, leader, circular.id, CHECKS["lateness"], late.now)
    late.session.flush()
    *before, last = statement.split("; ")
    for one in before:
        late.session.execute(text(one))
    with pytest.raises(DBAPIError), late.session.begin_nested():
        late.session.execute(text(last))


def test_a_history_or_a_text_that_was_changed_is_noticed(late: Late) -> None:
    first, second = late.published(late.draft()), late.draft()
    assert list(circular_record.misfits(late.session)) == []
    second.public_text += "改"  # no trigger: it has no number yet
    late.session.flush()
    assert list(circular_record.misfits(late.session)) == [f"circular {second.id}"]
    first.head_n += 1
    late.session.flush()
    assert list(circular_record.misfits(late.session)) == [
        f"circular {first.id}",
        f"circular {second.id}",
    ]
