"""The result of a run: a table for people, `results/latest.json` for whoever compares."""

import json
import platform
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from os import cpu_count, sysconf
from pathlib import Path

LATEST = Path(__file__).parent / "results" / "latest.json"
_PACKAGES = ("flask", "sqlalchemy", "psycopg", "gunicorn", "werkzeug", "jinja2")


@dataclass(frozen=True)
class Result:
    """One line. `ratio`: against the limit measured in the same round, 1.0 being the limit itself.

    `met`: `reach`, `floor`, or `no`.
    """

    name: str
    value: float
    unit: str
    floor: float
    reach: float
    met: str
    ratio: float | None = None


def judged(
    name: str,
    value: float,
    unit: str,
    goals: tuple[float, float],
    *,
    less: bool = False,
    ratio: float | None = None,
) -> Result:
    """Return a line with what of its goals, floor and reach, it met; `less` is better for some."""
    floor, reach = goals
    sign = -1 if less else 1
    met = (
        "reach"
        if sign * value >= sign * reach
        else "floor"
        if sign * value >= sign * floor
        else "no"
    )
    return Result(name, round(value, 2), unit, floor, reach, met, ratio and round(ratio, 4))


def machine() -> Mapping[str, object]:
    """Return what the run stood on."""
    memory = sysconf("SC_PAGE_SIZE") * sysconf("SC_PHYS_PAGES") / 2**30
    return {"cores": cpu_count(), "memory_gib": round(memory, 1), "processor": _processor()}


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((x.partition(": ")[2] for x in lines if x.startswith("model name")), "unknown")


def versions(postgresql: str) -> Mapping[str, str]:
    """Return the versions of everything that has a part in the figures."""
    own = {name: version(name) for name in _PACKAGES}
    ours = {"python": platform.python_version(), "sqlite": sqlite3.sqlite_version}
    return {**ours, "postgresql": postgresql, **own}


def keep(size: int, stood_on: Mapping[str, object], lines: Iterable[Result]) -> None:
    """Write the result of a run."""
    said = {**stood_on, "size": size, "lines": [asdict(line) for line in lines]}
    LATEST.write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def row(line: Result) -> str:
    """Return a line of the table."""
    beside = f"{line.ratio:.3f}" if line.ratio is not None else "-"
    goals = f"{line.floor:g} / {line.reach:g}"
    return (
        f"{line.name:<34} {line.value:>9.2f} {line.unit:<8} {goals:>13} {line.met:<6} {beside:>7}"
    )


HEAD = f"{'work':<34} {'value':>9} {'unit':<8} {'floor / reach':>13} {'met':<6} {'ratio':>7}"
