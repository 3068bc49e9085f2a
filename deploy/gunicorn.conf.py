"""gunicorn's settings, each with its reason: `gunicorn --config deploy/gunicorn.conf.py wsgi:app`.

Measured on two cores with PostgreSQL beside it (bench/README.md): a page is some 20 ms of Python
and some 5 ms of waiting for the database.
"""

import multiprocessing
import os

bind = f"{os.environ.get('CASEFLOW_HOST', '127.0.0.1')}:{os.environ.get('CASEFLOW_PORT', '8000')}"
# Under systemd the socket is handed over (caseflow-web.socket) and this line is not used.

# A page is Python for the most part, and Python uses one core in a process: one for each core, and
# never fewer than two, so that one may be replaced while the other serves.
workers = int(os.environ.get("CASEFLOW_WEB_PROCESSES") or max(2, multiprocessing.cpu_count()))

# While one thread waits for the database another one renders. More than four only wait for each
# other; the ten connections that a process may open to PostgreSQL are enough for all of them.
worker_class = "gthread"
# Four besides may be held by streams that wait for a call and do nothing (web/desk/streams.py).
threads = 4 + 4

# Loaded once and forked: two processes share 60 MiB, and what /metrics counts (web/counting.py).
# What it costs: a HUP does not load new code. A restart does, and the socket waits meanwhile.
preload_app = True

# The proxy has taken the whole form before it sends it on, so nothing of ours takes long: setting a
# case file on paper is 1 s, the largest form that is taken (100 MiB) some 3 s. A process in which
# nothing moved for a minute hangs, and is replaced.
timeout = 60
# Whoever is being served at a restart is served to the end; less than systemd and compose allow.
graceful_timeout = 30

# The proxy keeps its connections; longer than it does itself (nginx: 60 s), so that it never writes
# into one that is just being closed.
keepalive = 75

# More than this many waiting are better told by the proxy to come back than kept for ten seconds.
backlog = 512

# Nothing is known to leak. But a process that lives for months should not be how that is found out.
max_requests = 50_000
max_requests_jitter = 5_000

# A sign of life is written every second; on a busy disk that waits, in memory it does not.
worker_tmp_dir = "/dev/shm"  # noqa: S108 - one file of each process, mode 0600, unlinked at once

# An address of ours is short; the longest search is 60 characters, 540 bytes once encoded.
limit_request_line = 4094
limit_request_fields = 60

# The application writes one line for each request, without addresses of people (caseflow/logs.py);
# gunicorn's own would have them.
accesslog = None
errorlog = "-"
loglevel = "info"
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "caseflow.logs.Lines"}},
    "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"level": "INFO", "handlers": ["lines"]},
    "loggers": {"gunicorn.error": {"level": "INFO", "handlers": ["lines"], "propagate": False}},
}

# Nobody steers it from outside: systemd and compose do, by signals.
control_socket_disable = True
