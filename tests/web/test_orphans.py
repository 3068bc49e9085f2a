"""Files that nothing names are forgotten after two days; those that anything names never are."""

import os
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.adapters.file_store import LocalStore
from caseflow.app import Services
from caseflow.db import Base
from caseflow.files import blobs, orphans
from caseflow.files.tables import Blob
from caseflow.intake.delivery import deliver
from config import Settings
from tests.pictures import photo
from tests.web.public_door import TEXT, fill, receipt
from tests.web.site import PNG, Site, a_file
from tests.web.walking import on_item, submitted

LONG = {"days": 3}
LARGE = b"From: a@mail.example\r\nSubject: x\r\n\r\n" + b"complaint " * 10_000


def tidied(site: Site) -> int:
    """Let the job do its work at the site's moment; files are as old as their rows."""
    store = site.rooms.store
    assert isinstance(store, LocalStore)
    for blob in site.ask(lambda session: session.scalars(select(Blob)).all()):
        age(store, blob.id, blob.stored_at)
    return Services(Settings.read({}), site.rooms).forget_files(site.now)


def age(store: LocalStore, blob_id: str, moment: datetime) -> None:
    os.utime(store.root / blob_id[:2] / blob_id, (moment.timestamp(),) * 2)


def kept(site: Site) -> set[str]:
    return set(site.ask(lambda session: session.scalars(select(Blob.id)).all()))


def test_files_of_a_form_that_never_came_are_forgotten(site: Site) -> None:
    fill(site, text="", files=[a_file("照片.png")])
    [blob_id] = kept(site)
    site.later(days=1)
    assert (tidied(site), kept(site)) == (0, {blob_id})
    site.later(days=2)
    assert (tidied(site), kept(site)) == (1, set())
    assert not site.rooms.store.exists(blob_id)


def test_nothing_that_anything_names_is_ever_forgotten(site: Site) -> None:
    receipt(fill(site, text=TEXT, files=[a_file("一.png", PNG + b"1")]))
    number = submitted(site)
    on_item(site, "reviewer", number, "return", reason="看不清")
    on_item(site, "handler", number, "hand_in", file=a_file("二.png", PNG + b"2"))
    deliver(site.rooms, BytesIO(LARGE), site.now)
    named = kept(site)
    assert len(named) >= 4
    site.later(**LONG)
    assert (tidied(site), kept(site)) == (0, named)
    assert all(site.rooms.store.exists(blob_id) for blob_id in named)


def test_a_picture_and_the_one_made_of_it_are_forgotten_together(site: Site) -> None:
    fill(site, text="", files=[a_file("照片.jpg", photo())])
    assert len(kept(site)) == 2
    site.later(days=1)
    assert tidied(site) == 0
    site.later(days=2)
    assert (tidied(site), kept(site)) == (2, set())


def test_a_picture_that_is_named_keeps_the_one_made_of_it(site: Site) -> None:
    receipt(fill(site, text=TEXT, files=[a_file("照片.jpg", photo())]))
    named = kept(site)
    site.later(**LONG)
    assert (tidied(site), kept(site)) == (0, named)


def test_the_same_content_kept_again_is_fresh_again(site: Site) -> None:
    def keep(session: Session) -> str:
        return blobs.keep(session, site.rooms.store, PNG, site.now).id

    first = site.do(keep)
    site.later(**LONG)
    assert site.do(keep) == first
    assert (tidied(site), kept(site)) == (0, {first})


def test_beside_another_database_the_store_stays_whole(site: Site) -> None:
    """An empty or an older database must not empty the store: its files are somebody's evidence."""
    store = site.rooms.store
    assert isinstance(store, LocalStore)
    left = store.put(b"named elsewhere").id
    age(store, left, site.now - timedelta(days=900))
    site.later(**LONG)
    assert tidied(site) == 0
    assert store.exists(left)


def test_content_put_at_the_moment_of_forgetting_stays(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its row is gone already and its file is being taken: whoever puts it now must win."""
    store = site.rooms.store
    assert isinstance(store, LocalStore)
    left = site.do(lambda session: blobs.keep(session, store, b"left behind", site.now).id)
    age(store, left, site.now - timedelta(days=9))
    rename = Path.rename

    def put_first(path: Path, target: Path) -> Path:
        assert store.put(b"left behind").id == left
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", put_first)
    assert orphans.forget(site.database, store, site.now + timedelta(days=3)) == 0
    assert b"".join(store.open(left)) == b"left behind"


def test_every_table_that_names_a_blob_is_asked() -> None:
    named = {f"{column.table.name}" for column in orphans._references()}
    said = {
        table.name
        for table in Base.metadata.sorted_tables
        if any(column.name in ("blob_id", "shown_id") for column in table.columns)
    }
    assert named == said
    assert len(named) == 12
