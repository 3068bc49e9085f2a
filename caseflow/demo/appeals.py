"""Courses of the demo office's cases after their answer: challenged above, or written to again."""

from caseflow.demo import scripts
from caseflow.demo.story import Story
from caseflow.demo.timeline import Script
from caseflow.intake import reviewing as asking
from caseflow.ledger.moves import reviewing
from caseflow.people.actor import REPORTER


def challenged(s: Story) -> Script:
    """The answer is challenged on the tracking page; the city's office has not decided yet."""
    yield from scripts.explained(s)
    yield s.next_day("20:40", 3)
    _asks(s, "第一周没有退，材料费也没有算进去，收费文件里没有写这些不退。请上级重新审查退费标准。")


def upheld(s: Story) -> Script:
    """The answer is challenged, and the city's office lets it stand."""
    yield from scripts.withdrawn(s)
    yield s.next_day("20:10", 2)
    above = _asks(s, "学校只改了一个班，其他班作业还是写到十点以后。")
    yield s.next_day("15:20", 3)
    text = (
        "经调阅原办件材料和学校近两周作业公示，并抽查三个班：原答复认定的事实清楚，"
        "整改已覆盖全年级。维持原答复。"
    )
    way, me = "telephone", s["city"]
    reviewing.opine(s.session, me, above, "upheld", text, way, s.at)


def wrote_again(s: Story) -> Script:
    """The reporter writes once more after the end; nobody has answered yet."""
    yield from scripts.path(s, "closed")
    s.at = s.stage.days.ago(1, "20:25")
    yield s.at
    s.adds("食堂换了供应商以后菜好多了，想问一下以后多久抽检一次，家长能不能看到结果？")


def _asks(s: Story, text: str) -> int:
    """Ask for a review as the reporter does, and return the case that it becomes."""
    said = asking.ask(
        s.session, s.stage.rooms, REPORTER, s.case_id, s.report_id, text, "webform", s.at
    )
    return said.case_id
