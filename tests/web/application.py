"""The application as most tests start it: one in a test process, handed to each test anew.

Making one compiles every route and every template, which takes longer than a short test.
"""

from typing import Any

from flask import Flask

from caseflow.app import Services, configure, create_app
from caseflow.web import counts, shell

_made: list[tuple[Flask, dict[str, Any]]] = []


def start(built: Services) -> Flask:
    """Return the application on these services; the one before it must not be used any more."""
    if not _made:
        app = create_app(built)
        _made.append((app, dict(app.config)))
    app, config = _made[0]
    app.config.clear()
    app.config.update(config)
    configure(app, built)
    shell.know_the_office(app)
    counts.forget(app)
    return app
