"""Twilio's published description of its API, and whether an answer is one that it describes.

Brought by `.ci/twilio_spec.py`. An answer must have the very fields of its schema, no more and no
fewer: Twilio leaves none out, and a field of our own making would teach the tests a lie.
"""

import json
import re
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

FILE = Path(__file__).parent / "described" / "twilio_api_v2010.json"

_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "object": dict,
    "array": list,
}


class UndescribedError(AssertionError):
    """Something that Twilio would not say, or would not take."""


@cache
def spec() -> dict[str, Any]:
    """Return the description; says how to bring it where it is missing."""
    assert FILE.exists(), f"bring it: python .ci/twilio_spec.py ({FILE.name})"
    found: dict[str, Any] = json.loads(FILE.read_bytes())
    return found


@cache
def _routes() -> list[tuple[re.Pattern[str], str]]:
    by_length = sorted(spec()["paths"], key=lambda path: path.count("{"))
    return [(re.compile(re.sub(r"\{\w+\}", "[^/]+?", path)), path) for path in by_length]


def operation(method: str, path: str) -> dict[str, Any]:
    """Return what is described of a request. Raises UndescribedError."""
    for route, name in _routes():
        found = spec()["paths"][name].get(method.lower())
        if found and route.fullmatch(path):
            return dict(found)
    raise UndescribedError(f"{method} {path}")


def check_request(method: str, path: str, form: dict[str, str]) -> None:
    """Assert that Twilio knows every field of a form, and misses none that it must have."""
    body = operation(method, path).get("requestBody", {}).get("content", {})
    schema = body.get("application/x-www-form-urlencoded", {}).get("schema", {})
    unknown = set(form) - set(schema.get("properties", {}))
    missing = set(schema.get("required", ())) - set(form)
    if unknown or missing:
        raise UndescribedError(f"{method} {path}: unknown {unknown}, missing {missing}")


def check_answer(method: str, path: str, status: int, answer: Any) -> None:
    """Assert that this is what Twilio answers with this status."""
    answers = operation(method, path)["responses"]
    if str(status) not in answers:
        raise UndescribedError(f"{method} {path} never answers {status}")
    content = answers[str(status)].get("content", {})
    if not content:
        if answer is not None:
            raise UndescribedError(f"{method} {path} answers {status} with nothing")
        return
    fits(content["application/json"]["schema"], answer, path)


def fits(schema: dict[str, Any], value: Any, where: str) -> None:
    """Assert that a value is what a schema describes."""
    while "$ref" in schema:
        schema = spec()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if value is None:
        _must(bool(schema.get("nullable")), where, value)
        return
    kind = schema.get("type")
    if kind is not None:
        _must(isinstance(value, _TYPES[kind]), where, value)
        _must(not (kind == "integer" and isinstance(value, bool)), where, value)
    _must("enum" not in schema or value in schema["enum"], where, value)
    if isinstance(value, str):
        _text(schema, value, where)
    if isinstance(value, list):
        for n, one in enumerate(value):
            fits(schema["items"], one, f"{where}[{n}]")
    if "properties" in schema:
        _must(set(value) == set(schema["properties"]), where, sorted(value))
        for name, inner in schema["properties"].items():
            fits(inner, value[name], f"{where}.{name}")


def _text(schema: dict[str, Any], value: str, where: str) -> None:
    _must("pattern" not in schema or bool(re.search(schema["pattern"], value)), where, value)
    _must(schema.get("minLength", 0) <= len(value), where, value)
    _must(len(value) <= schema.get("maxLength", len(value)), where, value)
    if schema.get("format") == "date-time-rfc-2822":
        _must(parsedate_to_datetime(value).tzinfo is not None, where, value)
    if schema.get("format") == "uri":
        _must(bool(urlsplit(value).netloc), where, value)


def _must(holds: bool, where: str, value: Any) -> None:
    if not holds:
        raise UndescribedError(f"{where}: {value!r}")
