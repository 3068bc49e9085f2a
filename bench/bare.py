"""The least that a Flask application can do, as a limit: one short page."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def page() -> str:
    """Say something."""
    return "<!doctype html><title>bare</title><p>bare"
