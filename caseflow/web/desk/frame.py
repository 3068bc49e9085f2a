"""The desk's blueprint and what its pages share: the sheet that was typed, who types it."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as WerkzeugResponse

from caseflow.intake import desk_places
from caseflow.intake.channels.desk import CHANNELS, FIELDS
from caseflow.intake.channels.webform import legible
from caseflow.people.scope import Scope, scope_of
from caseflow.people.tables import Unit
from caseflow.web import edge

Page = str | tuple[str, int] | Response | WerkzeugResponse

blueprint = Blueprint("desk", __name__, url_prefix="/console/desk")

_NONCE = re.compile(r"[A-Za-z0-9_-]{16,40}")


def scope() -> Scope:
    """Return how far whoever sits at the desk sees."""
    return scope_of(edge.actor())


def fresh_nonce() -> str:
    """Return a sheet's own number: the channel key of its report, so nothing comes in twice."""
    return secrets.token_urlsafe(18)


def is_nonce(text: str) -> bool:
    """Tell whether a text can be a sheet's number."""
    return _NONCE.fullmatch(text) is not None


def channel_of(said: str | None) -> str:
    """Return the door that a page is for; the telephone when none of ours is named."""
    return said if said in CHANNELS else CHANNELS[0]


def sheet() -> dict[str, str]:
    """Return the fields of the posted sheet, untrimmed, and nothing else that was posted."""
    return {name: legible(request.form[name]) for name in FIELDS if request.form.get(name)}


SEVERAL = 5


@dataclass(frozen=True)
class Place:
    """Where a sheet's matter belongs: `area` is a code of the scope, `wrong` names the field.

    `like`: what one types for the units, where several hold what was typed; one more than `SEVERAL`
    says more. `namesakes`: they have that very name.
    """

    area: str
    unit: Unit | None
    wrong: Mapping[str, str]
    like: Sequence[str] = ()
    namesakes: bool = False


def place_of(session: Session, form: Mapping[str, str]) -> Place:
    """Find area and unit that were typed; what the house does not know is told, not guessed."""
    typed = form.get("unit", "")
    found = desk_places.units_like(session, scope(), typed, SEVERAL + 1)
    unit = found[0] if len(found) == 1 else None
    like = found if len(found) > 1 else ()
    namesakes = any(_bare(one.name) == _bare(typed) for one in like)
    wrong: dict[str, str] = {}
    if namesakes:
        wrong["unit"] = "不止一个单位是这个名称，请从列表中选择"
    elif like:
        wrong["unit"] = "没有叫这个名称的单位，请从列表中选择"
    elif typed.strip() and unit is None:
        wrong["unit"] = "名单里没有这个单位。请重选，或清空后把名称写到地点里"
    area = form.get("area", "").strip()
    if area and area not in dict(desk_places.areas(session, scope())):
        wrong["area"] = "请从列表中选择区域"
    place = area or (unit.area_code if unit else scope().code)
    names = desk_places.labels([(one.name, one.area_code) for one in like])
    return Place(place, unit, wrong, names, namesakes)


def _bare(name: str) -> str:
    return "".join(name.split())
