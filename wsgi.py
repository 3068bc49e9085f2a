"""The application for a WSGI server: `gunicorn wsgi:app`."""

from caseflow.app import create_app, services

app = create_app(services())
