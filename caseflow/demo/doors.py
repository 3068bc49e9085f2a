"""Doors of the demo office besides its reports: the telephone, what goes back to another office,
the ledger that it kept before.

Numbers are of the range that nobody has (199 0000).
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from caseflow.app import Services
from caseflow.demo.scripts import path
from caseflow.demo.story import Stage, Story
from caseflow.demo.timeline import Script, timedelta
from caseflow.intake import calls, duty, ring_backs
from caseflow.intake.call_tables import Call
from caseflow.intake.calls import Told
from caseflow.intake.old_ledger.desk import choices_of, of
from caseflow.ledger import back_draft, dossier
from caseflow.ledger.moves import reporting_back
from caseflow.ledger.report_tables import Report
from caseflow.people.actor import Actor

_DUTY = {"operator": "19900000901", "handler": "19900000902"}
_MISSED, _RUNG_BACK, _ANSWERED = "19900000911", "19900000912", "19900000913"


def telephone(stage: Stage) -> Script:
    """A duty list; a call that nobody took and somebody rang back, one that became a question, and
    one of this hour that is still to be rung back.
    """
    yield stage.days.ago(2, "08:00")
    at = stage.days.ago(2, "08:00")
    for account, number in _DUTY.items():
        person, boss = stage.people[account].person, stage.people["supervisor"]
        duty.put_on(stage.session, stage.rooms.ring, boss, person, number, at)
    at = stage.days.ago(1, "12:31")
    yield at
    missed = _tells(stage, "demo-rung-back", _RUNG_BACK, at, "ringing", "hung_up")
    at += timedelta(minutes=12)
    yield at
    ring_backs.rang_back(stage.session, stage.people["operator"], missed, at, reached=True)
    at = stage.days.now - timedelta(minutes=72)
    yield at
    talked = _tells(stage, "demo-answered", _ANSWERED, at, "ringing", "answered", "hung_up")
    yield stage.days.now - timedelta(minutes=64)
    report = select(Report.id).where(Report.channel_key == "demo-exam_question")
    found, who = stage.session.scalars(report).one(), stage.people["operator"]
    calls.written_down(stage.session, who, talked.id, found, stage.days.now - timedelta(minutes=64))
    at = stage.days.now - timedelta(minutes=9)
    yield at
    _tells(stage, "demo-missed", _MISSED, at, "ringing", "hung_up")


def _tells(stage: Stage, call: str, number: str, at: datetime, *whats: str) -> Call:
    """Let the exchange tell of a call, half a minute between what it tells."""
    ring, area = stage.rooms.ring, stage.rooms.area
    first, *later = (
        Told("exchange", call, what, None, number, _DUTY["operator"] if what == "answered" else "")
        for what in whats
    )
    row = calls.take(stage.session, ring, area, first, at)
    for n, told in enumerate(later, 1):
        calls.take(stage.session, ring, area, told, at + timedelta(seconds=30 * n))
    return row


def reported_back(s: Story) -> Script:
    """Answered, and the office that handed it down has its report, for which it has not signed."""
    yield from path(s, "replied")
    yield s.after(hours=3)
    report = s.session.get_one(Report, s.report_id)
    said = back_draft.text(dossier.load(s.session, s.case()), report)
    me, case, mine = s[s.handler], s.case_id, s.report_id
    reporting_back.draft_report_back(s.session, me, case, mine, said, s.at)
    yield s.next_day("09:40")
    reporting_back.check_report_back(s.session, s["reviewer"], case, mine, s.at)
    yield s.after(minutes=50)
    proof = "机要交换 2026-031"
    reporting_back.send_report_back(s.session, me, case, mine, "letter", s.at, proof=proof)


_LEDGER = """编号,来件时间,反映内容,被反映单位,办理结果,办结时间
2025-117,2025.9.3,反映开学收取校服押金,,已办结,2025.9.12
2025-118,9月5日,反映校门口早高峰拥堵,,已办结,2025.9.19
2025-119,2025/9/8,反映课后服务缺少看护,,已办结,2025/9/22
2025-120,2025-09-15,反映食堂餐具清洗不净,,已办结,2025-09-24
"""  # not said


def old_ledger(built: Services, supervisor: Actor, now: datetime) -> None:
    """Take over some lines of last year's ledger, as the page does; small, so at once."""
    desk = built.desk_of_ledgers
    one = desk.begin(supervisor, "2025年台账.csv", _LEDGER.encode(), now)  # not said
    with built.database.read() as session:
        choices = choices_of(of(session, supervisor, one))
    desk.settle(supervisor, one, replace(choices, year=2025), now)
    desk.confirm(supervisor, one, now)
