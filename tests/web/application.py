"""The application as most tests start it: one in a test process, handed to each test anew.

Making one compiles every route and every template, which takes longer than a short test.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask

from caseflow.app import Services, configure, create_app
from caseflow.web import counts, shell
from caseflow.web.public import offer

Make = Callable[[Services], Flask]
_made: dict[Make, tuple[Flask, dict[str, Any]]] = {}


def start(built: Services, make: Make = create_app) -> Flask:
    """Return the application on these services; the one before it must not be used any more.

    `make`: what makes one that has more than the office's own routes; each is kept by itself.
    """
    if make not in _made:
        app = make(built)
        _made[make] = app, dict(app.config)
    app, config = _made[make]
    app.config.clear()
    app.config.update(config)
    configure(app, built)
    shell.know_the_office(app)
    counts.forget(app)
    offer.forget(app)
    return app
