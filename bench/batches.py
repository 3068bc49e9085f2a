"""Work in one piece: all histories, a sweep, e-mails, a backlog of messages, an old ledger."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from io import BytesIO

from sqlalchemy import func, select
from xlsxwriter import Workbook

from bench import places
from bench.filling import Plan
from bench.ledgers import OnPostgreSQL
from bench.texts import told
from caseflow.app import Services
from caseflow.escalation import sweep
from caseflow.escalation.tables import Rung
from caseflow.intake.mail import mail_deliver
from caseflow.intake.old_ledger.desk import choices_of, of
from caseflow.ledger.verify import verify_chains
from caseflow.outbox.run import run
from caseflow.outbox.transport import Outgoing
from caseflow.people import accounts
from caseflow.people.tables import Unit, User
from tests.outbox.house import PostOffice, handlers, tell
from tests.postgres import Postgres

LETTERS = 500
BACKLOG = 100_000
WORKED_OFF = 2_000
"""So many of the backlog are sent while it is measured; the urgent one comes in the middle."""
OVERDUE = 10_000
ROWS = 20_000
"""Of a ledger that is imported: all take the same time, 50,000 would take half a minute."""
_HEADINGS = (
    *("受理编号", "来件时间", "来源渠道", "反映人", "联系电话", "被反映单位", "反映内容"),
    *("承办单位", "办理期限", "办理情况及结果", "是否属实", "办结时间", "状态"),
)
_FORMS = ("plain", "html", "attached", "gb18030", "raw gb18030")
_WORDS = "食堂的饭菜里有异物，孩子吃了肚子疼，请来看看。𠮷老师也知道。"


def swept(server: Postgres, size: int) -> tuple[float, float]:
    """Let a sweep find `OVERDUE` overdue cases of `size` open ones; return its seconds, and those
    of the barest UPDATE of as many rows. Raises ValueError where a rung is missing.
    """
    plan = Plan(size, open_share=1.0, overdue=OVERDUE, seed=2)
    with places.an_office(server, "bench_sweep") as settings:
        places.fill(settings, plan)
        with places.connect(settings) as link:
            began = time.perf_counter()
            link.execute(
                "UPDATE clock SET last_rung = last_rung WHERE state = 'running'"
                " AND next_rung_at <= %s AND name = 'resolve'",
                (plan.now,),
            )
            bare = time.perf_counter() - began
            link.rollback()
        with places.built(settings) as office:
            return _swept(office, plan), bare


def swept_embedded(size: int) -> float:
    """Let a sweep on SQLite do the same; return its seconds."""
    plan = Plan(size, open_share=1.0, overdue=OVERDUE, seed=2)
    with places.an_embedded_office() as settings:
        places.fill(settings, plan)
        with places.built(settings) as office:
            return _swept(office, plan)


def _swept(office: Services, plan: Plan) -> float:
    def rungs() -> int:
        with office.database.read() as session:
            return session.scalar(select(func.count()).select_from(Rung)) or 0

    before = rungs()
    began = time.perf_counter()
    sweep.run(office.database, plan.now)
    took = time.perf_counter() - began
    if rungs() - before < OVERDUE:
        raise ValueError(f"{rungs() - before} rungs of {OVERDUE}")
    return took


def verified(settings: Mapping[str, str]) -> float:
    """Read every history of an office; return how many entries a second. Raises ValueError where
    one does not fit.
    """
    with places.built(settings) as office, office.database.read() as session:
        began = time.perf_counter()
        verdict = verify_chains(session)
        took = time.perf_counter() - began
    if not verdict.fits:
        raise ValueError(verdict.line)
    return verdict.entries / took


def worked_off(server: Postgres) -> tuple[float, int]:
    """Let one worker send from a backlog of 100,000; return how many a second, and how many letters
    went out before an urgent one that came in between. The mail server takes no time.
    """
    with places.an_office(server, "bench_backlog") as settings, places.built(settings) as office:
        database, post = office.database, PostOffice()
        with places.connect(settings) as link:
            link.execute(_BACKLOG, {"now": Plan.now, "many": BACKLOG})
            OnPostgreSQL(link).finish()
        met: list[int] = []

        def before(letter: Outgoing) -> None:
            if len(post.letters) == WORKED_OFF // 2:
                tell(database, Plan.now, "user:9001", urgent=True, subject="urgent")
            elif letter.subject == "urgent":
                met.append(len(post.letters) - WORKED_OFF // 2)

        post.before = before
        began = time.perf_counter()
        while len(post.letters) < WORKED_OFF:
            run(database, handlers(post), Plan.now, "bench")
        return len(post.letters) / (time.perf_counter() - began), met[0]


_BACKLOG = """WITH told AS (
    INSERT INTO event (name, body, urgent, quiet, at, expanded_at, attempts, not_before)
    VALUES ('told', '{}', false, false, %(now)s, %(now)s, 0, %(now)s) RETURNING id)
INSERT INTO message (event_id, rule, recipient, way, locale, subject, text, urgent, message_id,
    state, attempts, created_at, not_before, repeats, owed)
SELECT told.id, 'told', 'user:' || n, 'mail', 'zh', 'bench', 'bench', false, 'bench-' || n,
    'pending', 0, %(now)s, %(now)s, 0, false FROM told, generate_series(1, %(many)s) n"""


def delivered(server: Postgres) -> Mapping[str, float]:
    """Deliver 500 e-mails of each form in one process; return how many a second, by form.

    Raises ValueError where one of them was not taken into the ledger.
    """
    with places.an_office(server, "bench_mail") as settings, places.built(settings) as office:
        return {form: _delivered(office, form) for form in _FORMS}


def _delivered(office: Services, form: str) -> float:
    letters = [_letter(form, n) for n in range(LETTERS)]
    now = Plan.now + timedelta(hours=1)
    began = time.perf_counter()
    for letter in letters:
        if mail_deliver(office.rooms, BytesIO(letter), now):
            raise ValueError(f"{form}: a letter was not taken")
    return LETTERS / (time.perf_counter() - began)


def _letter(form: str, n: int) -> bytes:
    letter = EmailMessage(policy=SMTP)
    letter["From"], letter["To"] = f"sender{n}@caseflow.invalid", "tips@caseflow.invalid"
    letter["Subject"] = f"食堂问题 {n}"
    letter["Message-ID"] = f"<{form.replace(' ', '-')}-{n}@caseflow.invalid>"
    words = f"{_WORDS}第 {n} 封。"
    make: Mapping[str, Callable[[], None]] = {
        "plain": lambda: letter.set_content(words),
        "html": lambda: letter.set_content(f"<p>{words}</p>", subtype="html"),
        "attached": lambda: _attach(letter, words),
        "gb18030": lambda: letter.set_content(words, charset="gb18030", cte="base64"),
        "raw gb18030": lambda: letter.set_content(words, charset="gb18030", cte="8bit"),
    }
    make[form]()
    return letter.as_bytes()


def _attach(letter: EmailMessage, words: str) -> None:
    letter.set_content(words)
    letter.add_attachment(bytes(20_000), maintype="image", subtype="png", filename="图.png")


def imported(server: Postgres) -> float:
    """Take over a workbook of `ROWS` rows, from its upload to the commit of all; return how many
    rows a second. Raises ValueError where one of them was not taken over.
    """
    with places.an_office(server, "bench_import") as settings, places.built(settings) as office:
        with office.database.read() as session:
            user = session.scalars(select(User).where(User.username == "supervisor")).one()
            actor = accounts.actor_of(session, user)
            here = Unit.area_code == user.area_code, Unit.kind != "office"
            schools = session.scalars(select(Unit.name).where(*here)).all()
        content, desk, now = _ledger(schools), office.desk_of_ledgers, Plan.now
        began = time.perf_counter()
        one = desk.begin(actor, "台账.xlsx", content, now)
        with office.database.read() as session:
            columns = choices_of(of(session, actor, one))
        desk.settle(actor, one, columns, now)
        desk.work(now)
        desk.confirm(actor, one, now)
        desk.work(now)
        took = time.perf_counter() - began
        with office.database.read() as session:
            if (rows := of(session, actor, one).rows) != ROWS:
                raise ValueError(f"{rows} rows of {ROWS}")
        return ROWS / took


def _ledger(schools: Sequence[str]) -> bytes:
    file = BytesIO()
    with Workbook(file) as book:
        page = book.add_worksheet("台账")
        for n, row in enumerate(_rows(schools)):
            for at, text in enumerate(row):
                if text:
                    page.write_string(n, at, text)
    return file.getvalue()


def _rows(schools: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield rows as offices keep them, three of five finished, no two alike."""
    yield _HEADINGS
    for n in range(ROWS):
        day, done = date(2025, 1, 2) + timedelta(days=n % 330), n % 5 < 3
        came = f"{day.year}.{day.month}.{day.day} {n % 9 + 9}:{n % 60:02d}"
        yield (
            *(f"〔2025〕{n}号", came, "12345热线", f"家长{n}", f"138{n:08d}"),
            schools[n % len(schools)],
            told(n, 1).text,
            "基教科",
            f"{day + timedelta(days=30):%Y-%m-%d}",
            f"经核实，{told(n, 2).text}已责令整改。" if done else "",
            "属实" if done else "",
            f"{day + timedelta(days=12):%Y年%m月%d日}" if done else "",
            "已办结" if done else ("办理中", "待受理")[n % 5 - 3],
        )
