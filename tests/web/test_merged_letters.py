"""What the letter of a merged report tells: its own story, and nothing of another (law 10)."""

from sqlalchemy import select

from caseflow.ledger.moves import asking, closing, items, merging, triage, urgency
from caseflow.ledger.moves.items import Dispatch
from caseflow.ledger.moves.urgency import DangerCard
from caseflow.ledger.report_tables import Report
from tests.web.public_door import Receipt, letter, reported, the_case
from tests.web.site import Site
from tests.web.walking import case_of

POLICE = DangerCard(True, True, "值班员", "10:05", "接警 12")


def merged_letters(site: Site) -> tuple[Receipt, Receipt, str]:
    """Somebody's matter is under way when somebody else reports it, and both are merged."""
    one = reported(site)
    first, me = the_case(site, one.number), site.office["handler"]

    def under_way(session: object) -> None:
        triage.accept(session, me, first.id, site.now)
        [item] = items.split(session, me, first.id, ["饭菜"], site.now)
        order = Dispatch(site.office.units["school"], "请核查")
        items.dispatch(session, me, item.id, order, site.now)

    site.do(under_way)
    site.later(days=1)
    two = reported(site)
    site.later(hours=1)
    second = the_case(site, two.number)
    site.do(lambda s: merging.merge(s, me, second.id, first.number, "同一件事", site.now))
    return one, two, second.number


def test_whoever_reported_later_reads_that_it_is_accepted_and_nothing_from_before(
    site: Site,
) -> None:
    one, two, _ = merged_letters(site)
    page = letter(site, two)
    assert "已受理" in page.text
    for day in ("3月3日",):  # the other one's
        assert day not in page.text
    for word in ("并案", "并入", one.number, "交办"):
        assert word not in page.html
    first = letter(site, one)
    for word in ("并案", "并入", two.number, "3月4日(周三) 1"):
        assert word not in first.html


def test_after_the_merger_both_read_what_happens_and_after_its_end_each_their_own(
    site: Site,
) -> None:
    one, two, second = merged_letters(site)
    first = the_case(site, one.number)
    boss = site.office["supervisor"]
    site.later(hours=1)
    site.do(lambda s: merging.unmerge(s, boss, case_of(site, second).id, "是两件事", site.now))
    site.later(hours=1)
    site.do(lambda s: triage.decline(s, boss, first.id, "甲的理由", site.now))
    assert "甲的理由" in letter(site, one).text
    page = letter(site, two)
    assert "甲的理由" not in page.text
    assert "已受理" in page.text


def test_what_is_decided_together_is_read_by_both(site: Site) -> None:
    one, two, _ = merged_letters(site)
    boss, first = site.office["supervisor"], the_case(site, one.number)
    site.later(hours=1)
    site.do(lambda s: triage.decline(s, boss, first.id, "不属于受理范围", site.now))
    for got in (one, two):
        assert "不属于受理范围" in letter(site, got).text


def report_id(site: Site, got: Receipt) -> int:
    query = select(Report.id).where(Report.number == got.number)
    return site.ask(lambda session: session.scalars(query).one())


def test_a_question_to_one_is_nothing_to_the_other(site: Site) -> None:
    one, two, _ = merged_letters(site)
    before = letter(site, two).text
    me, first = site.office["handler"], the_case(site, one.number)
    asked = report_id(site, one)
    site.do(lambda s: asking.ask(s, me, first.id, asked, "是哪一天？", site.now))
    assert "是哪一天？" in letter(site, one).text
    assert letter(site, two).text == before  # neither the question, nor days that stand still


def test_the_danger_that_one_tells_of_is_nothing_to_the_other(site: Site) -> None:
    one, two, _ = merged_letters(site)
    before = letter(site, two).text
    letter(site, one).send("/track/retaliation", text="有人来找我")
    boss, first = site.office["supervisor"], the_case(site, one.number)
    assert letter(site, two).text == before
    site.do(lambda s: urgency.acknowledge(s, boss, first.id, POLICE, site.now))
    assert letter(site, two).text == before
    assert "专人接手紧急事项" in letter(site, one).text


def test_who_is_answered_first_reads_no_word_of_who_is_still_to_be(site: Site) -> None:
    one, two = reported(site, kind="question"), reported(site, kind="question")
    first, second = the_case(site, one.number), the_case(site, two.number)
    me = site.office["handler"]

    def answered(session: object) -> None:
        for case in (first, second):
            triage.accept(session, me, case.id, site.now)
        merging.merge(session, me, second.id, first.number, "同一件事", site.now)
        closing.conclude(session, me, first.id, site.now)

    site.do(answered)
    site.later(hours=1)
    ids = [report_id(site, got) for got in (one, two)]
    site.do(lambda s: closing.reply(s, me, first.id, ids[0], "甲的答复", "track", site.now))
    page = letter(site, one)
    assert "甲的答复" in page.text
    assert "正在准备给您的答复" not in page.text
    assert "我们已经答复您。" in page.text
    assert "甲的答复" not in letter(site, two).text
    site.later(days=1)
    page = letter(site, one)
    site.do(lambda s: closing.reply(s, me, first.id, ids[1], "乙的答复", "track", site.now))
    assert case_of(site, first.number).state == "closed"
    after = letter(site, one)
    assert after.text == page.text  # nothing came with the other's answer


def test_what_a_letter_told_before_others_joined_stays_told(site: Site) -> None:
    one, two = reported(site), reported(site)
    first, second = the_case(site, one.number), the_case(site, two.number)
    me, boss = site.office["handler"], site.office["supervisor"]
    site.do(lambda s: triage.accept(s, me, first.id, site.now))
    site.do(lambda s: urgency.raise_urgency(s, me, first.id, "孩子可能有危险", site.now))
    site.do(lambda s: urgency.acknowledge(s, boss, first.id, POLICE, site.now))
    assert "专人接手紧急事项" in letter(site, one).text
    site.later(minutes=5)
    before = letter(site, one).text
    site.do(lambda s: merging.merge(s, me, second.id, first.number, "同一件事", site.now))
    assert letter(site, one).text == before
    assert "专人接手紧急事项" not in letter(site, two).text


def test_what_happened_for_another_is_not_told_after_they_parted_either(site: Site) -> None:
    one, two, second = merged_letters(site)
    letter(site, two).send("/track/retaliation", text="有人来找我")
    boss, first = site.office["supervisor"], the_case(site, one.number)
    site.do(lambda s: urgency.acknowledge(s, boss, first.id, POLICE, site.now))
    site.later(hours=1)
    site.do(lambda s: merging.unmerge(s, boss, case_of(site, second).id, "是两件事", site.now))
    assert "专人接手紧急事项" not in letter(site, one).text
    assert "专人接手紧急事项" in letter(site, two).text
