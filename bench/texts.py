"""Invented reports in Chinese, the same for the same number: a hundred thousand ways to complain.

Words that a search looks for stand in a known number of them and nowhere else.
"""

from random import Random
from typing import NamedTuple


class Told(NamedTuple):
    """One report: its category and kind, and what it says."""

    category: str
    kind: str
    text: str


RARE = {"补课": 11, "skateboard": 7}
"""How many of the reports of any size say this word."""

_WHO = ("孩子", "家长", "班主任", "校门口的保安", "食堂师傅", "一名教师", "生活老师", "校车司机")
_WHEN = ("本周三", "上周五下午", "开学以来", "国庆之后", "昨天晚上", "这学期", "体育课上", "午休时")
_ABOUT: dict[str, tuple[str, ...]] = {
    "food": ("饭菜里有头发", "餐盘没有消毒", "肉里有异味", "菜价比公示的贵", "留样没有登记"),
    "fees": ("代收了资料费", "没有开收据", "退费一直没有到账", "要求买指定的校服", "多收了住宿费"),
    "ethics": ("当众辱骂学生", "罚站两节课", "收了购物卡", "上课看手机", "把作业交给学生批改"),
    "safety": ("楼梯扶手松动", "消防通道上了锁", "操场积水结冰", "校车没有安全带", "监控坏了很久"),
    "homework": ("作业写到十一点", "周末布置十几张卷子", "要求家长批改作业", "用打卡代替作业"),
    "enrolment": ("报名材料被退回", "划片范围没有公示", "转学等了两个月", "要求加试"),
}
_THEN = (
    "向学校反映过两次，没有回音。",
    "班级群里好几位家长都这样说。",
    "希望尽快核查，给个说法。",
    "有照片和聊天记录，可以提供。",
    "担心孩子的身体，请派人去看看。",
    "老师说这是上面的要求。",
)
_SAID = {"补课": "周末在校外收费补课，一节一百二十元。", "skateboard": "He fell off a skateboard."}
_KINDS = (("complaint", 70), ("tip", 20), ("help", 10))


def told(n: int, seed: int) -> Told:
    """Return the n-th report (from 0) of a ledger with this seed."""
    chance = Random(seed * 1_000_003 + n)
    category = chance.choice(tuple(_ABOUT))
    [kind] = chance.choices([name for name, _ in _KINDS], [share for _, share in _KINDS])
    parts = [f"{chance.choice(_WHEN)}{chance.choice(_WHO)}{chance.choice(_ABOUT[category])}，"]
    parts += [
        f"{chance.randrange(2, 60)}个学生受影响。",
        chance.choice(_THEN),
        chance.choice(_THEN),
    ]
    parts.append(_rare(n))
    return Told(category, kind, "".join(parts))


def _rare(n: int) -> str:
    """Return the sentence with a rare word, where this is one of the reports that say it."""
    for place, (word, times) in enumerate(RARE.items()):
        if n % 83 == place and n // 83 < times:
            return _SAID[word]
    return ""
