"""The application for a WSGI server: `gunicorn --preload wsgi:app`.

Loaded once and forked, its processes share what they never change: the collector is told to leave
that alone, and each child opens connections of its own.
"""

import gc
import os

from caseflow import memory
from caseflow.app import create_app, services
from caseflow.logs import configure

memory.be_frugal()
_built = services()
configure(_built.settings)
app = create_app(_built)

# What the parent read to build the application must not be read on by two.
os.register_at_fork(after_in_child=lambda: _built.database.engine.dispose(close=False))
gc.collect()
gc.freeze()
