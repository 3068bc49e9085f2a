"""A case in which units assist beside the one that leads."""

from caseflow.demo.scripts import path
from caseflow.demo.story import Story
from caseflow.demo.timeline import Script
from caseflow.ledger.moves import assisting

_OF_SCHOOL = "请提供你校今年使用的招生登记表样式和分班办法，供比对。"
_OF_SECTION = "请说明全区统一的招生登记表是否含家长职务、工作单位栏。"
_ANSWER = "全区统一下发的登记表不含家长职务栏，园方所用表格为自行增加。"


def assisted(s: Story) -> Script:
    """Sent out; a section answered what it was asked beside it, a school still owes its answer."""
    yield from path(s, "dispatched")
    for unit, text in (("basic", _OF_SECTION), ("zhangye", _OF_SCHOOL)):
        yield s.after(minutes=3)
        to, me = s.stage.units[unit], s[s.handler]
        assisting.ask_assistance(s.session, me, s.items[0], to, text, s.at)
    yield s.after(hours=1)
    assisting.answer_assistance(s.session, s["basic"], s.items[0], _ANSWER, s.at)
