"""Small answers for whoever watches: it lives; it can work; how it works, in numbers.

Whether it can work is asked by what stands before the web processes, and goes by what a process
needs to serve: its database, migrated as this code expects. That messages or rungs are late is told
beside it, and takes no process out of service: the people at the forms would be the ones to pay.
"""

import hmac
from collections.abc import Iterator
from ipaddress import ip_address

from flask import Response, abort, current_app, request
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from caseflow.clock import monotonic
from caseflow.errors import CaseflowError
from caseflow.insight.watching import Watched, lags, watch
from caseflow.web import edge
from caseflow.web.counting import BOUNDS
from caseflow.web.public.frame import blueprint
from caseflow.web.trail import counts

FRESH_SECONDS = 15.0
"""So long are the numbers of the office told again: two watchers cost no more than one."""
_FORWARDED = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "Via")


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return _plain("ok\n")


@blueprint.get("/readyz")
def readyz() -> Response:
    """The database answers and has the tables that this code expects. Whoever watches from inside
    is told too how old the oldest message is, and how late the sweep; `late` names what is.
    """
    try:
        with edge.read() as session:
            found = session.scalar(text("SELECT version_num FROM alembic_version"))
            if not migrated(found):
                return _plain("not migrated\n", 503)
            seen = lags(session, edge.now()) if _from_inside() else None
    except (SQLAlchemyError, CaseflowError):
        return _plain("no database\n", 503)
    if seen is None:
        return _plain("ready\n")
    lines = ["ready", f"migration {found}"]
    lines += [f"{name} {age:.0f} s" for name, age in seen.by_name.items()]
    lines += [f"late {name}" for name in seen.late]
    return _plain("".join(f"{line}\n" for line in lines))


@blueprint.get("/metrics")
def metrics() -> Response:
    """Everything as Prometheus reads it; a stranger is told that there is no such page."""
    if not _from_inside():
        abort(404)
    body = "".join(f"{line}\n" for line in [*_of_the_web(), *_of_the_office()])
    answer = _plain(body)
    answer.content_type = "text/plain; version=0.0.4; charset=utf-8"
    return answer


def _plain(words: str, status: int = 200) -> Response:
    return Response(words, status=status, mimetype="text/plain")


def migrated(found: str | None) -> bool:
    """Tell whether this code can work on a database at revision `found`.

    One that is not on file here was made by newer code, which leaves the older one able to work
    until it is replaced (decision 53): nobody is turned away while an installation is brought up.
    """
    known, newest = current_app.extensions["caseflow.revisions"]()
    return found == newest or (found is not None and found not in known)


def _from_inside() -> bool:
    """Tell whether who asks is on this machine and came by no proxy, or knows the token."""
    token = edge.settings().metrics_token
    said = request.headers.get("Authorization", "")
    if token and hmac.compare_digest(said.encode(), f"Bearer {token}".encode()):
        return True
    if any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:  # a socket of the machine has no address, and may be a proxy's
        return False


def _watched() -> Watched | None:
    """Return the numbers of the office, some seconds old at most; None where nobody answers."""
    kept = current_app.extensions.setdefault("caseflow.watched", {})
    if kept.get("until", float("-inf")) < monotonic() or kept.get("of") is not edge.rooms():
        try:
            with edge.read() as session:
                kept["seen"] = watch(session, edge.now())
        except (SQLAlchemyError, CaseflowError):
            return None
        kept["until"], kept["of"] = monotonic() + FRESH_SECONDS, edge.rooms()
    seen: Watched = kept["seen"]
    return seen


def _of_the_web() -> Iterator[str]:
    yield "# HELP caseflow_requests_total Requests by route and class of status, all processes."
    yield "# TYPE caseflow_requests_total counter"
    for route, status, number in counts().requests():
        said = route.replace("\\", "\\\\").replace('"', '\\"') or "none"
        yield f'caseflow_requests_total{{route="{said}",class="{status}"}} {number}'
    yield "# HELP caseflow_request_seconds How long requests took."
    yield "# TYPE caseflow_request_seconds histogram"
    upto, seconds = counts().durations()
    for bound, number in zip([*map(str, BOUNDS), "+Inf"], upto, strict=True):
        yield f'caseflow_request_seconds_bucket{{le="{bound}"}} {number}'
    yield f"caseflow_request_seconds_sum {seconds:.6f}"
    yield f"caseflow_request_seconds_count {upto[-1]}"


def _of_the_office() -> Iterator[str]:
    seen = _watched()
    yield from _gauge("database_up", "Whether the database answers.", int(seen is not None))
    if seen is None:
        return
    late, box = seen.lags, seen.lags.outbox
    yield from _gauge("clocks_running", "Promises that run, counted up to 20000.", seen.running)
    yield from _gauge(
        "clocks_breached", "Promises past their due moment, counted up to 20000.", seen.breached
    )
    yield from _gauge("clocks_due", "Rungs whose time has come and that wait.", late.due)
    yield from _gauge("sweep_lag_seconds", "How long the oldest of these waits.", late.sweep)
    yield from _gauge("outbox_oldest_seconds", "Age of what waits longest.", box.oldest_age)
    yield from _gauge("outbox_dead", "Messages given up.", box.dead)
    yield from _gauge("outbox_dead_events", "Events given up.", box.dead_events)
    yield from _gauge("outbox_withheld", "Messages without a way or an address.", box.withheld)
    yield from _gauge("outbox_owed", "Messages whose note is owed.", box.owed)
    yield from _gauge("outbox_possible_repeats", "Possibly sent twice, ever.", box.possible_repeats)
    told = {f'queue="{name}"': number for name, number in seen.waiting.items()}
    yield from _gauges("queue_depth", "Events and messages under way, by queue.", told)
    told = {f'job="{name}"': round(age) for name, age in late.since.items()}
    yield from _gauges("job_age_seconds", "Since a job came to its end; to 30 s.", told)
    if "mail" in late.since:
        lag = round(late.since["mail"])
        yield from _gauge("mail_lag_seconds", "Since the mailbox was read to its end.", lag)


def _gauge(name: str, words: str, value: float) -> Iterator[str]:
    yield from _gauges(name, words, {"": value})


def _gauges(name: str, words: str, values: dict[str, int] | dict[str, float]) -> Iterator[str]:
    yield f"# HELP caseflow_{name} {words}"
    yield f"# TYPE caseflow_{name} gauge"
    for label, value in values.items():
        yield f"caseflow_{name}{f'{{{label}}}' if label else ''} {value}"
