"""The desk's form as a report: telephone, window, letter, and what other offices hand down.

Pure functions: no session, no request, no clock. Everything wrong is told at once, field by
field in the order of the page, so that an operator with a caller on the line corrects it once.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from caseflow.crypto.blind import normal_email, normal_phone, takes_texts
from caseflow.errors import BadInput
from caseflow.intake.channels.handed import sheet as from_above
from caseflow.intake.report import Contact, IncomingFile, IncomingReport
from caseflow.ledger.moves.urgency import DangerCard
from caseflow.ledger.states import DISCLOSURES, KINDS
from caseflow.refs import whole
from caseflow.words import CATEGORIES

CHANNELS = ("telephone", "window", "letter", "handed_down")
ANSWERING = ("telephone", "window")  # where somebody is there to hear the answer
OUTCOMES = ("open", "answer")

LONGEST_TEXT = 10_000
_LONGEST = {
    "phone": 40,
    "name": 60,
    "email": 120,
    "address": 200,
    "place": 200,
    "happened": 200,
    "police_who": 60,
    "police_at": 60,
    "police_number": 60,
    "reason": 500,
    "text": LONGEST_TEXT,
    "answer_text": LONGEST_TEXT,
    **from_above.LONGEST,
}
FIELDS = (
    *("phone", "name", "email", "address", "texts"),
    *from_above.FIELDS,
    *("kind", "danger", "police_called", "police_who", "police_at", "police_number"),
    *("leader_told", "reason", "category", "area", "unit", "place", "happened", "text"),
    *("disclosure", "call_back", "outcome", "answer_text", "started", "call"),
)

# A draft may lie until the next shift; what began earlier was no call that ends now.
_LONGEST_CALL = timedelta(days=1)


@dataclass(frozen=True)
class Seat:
    """Who writes down, and what the house knows of the place that was typed.

    `operator`: id of the person. `area`: code of the area the report counts in.
    `now`: aware UTC moment of saving, which is the moment of receipt.
    """

    operator: int
    area: str
    now: datetime
    unit_id: int | None = None


@dataclass(frozen=True)
class Logged:
    """A report written down, the card of a danger, and the answer given on the spot; `call`: id of
    the record of the telephone call, where the sheet was opened from one.
    """

    incoming: IncomingReport
    card: DangerCard | None = None
    answer: str = ""
    call: int | None = None


def parse(
    channel: str,
    nonce: str,
    form: Mapping[str, str],
    seat: Seat,
    files: Sequence[IncomingFile] = (),
) -> Logged:
    """Return what an operator wrote down. Raises BadInput with a message for every wrong field."""
    said = {name: form.get(name, "").strip() for name in FIELDS}
    card = _card(said) if said["danger"] else None
    wrong = problems(channel, said, card, seat.now)
    if wrong:
        raise BadInput(wrong)
    handed = from_above.handed_down(said) if channel == "handed_down" else None
    began = call_began(said["started"], seat.now) if channel == "telephone" else None
    incoming = IncomingReport(
        channel=channel,
        channel_key=nonce,
        received_at=seat.now,
        kind=said["kind"],
        text=said["text"],
        subject=said["title"] if handed else "",
        original=original(channel, said, files),
        category=said["category"] or None,
        area_code=seat.area,
        unit_id=seat.unit_id,
        place=said["place"],
        happened=said["happened"],
        contact=Contact(said["name"], said["phone"], said["email"], said["address"]),
        disclosure="withheld" if said["kind"] == "tip" else said["disclosure"] or "withheld",
        call_back=bool(said["call_back"]),
        urgent=card is not None,
        logged_by=seat.operator,
        handed_down=handed,
        files=tuple(files),
        call_began=began,
        call_ended=seat.now if began else None,
        texts=bool(said["texts"]),
    )
    answers = said["outcome"] == "answer" and channel in ANSWERING
    call = whole(said["call"]) if channel == "telephone" else None
    return Logged(incoming, card, said["answer_text"] if answers else "", call)


def original(channel: str, said: Mapping[str, str], files: Sequence[IncomingFile] = ()) -> bytes:
    """Return what was typed, as it was typed, for the vault: UTF-8 JSON of the filled fields, and
    the names of the files.
    """
    typed: dict[str, object] = {name: said[name] for name in FIELDS if said.get(name)}
    if files:
        typed["files"] = [file.name for file in files]
    return json.dumps({"channel": channel, **typed}, ensure_ascii=False).encode()


def problems(
    channel: str, said: Mapping[str, str], card: DangerCard | None, now: datetime
) -> dict[str, str]:
    """Return field name to message in the order of the page; empty when all can be taken."""
    wrong = _contact(said)
    if channel == "handed_down":
        wrong |= from_above.problems(said, now)
    if said["kind"] not in KINDS:
        wrong["kind"] = "请选择诉求类型"
    if card is not None:
        wrong |= _danger(said, card)
    if said["category"] and said["category"] not in CATEGORIES:
        wrong["category"] = "请从列表中选择问题类别"
    if not said["text"]:
        wrong["text"] = "请写下反映的内容"
    if said["disclosure"] and said["disclosure"] not in DISCLOSURES:
        wrong["disclosure"] = "请选择身份怎样对待"
    wrong |= _outcome(channel, said)
    for name, longest in _LONGEST.items():
        if len(said[name]) > longest:
            wrong[name] = "写得太长了，请缩短；详细经过写到内容里"
    return wrong


def _contact(said: Mapping[str, str]) -> dict[str, str]:
    wrong = {}
    if said["phone"] and normal_phone(said["phone"]) is None:
        wrong["phone"] = "这不像电话号码，请核对；不知道可以空着"
    elif said["texts"] and not takes_texts(normal_phone(said["phone"]) or ""):
        wrong["phone"] = "发短信要手机号码，请核对，或不勾选短信"
    if said["email"] and normal_email(said["email"]) is None:
        wrong["email"] = "这不像邮箱地址，请核对；不知道可以空着"
    return wrong


def call_began(started: str, now: datetime) -> datetime | None:
    """Return when a call began, which the page noted with the first word; it ends with the saving.

    None when it is no moment, or one that nobody can have talked since: it is the browser's word.
    """
    try:
        began = datetime.fromisoformat(started)
        if began.tzinfo is None:
            return None
        began = began.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return began if now - _LONGEST_CALL <= began <= now else None


def _card(said: Mapping[str, str]) -> DangerCard:
    return DangerCard(
        police_called=said["police_called"] == "yes",
        leader_told=bool(said["leader_told"]),
        police_who=said["police_who"],
        police_at=said["police_at"],
        police_number=said["police_number"],
        reason=said["reason"],
    )


def _danger(said: Mapping[str, str], card: DangerCard) -> dict[str, str]:
    """The card of a child in danger cannot be skipped (未成年人保护法 §11)."""
    wrong = dict(card.missing())
    if said["police_called"] not in ("yes", "no"):
        wrong = {"police_called": "请选择是否已经报警", **wrong}
        wrong.pop("reason", None)
    return wrong


def _outcome(channel: str, said: Mapping[str, str]) -> dict[str, str]:
    if said["outcome"] != "answer" or channel not in ANSWERING:
        return {}
    if said["danger"]:
        return {"outcome": "孩子有危险的事项须立案办理，不能当场答复了结"}
    return {} if said["answer_text"] else {"answer_text": "请写下当场答复的内容"}
