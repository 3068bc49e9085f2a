"""Run the tests in groups: `python -m tests [--without-check] [GROUP ...]`.

What a group needs from the machine is brought first: as root or with passwordless sudo on a Debian
machine it is installed, elsewhere the run ends at once with the command to give. Nothing is ever
skipped. Each group's duration is shown beside its budget on two cores; a slow group is no failure.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.servers import ROOT, quick_folder

_APART = ("browser", "faults", "mail")
_PROCESSES = 2
_EMPTY = 5  # pytest's exit code when it found no test


@dataclass(frozen=True)
class Group:
    """Tests that run together. `budget` is in seconds; `packages` are Debian's names;
    `shared_out` is how the processes get them (pytest-xdist's `--dist`).
    """

    name: str
    title: str
    budget: int
    arguments: tuple[str, ...]
    packages: tuple[str, ...] = ()
    shared_out: tuple[str, ...] = ("worksteal",)


_EVERYWHERE_ELSE = ("tests", *(f"--ignore=tests/{folder}" for folder in _APART))

GROUPS = (
    Group(
        "fast",
        "house rules, pure and SQLite",
        60,
        (*_EVERYWHERE_ELSE, "-m", "not postgresql and not redis"),
    ),
    Group(
        "databases",
        "PostgreSQL, Redis and RQ workers",
        150,
        (*_EVERYWHERE_ELSE, "-m", "postgresql or redis"),
    ),
    Group(
        "browser",
        "a real browser",
        150,
        ("tests/browser",),
        packages=("chromium-headless-shell", "fonts-noto-cjk"),
    ),
    Group(
        "faults",
        "kill -9 and other faults",
        120,
        ("tests/faults",),
        # Few and long: each when a process is free for it, in the order that the folder says.
        shared_out=("load", "--maxschedchunk", "1"),
    ),
    Group("mail", "mail in and out", 60, ("tests/mail",), packages=("dovecot-imapd",)),
)

# A file that each package brings, or another that does as well, so that asking costs nothing.
_BROUGHT_BY = {
    "chromium-headless-shell": ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium"),
    "fonts-noto-cjk": ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",),
    "dovecot-imapd": ("/usr/sbin/dovecot",),
}


def missing(groups: Iterable[Group]) -> list[str]:
    """Return the Debian packages that the groups want and the machine has not."""
    wanted = {package for group in groups for package in group.packages}
    return sorted(
        package
        for package in wanted
        if not any(Path(file).exists() for file in _BROUGHT_BY[package])
    )


def bring(packages: list[str]) -> None:
    """Install Debian packages, or end the run with the command that would."""
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    may = shutil.which("apt-get") and (
        not prefix
        or (
            shutil.which("sudo")
            and not subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode
        )
    )
    if may:
        print(f"installing {', '.join(packages)}", flush=True)
        for command in (["apt-get", "update"], install):
            # The installer's hundreds of lines matter only when it fails.
            done = subprocess.run(
                [*prefix, *command],
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
        if not done.returncode:
            return
        print(done.stdout, flush=True)
    sys.exit(
        f"The tests need Debian packages that could not be installed here. Give this command:\n"
        f"    sudo apt-get update && sudo {' '.join(install)}"
    )


def run(group: Group) -> tuple[int, float]:
    """Run one group; return pytest's exit code and the seconds it took."""
    print(f"\n=== {group.name}: {group.title} (budget {group.budget} s)", flush=True)
    absent = [name for name in group.arguments[:1] if not (ROOT / name).is_dir()]
    if absent:
        print(f"there is no folder {absent[0]}")
        return _EMPTY, 0.0
    command = [sys.executable, "-m", "pytest", *group.arguments]
    command += ["-n", str(_PROCESSES), "--dist", *group.shared_out]
    start = time.monotonic()
    folder = quick_folder("caseflow-tests-")
    folder.chmod(0o711)  # PostgreSQL and Dovecot give up root and must still get to their own
    environment = {**os.environ, "TMPDIR": str(folder)}
    # The tests start our programs hundreds of times: without byte code each would compile itself.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    try:
        code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    finally:
        shutil.rmtree(folder)
    return code, time.monotonic() - start


def chosen(arguments: list[str]) -> list[Group]:
    """Return the groups that the command line asks for, in their order."""
    names = [group.name for group in GROUPS]
    parser = argparse.ArgumentParser(prog="python -m tests", description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"of {', '.join(names)}")
    parser.add_argument(
        "--without-check", action="store_true", help="leave out the group that `make check` runs"
    )
    options = parser.parse_args(arguments)
    if unknown := set(options.groups) - set(names):
        parser.error(f"no such group: {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    asked = options.groups or names
    left_out = {"fast"} if options.without_check else set()
    return [group for group in GROUPS if group.name in asked and group.name not in left_out]


def main(arguments: list[str]) -> int:
    """Run the chosen groups, all of them even after a failure; return the exit code."""
    groups = chosen(arguments)
    if packages := missing(groups):
        bring(packages)
    results = {group: run(group) for group in groups}
    print("\n=== groups")
    for group, (code, seconds) in results.items():
        word = {0: "passed", _EMPTY: "NO TESTS"}.get(code, f"FAILED ({code})")
        late = "  over budget" if seconds > group.budget else ""
        print(f"{group.name:<10} {word:<12} {seconds:6.1f} s of {group.budget} s{late}")
    return int(any(code for code, _ in results.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
