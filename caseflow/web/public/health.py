"""Two small answers for whoever watches the process: it lives; it can work."""

from flask import Response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from caseflow.web import edge
from caseflow.web.public.frame import blueprint
from config import ROOT


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
def readyz() -> Response:
    """The database answers and has the tables that this code expects."""
    try:
        with edge.read() as session:
            found = session.scalar(text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError:
        return Response("no database\n", status=503, mimetype="text/plain")
    if found != _newest():
        return Response("not migrated\n", status=503, mimetype="text/plain")
    return Response("ready\n", mimetype="text/plain")


def _newest() -> str:
    """Return the newest revision on file: its file name begins with it (`migrating.revise`)."""
    files = (ROOT / "migrations" / "versions").glob("[0-9]*.py")
    return max(file.name for file in files).split("_")[0]
