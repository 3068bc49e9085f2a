"""The application that a server loads once and forks: no connection is shared by two processes."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from config import ROOT

_FORKED = """
import gc, os, sys, wsgi
pool = wsgi._built.database.engine.pool
with wsgi._built.database.read() as session:
    session.connection()
before = pool.checkedin()
child = os.fork()
if child == 0:
    os._exit(0 if wsgi._built.database.engine.pool.checkedin() == 0 else 1)
status = os.waitpid(child, 0)[1]
print(before, os.waitstatus_to_exitcode(status), pool.checkedin(), gc.get_freeze_count() > 10_000)
"""


def test_a_fork_begins_with_no_connection_and_the_parent_keeps_its_own(
    sqlite_template: Path, tmp_path: Path
) -> None:
    home = {"CASEFLOW_HOME": str(tmp_path), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    shutil.copyfile(sqlite_template, tmp_path / "caseflow.db")
    done = subprocess.run(
        [sys.executable, "-c", _FORKED],
        cwd=ROOT,
        env=home,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("1 0 1 True\n", "")
