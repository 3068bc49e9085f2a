"""What people report to the demo office: invented texts, read from `matters.toml`."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("matters.toml")


@dataclass(frozen=True)
class Task:
    """One problem item: the office's own words, what the unit reads, what comes of it."""

    matter: str
    text: str
    to: str
    result: str = "substantiated"
    basis: str = "经现场查看并询问有关人员，情况与反映基本一致。"
    done: str = "已整改到位，并举一反三开展自查。"
    inspector: str = ""
    rectified_by: str = ""
    rectify: str = ""
    objection: str = ""


@dataclass(frozen=True)
class Matter:
    """One report. `who`: name, telephone, e-mail; all empty when nobody said who they are."""

    key: str
    kind: str
    channel: str
    category: str
    text: str
    subject: str = ""
    unit: str = ""
    place: str = ""
    happened: str = ""
    disclosure: str = "withheld"
    who: tuple[str, str, str] = ("", "", "")
    call_back: bool = False
    urgent: bool = False
    files: int = 0
    sender: str = ""
    number: str = ""
    instructed: bool = False
    reply: str = "您反映的问题已核查处理，感谢您的监督。"
    tasks: tuple[Task, ...] = field(default_factory=tuple)


def read() -> dict[str, Matter]:
    """Return every matter by its key, in the order of the file."""
    with _FILE.open("rb") as file:
        rows: dict[str, dict[str, Any]] = tomllib.load(file)
    return {key: _matter(key, row) for key, row in rows.items()}


def _matter(key: str, row: dict[str, Any]) -> Matter:
    tasks = tuple(Task(**task) for task in row.pop("tasks", ()))
    who = tuple(row.pop("who", ("", "", "")))
    return Matter(key=key, tasks=tasks, who=who, **row)
