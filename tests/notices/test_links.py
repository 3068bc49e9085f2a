"""Every link of the demo's past opens for the very person who is sent it."""

import re
from datetime import datetime
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import select

from caseflow.app import create_app
from caseflow.demo.accounts import FILE
from caseflow.outbox.tables import Event
from caseflow.people.tables import User
from tests import demo_office
from tests.notices.watch import BASE, rules


def signed_in(client: FlaskClient, username: str, password: str) -> None:
    """Sign somebody in as a browser does."""
    form = client.get("/login").get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form)
    assert token is not None
    said = {"csrf_token": token.group(1), "username": username, "password": password}
    assert client.post("/login", data=said).status_code == 302


def test_every_link_opens_for_whoever_is_sent_it(
    sqlite_url: str, tmp_path: Path, now: datetime
) -> None:
    built = demo_office.make(sqlite_url, tmp_path, now)
    wanted: dict[str, set[str]] = {}
    with built.database.read() as session:
        for event in session.scalars(select(Event).order_by(Event.id)):
            for draft in rules(session, event):
                [link] = re.findall(rf"{BASE}(/\S+)", draft.text)
                wanted.setdefault(draft.recipient, set()).add(link)
        names = {f"user:{user.id}": user.username for user in session.scalars(select(User))}
    password = (tmp_path / FILE).read_text().strip()
    app = create_app(built)
    closed = []
    for recipient, links in wanted.items():
        client = app.test_client()
        if recipient in names:
            signed_in(client, names[recipient], password)
        for link in sorted(links):
            status = client.get(link).status_code
            if status != 200:
                closed.append((names.get(recipient, "reporter"), link, status))
    built.database.close()
    assert closed == []
    assert len(wanted) > 25
