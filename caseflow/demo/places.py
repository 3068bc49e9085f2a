"""Where the demo office works: a district of its city, three responsibility districts, its units.

Every name below the county is invented; none is a real school.
"""

from sqlalchemy.orm import Session

from caseflow.people import divisions
from caseflow.people.tables import Unit

DISTRICT = "430503"
CITY = "430500"

_DISTRICTS = ("第一督学责任区", "第二督学责任区", "第三督学责任区")

# key: (name, kind, responsibility district or 0 for the county itself, managed by)
_UNITS: dict[str, tuple[str, str, int, str]] = {
    "office": ("大祥区教育督导办公室", "office", 0, ""),
    "basic": ("区教育局基础教育股", "section", 0, ""),
    "training": ("区教育局校外教育监管股", "section", 0, ""),
    "funding": ("区教育局学生资助中心", "section", 0, ""),
    "zhangye": ("樟叶路小学", "school", 1, ""),
    "zhangye_east": ("樟叶路小学东校区", "school", 1, "zhangye"),
    "yanchi": ("砚池小学", "school", 1, ""),
    "linxi": ("临溪中学", "school", 1, ""),
    "liyuan": ("栗园小学", "school", 2, ""),
    "yanhui": ("雁回初级中学", "school", 2, ""),
    "tingsong": ("听松实验学校", "school", 2, ""),
    "mingji": ("明霁高级中学", "school", 3, ""),
    "orange": ("小橘灯幼儿园", "kindergarten", 2, ""),
    "sprout": ("豆芽儿幼儿园", "kindergarten", 3, ""),
    "carp": ("跃鲤教育培训中心", "institution", 3, ""),
    "ink": ("墨点艺术培训学校", "institution", 3, ""),
}


_ABOVE = "邵阳市教育督导办公室"

# No number in use begins like this one; the address is as invented.
_REACH = (
    "0739-0000 110",
    "office@caseflow.invalid",
    "大祥区督学路 1 号政务服务中心二楼 8 号窗口",
    "工作日 8:30-12:00，14:30-17:30",
)


def make(session: Session) -> dict[str, int]:
    """Add responsibility districts and units; return unit ids by key."""
    codes = [DISTRICT]
    for number, name in enumerate(_DISTRICTS, 1):
        codes.append(divisions.add_district(session, DISTRICT, number, name).code)
    ids: dict[str, int] = {}
    for key, (name, kind, district, above) in _UNITS.items():
        unit = Unit(
            area_code=codes[district], name=name, kind=kind, managed_by=ids.get(above), active=True
        )
        if kind == "office":
            unit.phone, unit.email, unit.address, unit.hours = _REACH
        session.add(unit)
        session.flush()
        ids[key] = unit.id
    session.add(Unit(area_code=CITY, name=_ABOVE, kind="office", active=True))
    return ids
