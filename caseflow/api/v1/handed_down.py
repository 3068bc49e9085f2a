"""Orders of another office's platform: taken in, asked about, their report back signed for."""

import csv
from collections.abc import Callable, Iterable
from datetime import datetime
from io import StringIO
from typing import Any

from flask import Response, request

from caseflow.api.v1.frame import (
    answer,
    bearer,
    blueprint,
    body,
    lets_in,
    now,
    problem_of,
    rooms,
    said,
)
from caseflow.errors import BadInput, CaseflowError, Told
from caseflow.intake import exchange
from caseflow.intake.channels.handed import exchange as orders
from caseflow.intake.channels.handed.exchange import Order
from caseflow.intake.channels.webform import legible
from caseflow.intake.exchange import Standing, Taken
from caseflow.refs import whole

ROLE = "exchange"
AT = "/handed-down"
_BACK = ("state", "text", "sent_at", "signed_at")
COLUMNS = ("id", "number", "case", "state", "received_at", "due", *(f"back_{one}" for one in _BACK))
"""The first line of a table of orders."""


@blueprint.post(AT)
@lets_in(ROLE)
def take() -> Response:
    """Take one order (an object), or several ({"orders": […]}, or CSV): each is answered by itself,
    and what is wrong with one keeps none of the others out.
    """
    if request.mimetype == "text/csv":
        try:
            rows = orders.of_csv(body().decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise BadInput({"": "须用 UTF-8"}) from None
        return _each(rows, orders.of_row)
    sent = said()
    if isinstance(sent, dict) and "orders" in sent:
        if not isinstance(sent["orders"], list) or len(sent) > 1:
            raise BadInput({"orders": "须是一个 JSON 数组"})
        return _each(sent["orders"], orders.of_json)
    taken = exchange.take(rooms(), bearer(), orders.of_json(sent), now())
    return answer(taken_as_json(taken), 200 if taken.duplicate else 201)


def _each(rows: Iterable[Any], read: Callable[[Any], Order]) -> Response:
    every = list(rows)
    if len(every) > orders.MOST:
        raise BadInput({"orders": Told("一次最多 %(n)d 件", n=orders.MOST)})
    return answer({"orders": [_one(row, read) for row in every]})


def _one(row: Any, read: Callable[[Any], Order]) -> dict[str, Any]:
    try:
        taken = exchange.take(rooms(), bearer(), read(row), now())
    except CaseflowError as error:
        number = row.get("id") if isinstance(row, dict) else None
        return {"id": number if isinstance(number, str) else None, "problem": problem_of(error)}
    return taken_as_json(taken)


@blueprint.get(AT)
@lets_in(ROLE)
def waiting() -> Response:
    """Return the reports back that were sent and not yet signed for; `after` asks for the next.

    Whoever accepts nothing but CSV gets a table, and where the next are in `Link`.
    """
    after = whole(request.args.get("after", "")) or 0
    with rooms().database.read() as session:
        found = exchange.waiting(session, bearer(), after)
    if request.accept_mimetypes.best_match(("application/json", "text/csv")) == "text/csv":
        table = standings_as_csv(one for _, one in found)
        response = Response(table, mimetype="text/csv")
        if len(found) == exchange.AT_ONCE:
            response.headers["Link"] = f'<{request.path}?after={found[-1][0]}>; rel="next"'
        return response
    told: dict[str, Any] = {"orders": [standing_as_json(one) for _, one in found]}
    if len(found) == exchange.AT_ONCE:
        told["after"] = found[-1][0]
    return answer(told)


@blueprint.get(f"{AT}/<path:order>")
@lets_in(ROLE)
def standing(order: str) -> Response:
    """Tell how an order of the bearer stands, with its report back once that was sent."""
    with rooms().database.read() as session:
        return answer(standing_as_json(exchange.standing(session, bearer(), order)))


@blueprint.post(f"{AT}/<path:order>/acknowledgement")
@lets_in(ROLE)
def acknowledge(order: str) -> Response:
    """Take the signature for a report back; sent twice it is recorded once."""
    sent = said()
    by = sent.get("signed_by") if isinstance(sent, dict) else None
    if not isinstance(by, str) or len(by) > 60 or set(sent) != {"signed_by"}:
        raise BadInput({"signed_by": "请写明谁签收，最多 60 字"})
    me, at = bearer(), now()
    work = rooms().database.run
    return answer(standing_as_json(work(lambda s: exchange.sign(s, me, order, legible(by), at))))


def taken_as_json(taken: Taken) -> dict[str, Any]:
    """Return the acknowledgement of an order."""
    return {
        "id": taken.id,
        "number": taken.number,
        "case": taken.case,
        "duplicate": taken.duplicate,
    }


def standing_as_json(one: Standing) -> dict[str, Any]:
    """Return how an order stands."""
    told: dict[str, Any] = {
        "id": one.id,
        "number": one.number,
        "case": one.case,
        "state": one.state,
        "received_at": _moment(one.received_at),
        "due": _moment(one.due),
        "report_back": None,
    }
    if one.back is not None:
        told["report_back"] = {
            "state": one.back.state,
            "text": one.back.text,
            "sent_at": _moment(one.back.sent_at),
            "signed_at": _moment(one.back.signed_at),
        }
    return told


def standings_as_csv(orders: Iterable[Standing], *, headed: bool = True) -> str:
    """Return how orders stand as a table for a machine, `COLUMNS` first (or, not `headed`, the rows
    that go on with one); what is not is empty.
    """
    file = StringIO()
    out = csv.writer(file)
    if headed:
        out.writerow(COLUMNS)
    for one in map(standing_as_json, orders):
        back = one.pop("report_back") or {}
        out.writerow([*one.values(), *(back.get(name) for name in _BACK)])
    return file.getvalue()


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None
