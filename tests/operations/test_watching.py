"""What a watcher is told, by whom, and what the log says of a request: never about anybody."""

import json
import logging
import os
import signal
from dataclasses import replace

import pytest
from sqlalchemy import event, text, update
from sqlalchemy.orm import Session

from caseflow.deadlines.tables import Clock
from caseflow.insight import watching
from caseflow.jobs.schedule import schedule
from caseflow.logs import Lines, configure
from caseflow.outbox.tables import Event
from caseflow.web import trail
from caseflow.web.counting import ROWS, Counts
from config import Settings
from tests import office as offices
from tests.web.site import Site, site

__all__ = ["site"]


def told(site: Site, path: str = "/metrics", **headers: str) -> tuple[int, str]:
    """Ask as a watcher does."""
    site.app.extensions.pop("caseflow.watched", None)
    response = site.app.test_client().get(path, headers=headers)
    return response.status_code, response.get_data(as_text=True)


def values(body: str) -> dict[str, float]:
    """Return the samples of what Prometheus is told."""
    lines = [line for line in body.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_the_office_is_told_in_numbers_and_late_things_by_name(site: Site) -> None:
    site.do(lambda session: offices.report(session, site.now, urgent=True))
    code, body = told(site)
    seen = values(body)
    assert code == 200
    assert seen["caseflow_database_up"] == 1
    assert seen['caseflow_queue_depth{queue="immediate"}'] == 1
    assert (seen["caseflow_clocks_breached"], seen["caseflow_clocks_due"]) == (0, 0)
    running = seen["caseflow_clocks_running"]
    assert running >= 3
    assert "caseflow_mail_lag_seconds" not in seen
    site.later(days=90)
    seen = values(told(site)[1])
    assert seen["caseflow_clocks_breached"] == running
    assert seen["caseflow_clocks_due"] > 0
    assert 80 * 86_400 < seen["caseflow_sweep_lag_seconds"] <= 90 * 86_400
    assert seen["caseflow_outbox_oldest_seconds"] == 90 * 86_400
    ready = told(site, "/readyz")[1].splitlines()
    assert ready[0] == "ready"
    assert ready[-2:] == ["late outbox", "late sweep"]
    site.do(lambda s: s.execute(update(Clock).values(state="stopped", next_rung_at=None)))
    site.do(lambda s: s.execute(update(Event).values(expanded_at=site.now)))
    assert "late" not in told(site, "/readyz")[1]
    site.do(lambda s: s.execute(text("ALTER TABLE clock RENAME TO gone")))
    assert told(site)[1].splitlines()[-1] == "caseflow_database_up 0"
    assert told(site, "/readyz") == (503, "no database\n")


def test_every_job_that_came_to_its_end_is_dated_and_the_mailbox_is_a_lag(site: Site) -> None:
    class Mailbox:
        """The services with a mailbox that is empty, or broken."""

        broken = False

        def __getattr__(self, name: str) -> object:
            return getattr(site.services, name)

        def poll_mail(self, _now: object) -> int:
            if self.broken:
                raise OSError("imap.example")
            return 0

    services = Mailbox()
    mail = next(job for job in schedule(services) if job.name == "mail")  # type: ignore[arg-type]
    mail.work(site.now)
    services.broken = True
    site.later(minutes=11)
    with pytest.raises(OSError, match="imap"):
        mail.work(site.now)
    seen = values(told(site)[1])
    assert seen["caseflow_mail_lag_seconds"] == 660
    assert seen['caseflow_job_age_seconds{job="mail"}'] == 660
    assert "late mail" in told(site, "/readyz")[1]


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, 200),
        ({"X-Forwarded-For": "127.0.0.1"}, 404),
        ({"Via": "1.1 proxy"}, 404),
        ({"X-Forwarded-For": "10.0.0.7", "Authorization": "Bearer secret-of-the-watcher"}, 200),
        ({"X-Forwarded-For": "10.0.0.7", "Authorization": "Bearer "}, 404),
        ({"X-Forwarded-For": "10.0.0.7", "Authorization": "Bearer wrong"}, 404),
    ],
)
def test_numbers_are_for_this_machine_and_for_who_knows_the_token(
    site: Site, headers: dict[str, str], code: int
) -> None:
    settings = replace(site.services.settings, metrics_token="secret-of-the-watcher")
    site.app.extensions["caseflow.settings"] = settings
    assert told(site, **headers)[0] == code
    inside = told(site, "/readyz", **headers)
    assert (inside == (200, "ready\n")) == (code == 404)
    site.app.extensions["caseflow.settings"] = replace(settings, metrics_token="")
    if "Authorization" in headers:
        assert told(site, **headers)[0] == 404


def test_a_request_is_a_line_without_anybody_and_its_number_is_on_the_page(
    site: Site, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO, "caseflow.request")
    before = values(told(site)[1])
    caplog.clear()
    visit = site.as_("handler")
    path = "/console/cases/430503-2026-999999"
    page = visit.get(f"{path}?q=张三13800000000")
    number = page.response.headers["X-Request-Id"]
    assert f"{number[:4]} {number[4:]}" not in page.text  # nothing went wrong here
    line = json.loads(Lines().format(caplog.records[-1]))
    assert line.pop("ms") >= 0
    assert line.pop("at").endswith("+00:00")
    assert line == {
        "level": "info",
        "of": "caseflow.request",
        "says": "request",
        "request": number,
        "route": "/console/cases/<number>",
        "method": "GET",
        "status": 404,
    }
    monkeypatch.setitem(site.app.view_functions, "public.contact", lambda: 1 // 0)
    broken = site.nobody().get("/contact")
    number = broken.response.headers["X-Request-Id"]
    assert (broken.status, f"{number[:4]} {number[4:]}" in broken.text) == (500, True)
    assert any(
        number in record.getMessage() and "ZeroDivisionError" in record.getMessage()
        for record in caplog.records
    )
    after = values(told(site)[1])
    name = 'caseflow_requests_total{route="/console/cases/<number>",class="4xx"}'
    assert after[name] == before.get(name, 0) + 1
    assert after["caseflow_request_seconds_count"] >= before["caseflow_request_seconds_count"] + 3


def test_a_form_that_is_refused_first_of_all_is_answered_and_timed(site: Site) -> None:
    """The very first request of a process may be one without a session."""
    answer = site.nobody().client.post("/console/people/1/away", data={"csrf_token": "old"})
    assert answer.status_code == 401
    counts: Counts = site.app.extensions["caseflow.counts"]
    assert counts.durations()[1] > 0


def test_a_line_never_quotes_an_exception() -> None:
    try:
        raise ValueError("张三 13800000000")
    except ValueError as error:
        caught = (type(error), error, error.__traceback__)
    record = logging.LogRecord("x", logging.ERROR, "f", 1, "it failed", (), caught)
    line = Lines().format(record)
    assert "张三" not in line
    assert json.loads(line)["error"].startswith("ValueError in ")


def test_lines_are_for_production(monkeypatch: pytest.MonkeyPatch) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(root, "level", root.level)
    configure(Settings.read({}))
    assert root.handlers == []
    configure(Settings.read({"CASEFLOW_DATABASE_URL": "sqlite://"}))
    (handler,) = root.handlers
    assert isinstance(handler.formatter, Lines)


def in_a_child(counts: Counts, times: int, *, killed: bool = False) -> None:
    """Count so often in a process that was forked, which ends, or is killed."""
    child = os.fork()
    if child == 0:
        for _ in range(times):
            counts.note("/report", 200, 0.07)
        if killed:
            os.kill(os.getpid(), signal.SIGKILL)
        os._exit(0)
    os.waitpid(child, 0)


def test_what_forked_processes_count_is_added_up_whoever_is_asked() -> None:
    counts = Counts(["/report", "/track"])
    for n in range(ROWS + 3):
        in_a_child(counts, 5, killed=n % 2 == 0)
    counts.note("/track", 503, 99.0)
    counts.note("/unknown", 404, 0.001)
    assert list(counts.requests()) == [
        ("/report", "2xx", 5 * (ROWS + 3)),
        ("/track", "5xx", 1),
        ("", "4xx", 1),
    ]
    upto, seconds = counts.durations()
    total = 5 * (ROWS + 3)
    assert upto == [1, 1, *[total + 1] * 6, total + 2]
    assert seconds == pytest.approx(total * 0.07 + 99.001, abs=0.001)


def test_two_processes_at_once_have_a_row_each() -> None:
    counts = Counts(["/report"])
    ready, go = os.pipe(), os.pipe()
    children = []
    for _ in range(2):
        child = os.fork()
        if child == 0:
            counts.note("/report", 200, 0.0)
            os.write(ready[1], b".")
            os.read(go[0], 1)
            os._exit(counts._row)
        children.append(child)
    for _ in children:
        os.read(ready[0], 1)
    os.write(go[1], b"..")
    rows = {os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children}
    for end in (*ready, *go):
        os.close(end)
    assert rows == {0, 1}


def test_the_number_of_a_request_is_easily_said(site: Site) -> None:
    with site.app.test_request_context("/"):
        number = trail.number()
        assert number == trail.number()
    assert len(number) == 8
    assert number.isdecimal()


def test_late_promises_are_counted_in_their_index_and_no_further_than_is_said(
    site: Site,
) -> None:
    for _ in range(4):
        site.do(lambda session: offices.report(session, site.now))
    site.later(days=90)

    def plan(session: Session) -> tuple[watching.Watched, list[str]]:
        sent: list[tuple[str, object]] = []
        engine, explain = session.get_bind(), "EXPLAIN QUERY PLAN"
        if engine.dialect.name == "postgresql":  # which reads so small a table as it lies
            session.execute(text("SET LOCAL enable_seqscan = off"))
            explain = "EXPLAIN"
        event.listen(engine, "before_cursor_execute", lambda _c, _k, q, v, *_: sent.append((q, v)))
        seen = watching.watch(session, site.now)
        counts = [(q, v) for q, v in sent if "clock.due" in q]
        lines = []
        for query, values in counts:
            rows = session.connection().exec_driver_sql(f"{explain} {query}", values)
            lines += [str(row) for row in rows]
        return seen, [line for line in lines if "ix_clock" in line]

    seen, lines = site.ask(plan)
    assert seen.breached == seen.running > 3
    assert len(lines) == 2
    assert all("ix_clock_running_due" in line for line in lines), lines
    few = site.ask(lambda s: watching.watch(s, site.now, most=3))
    assert (few.running, few.breached) == (3, 3)
