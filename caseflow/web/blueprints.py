"""Every blueprint of the web, in one list; a test walks every route of it with every role."""

from flask import Blueprint, Flask

from caseflow.web import account, admin, console, desk, hooks, public, unit

BLUEPRINTS: tuple[Blueprint, ...] = (
    public.blueprint,
    console.blueprint,
    desk.blueprint,
    admin.blueprint,
    unit.blueprint,
    account.blueprint,
    hooks.blueprint,
)


def register(app: Flask) -> None:
    """Put every blueprint into the application."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
