"""How a job in an RQ worker comes by its database and handlers.

RQ hands a job nothing but its arguments, which are names. The services are built on first use from
the settings in the environment, and belong to the process.
"""

import os
from functools import cache
from importlib import import_module
from typing import cast

from caseflow.jobs.services import Services

_factory = "caseflow.app:services"


def configure(factory: str) -> None:
    """Say which function builds the services, as `module:name`; it is called without arguments."""
    global _factory
    _factory = factory
    services.cache_clear()


@cache
def services() -> Services:
    """Return this process's services; the first call builds them."""
    module, _, name = _factory.partition(":")
    built = cast(Services, getattr(import_module(module), name)())
    # A forked child must not speak on its parent's connections.
    os.register_at_fork(after_in_child=lambda: built.database.engine.dispose(close=False))
    return built
