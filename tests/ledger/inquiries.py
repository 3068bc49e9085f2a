"""A city office that issued a proposal of accountability about a school, and keeps its file."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.clock import local
from caseflow.db import Database
from caseflow.escalation import accountability, orders
from caseflow.escalation.accountability import Said
from caseflow.escalation.accountability_states import WAY
from caseflow.escalation.accountability_tables import AccountabilityFile
from caseflow.escalation.sweep import sweep
from caseflow.escalation.tables import Order
from caseflow.people import accounts
from caseflow.people.actor import Actor
from caseflow.people.tables import User
from tests import office as offices
from tests.ledger.late import Late

DAY = timedelta(days=1)

SAID = {
    "inquiry_recorded": Said(text="查明学校收到后没有安排人办理", people="张三"),
    "notice_served": Said(text="告知查明的事实和陈述申辩的权利", people="直接送达，校长签收"),
    "hearing_recorded": Said(text="学校说校长外出", choice="held"),
    "consultation_recorded": Said(text="一致认为情况属实", people="督学三人"),
    "decision_made": Said(text="事实清楚，情节较轻", choice="interview"),
    "decision_served": Said(people="直接送达，校长签收"),
    "decision_review_asked": Said(text="认为处理过重", people="校长"),
    "decision_review_answered": Said(text="处理适当", choice="upheld"),
    "decision_appealed": Said(text="仍认为过重", people="省教育督导委员会办公室"),
    "decision_appeal_answered": Said(text="处理适当", people="省办", choice="upheld"),
    "file_closed": Said(),
    "file_discontinued": Said(text="学校已经撤并"),
}
"""What is said of each step, but for its day."""
WHO = dict.fromkeys(SAID, "city") | {"decision_made": "city_leader"}


@dataclass
class Kept:
    """A session, its office, the issued proposal, and the moment that it is."""

    session: Session
    office: offices.Office
    order: Order
    now: datetime
    files: list[AccountabilityFile] = field(default_factory=list)

    @property
    def today(self) -> date:
        """The day in Shanghai."""
        return local(self.now).date()

    @property
    def file(self) -> AccountabilityFile:
        """The file of the proposal."""
        return self.files[0]

    def open(self, who: str = "city") -> AccountabilityFile:
        """Let somebody open the file."""
        actor = self.office[who]
        self.files.append(accountability.open_file(self.session, actor, self.order.id, self.now))
        return self.file

    def take(self, move: str, who: str = "", **more: object) -> AccountabilityFile:
        """Let somebody take a step, today and with the usual words but for `more`."""
        said = replace(SAID[move], **{"day": self.today, **more})  # type: ignore[arg-type]
        actor = self.office[who or WHO[move]]
        return accountability.take(self.session, actor, self.file.id, move, said, self.now)

    def on_the_way(self, move: str) -> AccountabilityFile:
        """Take the steps that every file takes, up to and with `move`; each on a day of its own."""
        if not self.files:
            self.open()
        for one in WAY[: WAY.index(move) + 1]:
            self.now += (8 if one == "hearing_recorded" else 1) * DAY
            self.take(one)
        return self.file


def add_city(session: Session, office: offices.Office) -> None:
    """Add the leader of the city and a second supervisor there."""
    for name, role in (("city_leader", "leader"), ("city_second", "supervisor")):
        user = User(
            username=name,
            name=f"测试{name}",
            role=role,
            area_code=offices.CITY,
            unit_id=None,
            password_hash="!",
        )
        session.add(user)
        session.flush()
        office.actors[name] = accounts.actor_of(session, user)


def proposed(session: Session, office: offices.Office, begin: datetime) -> tuple[Order, datetime]:
    """Let a school lie for forty days, and the city issue the proposal that the ladder drafts."""
    late = Late(session, office, begin)
    late.case("school", category="food")
    now = begin + 40 * DAY
    while sweep(session, now):
        pass
    query = select(Order).where(Order.kind == "accountability").order_by(Order.id).limit(1)
    order = session.scalars(query).one()
    orders.issue(session, office["city"], order.id, order.text, now)
    return order, now


@contextmanager
def kept(database: Database, begin: datetime) -> Iterator[Kept]:
    """Yield the office with its issued proposal, of which no file is opened yet."""
    with database.transaction() as session:
        office = offices.make(session)
        add_city(session, office)
        order, now = proposed(session, office, begin)
        yield Kept(session, office, order, now)


def actor_away(actor: Actor, unit: int) -> Actor:
    """Return somebody who must keep away from a unit."""
    return replace(actor, recused=frozenset({unit}))
