"""What somebody typed into the public form, as a report. Pure: no request, no session.

Nothing is asked that a frightened person could not answer: only what it is about (kind) and what
happened. What is wrong is told field by field, in the order of the page.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from caseflow import refs, words
from caseflow.crypto.blind import normal_email, normal_phone, takes_texts
from caseflow.errors import BadInput
from caseflow.intake.report import Contact, IncomingFile, IncomingReport

CHANNEL = "webform"
LONGEST_TEXT = 10_000  # characters; the messages below name the same numbers
LONGEST_PLACE = 200
LONGEST_HAPPENED = 100
DISCLOSURES = ("withheld", "relay", "unit")

_NONCE = re.compile(r"[A-Za-z0-9_-]{22,64}")  # 128 random bits at the least
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")  # PostgreSQL takes no NUL in a text
_OURS = ("nonce", "csrf_token", "confirmation", "ticket", "kept", "files")
_TOO_LONG = {
    "place": (LONGEST_PLACE, "地点最多 200 字"),
    "happened_when": (LONGEST_HAPPENED, "发生时间最多 100 字"),
    "name": (60, "姓名最多 60 字"),
    "phone": (60, "电话最多 60 字"),
    "email": (120, "邮箱最多 120 字"),
}


@dataclass(frozen=True)
class Choices:
    """What the page offered: area codes, and the area of each unit by its id."""

    areas: frozenset[str] = frozenset()
    units: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class First:
    """What a later contact takes over from the report it adds to."""

    number: str
    kind: str
    disclosure: str
    locale: str


def is_nonce(text: str) -> bool:
    """Tell whether a form's own number is one that nobody can guess."""
    return _NONCE.fullmatch(text) is not None


def key_of(nonce: str) -> str:
    """Return what is kept of a form's number: whoever reads the database cannot send it again.

    The receipt is derived from it, so the number itself is as secret as the code.
    """
    return hashlib.sha256(nonce.encode()).hexdigest()[:40]


def parse(
    form: Mapping[str, str],
    choices: Choices,
    key: str,
    now: datetime,
    *,
    locale: str = "zh",
    files: Sequence[IncomingFile] = (),
) -> IncomingReport:
    """Return the report that a filled form is. Raises BadInput, fields in the order of the page.

    `key` is what `key_of` made of the form's number. A tip is always withheld, whatever was sent.
    """
    said = {name: cleaned(value) for name, value in form.items()}
    get = said.get
    errors: dict[str, str] = {}
    kind, category = get("kind", ""), get("category", "")
    if kind not in words.KINDS:
        errors["kind"] = "请选择您想做什么"
    if category and category not in words.CATEGORIES:
        errors["category"] = "请重新选择问题类别"
    area, unit_id = _where(said, choices, errors)
    place = _place(said, unit_id)
    _lengths({**said, "place": place}, ("place", "happened_when"), errors)
    _check_text(get("text", ""), errors, required=True)
    contact = _contact(said, errors)
    if errors:
        raise BadInput(errors)
    disclosed = get("disclosure", "") if contact and kind != "tip" else ""
    return IncomingReport(
        channel=CHANNEL,
        channel_key=key,
        received_at=now,
        kind=kind,
        text=get("text", ""),
        original=original(form, files),
        category=category or None,
        area_code=area or None,
        unit_id=unit_id,
        place=place,
        happened=get("happened_when", ""),
        contact=contact,
        disclosure=disclosed if disclosed in DISCLOSURES else "withheld",
        call_back=kind == "tip" and bool(contact) and bool(get("call_back")),
        urgent=bool(get("danger")),
        locale=locale,
        files=tuple(files),
        texts=bool(contact.phone) and bool(get("texts")),
    )


def parse_more(
    form: Mapping[str, str],
    first: First,
    key: str,
    now: datetime,
    *,
    files: Sequence[IncomingFile] = (),
    urgent: bool = False,
) -> IncomingReport:
    """Return a further contact about a report whose number and code were proven.

    Words or a file are enough; an urgent one (retaliation) needs words. Raises BadInput.
    """
    text = cleaned(form.get("text", ""))
    errors: dict[str, str] = {}
    _check_text(text, errors, required=urgent)
    if not text and not files:
        errors["text"] = errors.get("text", "请写几句，或者附上文件")
    if errors:
        raise BadInput(errors)
    return IncomingReport(
        channel=CHANNEL,
        channel_key=key,
        received_at=now,
        kind=first.kind,
        text=text,
        original=original(form, files),
        disclosure=first.disclosure,
        urgent=urgent,
        locale=first.locale,
        files=tuple(files),
        belongs_to=first.number,
    )


def cleaned(text: str) -> str:
    """Return typed words without the ends and characters that nobody types; lines end in LF."""
    return refs.trimmed(legible(text.replace("\r\n", "\n").replace("\r", "\n")))


def legible(text: str) -> str:
    """Return a text without control characters other than tabs and line ends."""
    return _CONTROL.sub("", text)


def original(form: Mapping[str, str], files: Sequence[IncomingFile]) -> bytes:
    """Return what was typed, as it was typed, for the vault: without tokens, with file names."""
    typed = {name: value for name, value in form.items() if name not in _OURS}
    kept = {"fields": typed, "files": [file.name for file in files]}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True).encode(errors="backslashreplace")


def _where(
    said: Mapping[str, str], choices: Choices, errors: dict[str, str]
) -> tuple[str, int | None]:
    """Return area and unit; the unit's own area is the more exact one."""
    area, unit = said.get("area", ""), said.get("unit", "")
    if area and area not in choices.areas:
        errors["area"] = "请重新选择区域"
    if not unit:
        return area, None
    unit_id = refs.whole(unit)
    if unit_id is None or unit_id not in choices.units:
        errors["unit"] = "请重新选择学校或机构，或在下面写出名称"
        return area, None
    return choices.units[unit_id], unit_id


def _place(said: Mapping[str, str], unit_id: int | None) -> str:
    """Return the place as its reporter wrote it; a name looked for and not chosen belongs to it."""
    place, looked_for = said.get("place", ""), said.get("unit_typed", "")
    if unit_id is not None or looked_for in place:
        return place
    return f"{looked_for}，{place}" if place else looked_for


def _check_text(text: str, errors: dict[str, str], *, required: bool) -> None:
    if required and not text:
        errors["text"] = "请写发生了什么，一句话也可以"
    elif len(text) > LONGEST_TEXT:
        errors["text"] = "最多 10000 字，其余的可以作为文件附上，或以后补充"


def _lengths(said: Mapping[str, str], names: Sequence[str], errors: dict[str, str]) -> None:
    for name in names:
        longest, words_ = _TOO_LONG[name]
        if len(said.get(name, "")) > longest:
            errors[name] = words_


def _takes_texts(phone: str) -> bool:
    number = normal_phone(phone)
    return number is not None and takes_texts(number)


def _contact(said: Mapping[str, str], errors: dict[str, str]) -> Contact:
    """Return who reported. Neither drops what was typed nor keeps it against the choice made."""
    contact = Contact(said.get("name", ""), said.get("phone", ""), said.get("email", ""))
    choice = said.get("contact", "none")
    if choice != "name":
        if contact:
            errors["contact"] = "您填了姓名或联系方式，但选了“不留”。请改选“留下”，或清空它们"
        return Contact()
    _lengths(said, ("name", "phone", "email"), errors)
    if not (contact.phone or contact.email):
        errors["phone"] = "请留下电话或邮箱，否则请选“不留”"
    if contact.phone and "phone" not in errors and normal_phone(contact.phone) is None:
        errors["phone"] = "这个电话号码不完整，请再看一遍"
    if said.get("texts") and "phone" not in errors and not _takes_texts(contact.phone):
        errors["phone"] = "发短信要手机号码，请写手机号码，或不勾选短信"
    if contact.email and "email" not in errors and normal_email(contact.email) is None:
        errors["email"] = "这个邮箱地址不完整，例如 name@example.com"
    return contact
