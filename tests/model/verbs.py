"""The product's verbs of shelving, exclusions, visits and signatures, as something to try."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import delete
from sqlalchemy.orm import Session

from caseflow.clock import local
from caseflow.ledger import visits
from caseflow.ledger.moves import (
    assisting,
    excluding,
    mediating,
    milestones,
    reporting_back,
    retracting,
    shelving,
    signing,
    stepping_up,
    supplementing,
    visiting,
)
from caseflow.ledger.moves.visiting import Seen
from caseflow.ledger.step_up_tables import CAUSES
from caseflow.people import accounts
from caseflow.people.actor import Actor
from caseflow.people.tables import Post, User
from tests import office as offices
from tests.model.office import HEAD
from tests.model.promises import UNITS
from tests.model.shelving import APART
from tests.model.things import Said

PROVINCE = "430000"
_DOCUMENTS = {n: kind for n, _, kind in UNITS}
Tries = dict[str, Callable[[], object]]


def furnish(session: Session, office: offices.Office) -> offices.Office:
    """Return the office with a clerk in the school, nobody who answers for the academy, somebody
    in the province, and what an office demands visits of; the stage's own stays as it is.
    """
    head = session.get_one(User, office["school"].person)
    values = {"role": "unit", "area_code": head.area_code, "unit_id": head.unit_id}
    clerk = User(username="clerk", name="干事", password_hash="!", **values)
    above = User(
        username="province",
        name="省督导办",
        password_hash="!",
        role="supervisor",
        area_code=PROVINCE,
    )
    values = {"role": "inspector", "area_code": office.actors["inspector"].area}
    colleague = User(username="colleague", name="另一位督学", password_hash="!", **values)
    session.add_all([clerk, above, colleague])
    session.flush()
    session.add(Post(duty="supervisor", area_code=PROVINCE, user_id=above.id))
    visits.load(session)
    headless = [n for name, n in office.units.items() if name not in HEAD]
    session.execute(delete(Post).where(Post.duty == "unit_head", Post.unit_id.in_(headless)))
    session.flush()
    more = {one.username: accounts.actor_of(session, one) for one in (clerk, above, colleague)}
    return replace(office, actors={**office.actors, **more})


def of_case(s: Session, me: Actor, n: int, report: int, said: Said, at: datetime) -> Tries:
    """Return what may be tried with a case."""
    day = local(at).date() + timedelta(days=said.ahead)
    wanted = [("批复", day)] + [("竣工", day + timedelta(days=APART))] * said.two
    which = said.which
    return _reports_back(s, me, n, report, at) | {
        "supplement": lambda: supplementing.supplement(s, me, n, report, {"when": "哪一天"}, at),
        "retract": lambda: retracting.retract(s, me, report, "settled", at, case_id=n),
        "mediate": lambda: mediating.mediate(
            s, me, n, local(at).date(), "家长、学校", "agreed", "退费", at
        ),
        "ask_shelving": lambda: shelving.ask_shelving(
            s, me, n, "没有资金", "列入预算", "今年没有资金", wanted, at
        ),
        "shelve": lambda: shelving.shelve(s, me, n, "", at),
        "refuse_shelving": lambda: shelving.refuse_shelving(s, me, n, "先修", at),
        "take_up": lambda: shelving.take_up(s, me, n, "有钱了", at),
        "meet_milestone": lambda: milestones.meet_milestone(s, me, n, which, "批了", at),
        "ask_milestone": lambda: milestones.ask_milestone(s, me, n, which, day, "晚了", at),
        "move_milestone": lambda: milestones.move_milestone(s, me, n, "", at),
        "refuse_milestone": lambda: milestones.refuse_milestone(s, me, n, "抓紧", at),
        "ask_exclusion": lambda: excluding.ask_exclusion(s, me, n, "other", "不归办公室", at),
        "exclude": lambda: excluding.exclude(s, me, n, "", at),
        "refuse_exclusion": lambda: excluding.refuse_exclusion(s, me, n, "照常", at),
        "lift_exclusion": lambda: excluding.lift_exclusion(s, me, n, "弄错了", at),
    }


def _reports_back(s: Session, me: Actor, n: int, report: int, at: datetime) -> Tries:
    """Return what may be tried with the report back to whoever handed a report down."""
    said = {
        "draft": ("办理情况如下。",),
        "check": (),
        "return": ("写明日期",),
        "send": ("letter",),
        "sign": ("王科长",),
        "refuse": ("没有附材料",),
        "waive": ("电话告知不用回报",),
    }
    return {
        f"{step}_report_back": partial(
            getattr(reporting_back, f"{step}_report_back"), s, me, n, report, *words, now=at
        )
        for step, words in said.items()
    }


def of_item(
    s: Session, me: Actor, n: int, unit: int, said: Said, went: list[int], at: datetime
) -> Tries:
    """Return what may be tried with an item."""
    sure = said.none_listed
    seen = Seen(at, "食堂后厨", "已整改", went)
    return {
        "ask_assistance": lambda: assisting.ask_assistance(
            s, me, n, unit, "请提供明细", at, none_listed=sure
        ),
        "answer_assistance": lambda: assisting.answer_assistance(s, me, n, "明细如下", at),
        "record_assistance": lambda: assisting.record_assistance(
            s, me, n, unit, "明细如下", "张老师", at - timedelta(hours=said.heard), at
        ),
        "release_assistance": lambda: assisting.release_assistance(s, me, n, unit, "不要", at),
        "share_assistance": lambda: assisting.share_assistance(s, me, n, unit, at, nth=said.which),
        "visit": lambda: visiting.visit(s, me, n, seen, at),
        "ask_step_up": lambda: stepping_up.ask_step_up(
            s, me, n, _DOCUMENTS[said.rung], CAUSES[0], "影响大", at
        ),
        "step_up": lambda: stepping_up.step_up(s, me, n, "", at),
        "refuse_step_up": lambda: stepping_up.refuse_step_up(s, me, n, "按期限督办", at),
        "sign_off": lambda: signing.sign_off(s, me, n, at),
        "unsign": lambda: signing.send_back_answer(s, me, n, "写清楚", at),
    }
