"""A ledger as offices keep it: 2,000 rows in which nothing is written twice the same way.

The same for the same seed. `Told` says what is to come of it, counted while it is written.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from io import BytesIO
from random import Random

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from caseflow.intake.old_ledger.cells import Cell

ROWS = 2_000
SCHOOLS = ("城东小学", "城西中学", "城南幼儿园", "实验学校", "北塔区第一小学")
HEADINGS = (
    *("序号", "受理编号", "来件时间", "来源渠道", "反映人", "联系电话", "被反映单位", "问题类别"),
    *("反映内容", "承办单位", "办理期限", "办理情况及结果", "是否属实", "办结时间", "状态", "备注"),
)
_MISSPELT = {
    "城东小学": ("城东小学校", "大祥区城东小学", "城东小学（本部）", "城东 小学"),
    "城西中学": ("邵阳市城西中学", "城西中学（高中部）", "城西中学"),
    "城南幼儿园": ("城南幼儿园(民办)", "城南幼儿园"),
    "实验学校": ("实验学校", "实　验学校"),
    "北塔区第一小学": ("北塔区第一小学", "第一小学"),
}
ASKED = ("城东小雪", "城西初级中学", "育才培训")
"""Names that are only alike, or like nothing: each has to be asked once."""
_WORDS = (
    "食堂饭菜有异味",
    "强制参加课后服务",
    "节假日补课收费",
    "作业过多写到深夜",
    "老师体罚学生",
)
_CATEGORIES = ("食品卫生", "课后服务", "违规培训", "作业负担", "师德师风", "自定类别")
_DONE, _OPEN, _NEW = (
    ("已办结", "办结", "已回复"),
    ("办理中", "正在办理", "未办结"),
    ("未受理", "待受理"),
)


@dataclass
class Told:
    """What is to come of the ledger."""

    made: Counter[str] = field(default_factory=Counter)
    repeated: int = 0
    wrong: int = 0
    asked: Counter[str] = field(default_factory=Counter)


def ways(day: date, chance: Random) -> Cell:
    """Write a day of the sheet's year in one of the ways in which people do."""
    serial = (day - date(1899, 12, 30)).days
    return chance.choice(
        (
            f"{day.year}.{day.month}.{day.day}",
            f"{day:%Y-%m-%d}",
            f"{day.year}/{day.month}/{day.day}",
            f"{day.year}年{day.month}月{day.day}日",
            f"{day.month}月{day.day}日",
            f"{day:%y}/{day.month}/{day.day}",
            f"{day:%Y%m%d}",
            int(f"{day:%Y%m%d}"),
            serial,
            datetime(day.year, day.month, day.day, 9, 30),  # noqa: DTZ001 - as a sheet has it
            f"{day:%Y-%m-%d} 下午3:20",
        )
    )


def ledger(*, clean: bool, rows: int = ROWS, seed: int = 1) -> tuple[list[list[Cell]], Told]:
    """Return the rows below the headings, and what is to come of them.

    `clean`: without the rows that nobody can understand; what is only odd stays.
    """
    chance, told = Random(seed), Told()
    out: list[list[Cell]] = []
    for n in range(1, rows + 1):
        row = _row(n, chance, told, clean=clean)
        out.append(row)
        if n % 97 == 0:
            out.append([None] * len(HEADINGS))
        if n % 211 == 0:
            out.append([n * 10, *row[1:]])  # the same again, under another place in the list
            told.repeated += _was_taken(row, told)
        if n % 500 == 0:
            out.append(list(HEADINGS))  # on each printed page
    out.append(["合计", rows])
    return out, told


def _was_taken(row: list[Cell], _told: Told) -> int:
    return 0 if row[-1] == "看不懂" else 1


def _row(n: int, chance: Random, told: Told, *, clean: bool) -> list[Cell]:
    day = date(2025, 1, 2) + timedelta(days=chance.randrange(330))
    school = chance.choice(SCHOOLS)
    unit = chance.choice(_MISSPELT[school])
    if n % 250 == 0:
        unit = ASKED[n // 250 % len(ASKED)]
        told.asked[unit] += 1
    state = ("closed", "closed", "closed", "accepted", "received")[n % 5]
    phone: Cell = 13_800_000_000 + n if n % 2 else f"138{n:08d}"
    row: list[Cell] = [
        n,
        f"〔2025〕{n}号" if n % 3 else f"XF-{n:05d}",
        ways(day, chance),
        chance.choice(("12345热线", "来信", "来访", "局长信箱")),
        f"家长{n}" if n % 7 else None,
        phone if n % 7 else None,
        unit,
        chance.choice(_CATEGORIES),
        f"{chance.choice(_WORDS)}，第{n}件，请查处。",
        chance.choice(("基教科", "督导室", None)),
        ways(day + timedelta(days=30), chance),
        f'=CONCATENATE("已答复",{n})'
        if n % 50 == 0
        else ("已核实并答复" if state == "closed" else None),
        chance.choice(("属实", "部分属实", "不属实", None)) if state == "closed" else None,
        ways(day + timedelta(days=12), chance) if state == "closed" and n % 4 else None,
        chance.choice({"closed": _DONE, "accepted": _OPEN, "received": _NEW}[state]),
        f"备注{n}" if n % 9 == 0 else None,
    ]
    bad = None if clean else _spoil(n, row)
    if bad:
        told.wrong += 1
        if unit in ASKED:
            told.asked[unit] -= 1
        row[-1] = "看不懂"
    else:
        told.made[state] += 1
    return row


def _spoil(n: int, row: list[Cell]) -> bool:
    """Make a row one that nobody can understand, now and then."""
    spoilt: dict[int, tuple[int, Cell]] = {
        0: (2, "上周三"),
        1: (2, 3.1),
        2: (8, None),
        3: (14, "再说"),
        4: (2, "3/1/2025"),
        5: (13, "2024.1.1"),
        6: (2, "#REF!"),
    }
    if n % 100:
        return False
    at, cell = spoilt[n // 100 % len(spoilt)]
    if at == 13:
        row[14] = "已办结"
    if at == 8:
        row[8] = None
    row[at] = cell
    return True


def workbook(rows: list[list[Cell]]) -> bytes:
    """Return the rows in a workbook with titles above the headings and another sheet before."""
    book = Workbook(write_only=True)
    book.create_sheet("填表说明").append(["请按要求填写", "每周一报送"])
    page = book.create_sheet("台账")
    page.append(["大祥区教育督导问题线索处置台账"])
    page.append([None, None, "（2025年度）"])
    page.append(["填报单位：督导室", None, None, "填报人：某某"])
    page.append([WriteOnlyCell(page, value=heading) for heading in HEADINGS])
    for row in rows:
        page.append(row)
    file = BytesIO()
    book.save(file)
    return file.getvalue()
