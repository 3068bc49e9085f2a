"""The web server of an office that installs nothing but Python: waitress, with limits that fit.

A browser holds six connections and keeps them while it idles. waitress stops listening at a
hundred, so seventeen people who only look would shut out the eighteenth for two minutes.
"""

from typing import Any

from flask import Flask
from waitress.server import create_server

from config import Settings

THREADS = 8 + 4
"""Eight for pages; four may be held by streams that wait for a call (`web.desk.streams`)."""

CONNECTIONS = 800
"""Open at once: below the 1,024 files that a process may usually open, with room for the work."""

IDLE_SECONDS = 30
"""How long a connection may say nothing before it is closed for others."""


def server(app: Flask, settings: Settings) -> Any:
    """Return a server that listens where the settings say; `run()` serves until interrupted."""
    return create_server(
        app,
        host=settings.host,
        port=settings.port,
        threads=THREADS,
        ident=None,
        connection_limit=CONNECTIONS,
        asyncore_use_poll=True,  # select() knows no file past number 1,023
        channel_timeout=IDLE_SECONDS,
        cleanup_interval=IDLE_SECONDS // 3,
        # The application refuses too large a form with a page that says so; far beyond that,
        # the server does before it fills the disk.
        max_request_body_size=2 * settings.max_form,
    )
