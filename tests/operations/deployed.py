"""The files of `deploy/` as the tests read them: what is started, how, and with which settings.

Compose files are YAML. Ours use a small part of it, and that part is read here: mappings, lists,
plain and quoted words, lists in brackets, one anchor that is merged in.
"""

import json
import shlex
from pathlib import Path
from typing import Any

from config import ROOT

DEPLOY = ROOT / "deploy"
UNITS = DEPLOY / "systemd"


def compose(file: Path = DEPLOY / "compose.yaml") -> dict[str, Any]:
    """Return a compose file. ValueError where it says something that is not read here."""
    lines = [
        (len(line) - len(line.lstrip()), line.strip())
        for line in file.read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.strip().startswith("#")
    ]
    found, left = _block(lines, 0, {})
    if left:
        raise ValueError(left[0])
    return dict(found)


Line = tuple[int, str]


def _block(lines: list[Line], indent: int, anchors: dict[str, Any]) -> tuple[Any, list[Line]]:
    if lines[0][1].startswith("- "):
        items = []
        while lines and lines[0] >= (indent, "- ") and lines[0][1].startswith("- "):
            items.append(_scalar(lines.pop(0)[1].removeprefix("- ")))
        return items, lines
    found: dict[str, Any] = {}
    while lines and lines[0][0] == indent:
        key, colon, value = lines.pop(0)[1].partition(":")
        if not colon or (value and not value.startswith(" ")):
            raise ValueError(key)
        value = value.strip()
        if key == "<<":
            found |= anchors[value.removeprefix("*")]
        elif not value or value.startswith("&"):
            inner: Any = None
            if lines and lines[0][0] > indent:
                inner, lines = _block(lines, lines[0][0], anchors)
            found[key] = inner
            anchors[value.removeprefix("&")] = inner
        else:
            found[key] = _scalar(value)
    return found, lines


def _scalar(value: str) -> Any:
    return json.loads(value) if value[0] in '["' else value


def services() -> dict[str, dict[str, Any]]:
    """Return the services of ours that the compose file starts, by name."""
    return {name: one for name, one in compose()["services"].items() if one["image"] == "caseflow"}


def unit(name: str) -> dict[str, list[str]]:
    """Return what a systemd unit says, each setting with all its values."""
    said: dict[str, list[str]] = {}
    for line in (UNITS / name).read_text(encoding="utf-8").splitlines():
        key, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            said.setdefault(key, []).append(value)
    return said


def commands_of_units() -> dict[str, list[str]]:
    """Return what each service unit starts, without the folder that it is installed in."""
    return {
        file.name: shlex.split(unit(file.name)["ExecStart"][0].removeprefix(INSTALLED))
        for file in sorted(UNITS.glob("*.service"))
    }


INSTALLED = "/opt/caseflow/.venv/bin/"


def settings(file: str) -> dict[str, str]:
    """Return the settings of an environment file."""
    lines = (DEPLOY / file).read_text(encoding="utf-8").splitlines()
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def forwarded() -> dict[str, str]:
    """Return the headers that the proxy sets, as it would for somebody at 203.0.113.9."""
    values = {"$host": "tips.example.gov.cn", "$remote_addr": "203.0.113.9", "$scheme": "https"}
    found = {}
    for line in (DEPLOY / "nginx.conf").read_text(encoding="utf-8").splitlines():
        words = line.strip().rstrip(";").split()
        if words[:1] == ["proxy_set_header"]:
            found[words[1]] = values.get(words[2], words[2].strip('"'))
    return found
