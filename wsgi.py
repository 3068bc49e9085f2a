"""The application for a WSGI server: `gunicorn --preload wsgi:app`.

Loaded once and forked, its processes share what they never change: the collector is told to leave
that alone, and each child opens connections of its own.
"""

import gc
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from caseflow.app import Services


def _loaded() -> "tuple[Services, Flask]":
    from caseflow import memory
    from caseflow.app import create_app, services
    from caseflow.logs import configure

    memory.be_frugal()
    built = services()
    configure(built.settings)
    # What the parent read to build the application must not be read on by two.
    os.register_at_fork(after_in_child=lambda: built.database.engine.dispose(close=False))
    return built, create_app(built)


# A page makes thousands of objects and drops them: looked through after every 700, as Python does
# by itself, they take some hundredths of its time, and an eighth of the start.
gc.set_threshold(20_000, 50, 100)
_built, app = _loaded()
gc.collect()
gc.freeze()
