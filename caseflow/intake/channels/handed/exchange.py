"""An order as another office's platform sends it (docs/exchange.md): JSON or a line of CSV becomes
the normal form, or is told field by field what is wrong with it. Pure.
"""

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from caseflow.crypto.blind import normal_email, normal_phone
from caseflow.errors import BadInput
from caseflow.intake.channels.desk import LONGEST_TEXT
from caseflow.intake.channels.webform import legible
from caseflow.intake.report import Contact, HandedDown, IncomingReport
from caseflow.ledger.states import KINDS
from caseflow.words import CATEGORIES

CHANNEL = "handed_down"
MOST = 100
"""Orders of one message."""

LONGEST = {
    "id": 120,
    "title": 200,
    "text": LONGEST_TEXT,
    "kind": 20,
    "category": 40,
    "unit": 120,
    "place": 200,
    "happened": 200,
    "reporter_name": 60,
    "reporter_phone": 40,
    "reporter_email": 120,
    "reporter_address": 200,
    "sent_at": 40,
    "due": 40,
    "report_due": 40,
}
FLAGS = ("report_back", "instructed", "danger")
FIELDS = (*LONGEST, *FLAGS)
_MOMENTS = ("sent_at", "due", "report_due")
_TRUE, _FALSE = ("true", "1", "yes", "是"), ("false", "0", "no", "否", "")  # not said


@dataclass(frozen=True, repr=False)
class Order:
    """An order that can be taken: its fields, flat, those that were said."""

    said: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The sender's number of it."""
        return str(self.said["id"])

    def original(self) -> bytes:
        """Return it in one canonical form, which is kept whole and compared by."""
        return json.dumps(dict(self.said), ensure_ascii=False, sort_keys=True).encode()


def of_json(value: object) -> Order:
    """Return the order that a JSON object says. Raises BadInput with a message for each field."""
    if not isinstance(value, dict):
        raise BadInput({"": "每一件须是一个 JSON 对象"})
    reporter = value.get("reporter", {})
    if not isinstance(reporter, dict):
        raise BadInput({"reporter": "须是一个 JSON 对象"})
    flat = {name: one for name, one in value.items() if name != "reporter"}
    flat |= {f"reporter_{name}": one for name, one in reporter.items()}
    return _checked(flat)


def of_csv(text: str) -> list[dict[str, str]]:
    """Return the lines of a table whose first line names the fields. Raises BadInput."""
    try:
        rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), strict=True))
    except csv.Error:
        raise BadInput({"": "读不出这张表"}) from None
    if any(None in row or None in row.values() for row in rows):
        raise BadInput({"": "有的行与表头的列数不同"})
    return [{name: one for name, one in row.items() if one != ""} for row in rows]


def of_row(row: Mapping[str, str]) -> Order:
    """Return the order that a line of a table says. Raises BadInput."""
    flat: dict[str, object] = dict(row)
    for name in FLAGS:
        said = str(flat.get(name, "")).strip().lower()
        if said in _TRUE or said in _FALSE:
            flat[name] = said in _TRUE
    return _checked(flat)


def _checked(flat: Mapping[str, object]) -> Order:
    wrong = {name: "没有这一项" for name in flat if name not in FIELDS}
    said: dict[str, Any] = {}
    for name in FIELDS:
        one = flat.get(name)
        if one is None:
            continue
        if name in FLAGS:
            if not isinstance(one, bool):
                wrong[name] = "须是 true 或 false"
            elif one:
                said[name] = True
        elif not isinstance(one, str):
            wrong[name] = "须是文字"
        elif len(one) > LONGEST[name]:
            wrong[name] = "写得太长了"
        elif legible(one).strip():
            said[name] = legible(one).strip()
    wrong = {**_problems(said), **wrong}
    if wrong:
        raise BadInput(wrong)
    return Order(said)


def _problems(said: Mapping[str, Any]) -> dict[str, str]:
    wrong = {name: "必须填写" for name in ("id", "text", "kind") if name not in said}
    if said.get("kind", KINDS[0]) not in KINDS:
        wrong["kind"] = "没有这种诉求类型"
    if said.get("category", "other") not in CATEGORIES:
        wrong["category"] = "没有这种问题类别"
    if "reporter_phone" in said and normal_phone(said["reporter_phone"]) is None:
        wrong["reporter_phone"] = "这不像电话号码"
    if "reporter_email" in said and normal_email(said["reporter_email"]) is None:
        wrong["reporter_email"] = "这不像邮箱地址"
    for name in _MOMENTS:
        if name in said and moment(said[name]) is None:
            wrong[name] = "须是带时区的时刻，例如 2026-03-06T17:00:00+08:00"
    return wrong


def moment(said: str) -> datetime | None:
    """Return a moment in RFC 3339 with its offset; None for what is none."""
    try:
        at = datetime.fromisoformat(said)
        return at.astimezone(UTC) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None


def channel_key(sender: str, number: str) -> str:
    """Return the channel's own id of an order: the same sender and number are the same one."""
    whole = json.dumps([sender, number], ensure_ascii=False).encode()
    return f"exchange:{hashlib.sha256(whole).hexdigest()}"


def incoming(
    order: Order, sender: str, area: str, unit_id: int | None, now: datetime
) -> IncomingReport:
    """Return an order as a report. A unit that the house does not know stands in the place."""
    said = order.said
    unknown = said.get("unit", "") if unit_id is None else ""
    place = " ".join(one for one in (unknown, said.get("place", "")) if one)
    contact = {name: said.get(f"reporter_{name}", "") for name in ("name", "phone", "email")}
    times = {name: moment(said[name]) if name in said else None for name in _MOMENTS}
    return IncomingReport(
        channel=CHANNEL,
        channel_key=channel_key(sender, order.id),
        received_at=now,
        kind=said["kind"],
        text=said["text"],
        original=order.original(),
        subject=said.get("title", ""),
        category=said.get("category"),
        area_code=area,
        unit_id=unit_id,
        place=place[:200],
        happened=said.get("happened", ""),
        contact=Contact(**contact, address=said.get("reporter_address", "")),
        urgent=bool(said.get("danger")),
        handed_down=HandedDown(
            sender=sender,
            number=order.id,
            due=times["due"],
            report_back=bool(said.get("report_back") or times["report_due"]),
            instructed=bool(said.get("instructed")),
            sent_at=times["sent_at"],
            back_due=times["report_due"],
        ),
    )


def differs(kept: bytes, order: Order) -> list[str]:
    """Return which fields of an order are not as they were kept, as JSON names them; all of them
    where what was kept is no order.
    """
    try:
        before = json.loads(kept)
    except ValueError:
        before = {}
    if not isinstance(before, dict) or "id" not in before:
        before = {}
    names: Sequence[str] = [n for n in FIELDS if before.get(n) != order.said.get(n)]
    return [name.replace("reporter_", "reporter.") for name in names]
