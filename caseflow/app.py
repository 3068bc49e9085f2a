"""The composition root: settings become rooms, adapters, handlers and the web application."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from flask import Flask
from flask_wtf import CSRFProtect
from sqlalchemy.orm import Session
from werkzeug.middleware.proxy_fix import ProxyFix

import caseflow.tables  # noqa: F401 - foreign keys name tables of every room
from caseflow.adapters import handed_sheet
from caseflow.adapters.file_store import LocalStore
from caseflow.crypto.keys import KeyRing
from caseflow.db import Database
from caseflow.errors import CaseflowError
from caseflow.intake.rooms import Rooms
from caseflow.jobs.services import Waiting
from caseflow.migrating import head, known
from caseflow.outbox.handlers import Handlers
from caseflow.outbox.transport import Transport
from caseflow.paper.sheets import Typesetter
from config import ROOT, Settings

if TYPE_CHECKING:
    from caseflow.backup.restoring import Restored

FONTS = ROOT / "static" / "vendor" / "fonts"


class Unready(CaseflowError):
    """The installation lacks something without which it must not start."""


@dataclass(frozen=True)
class Services:
    """Everything one process needs; built once from the settings (also inside an RQ worker)."""

    settings: Settings
    rooms: Rooms

    @property
    def database(self) -> Database:
        """The database of this process."""
        return self.rooms.database

    @cached_property
    def handlers(self) -> Handlers:
        """What the outbox is handed: rules, addresses, transports."""
        from caseflow.notices.handlers import build

        settings = self.settings
        return build(self.rooms, self._transports(), settings.public_url, settings.mail_from)

    def _transports(self) -> dict[str, Transport]:
        sender = self.settings.mail_from or "office@caseflow.invalid"
        if not self.settings.smtp_url:
            from caseflow.adapters.outgoing import OutgoingFolder

            return {"email": OutgoingFolder(self.settings.home / "outgoing", sender)}
        from caseflow.adapters.smtp import SmtpTransport
        from caseflow.adapters.smtp_pool import SmtpPool

        at = urlsplit(self.settings.smtp_url)
        transport = SmtpTransport(
            host=at.hostname or "localhost",
            port=at.port or (465 if at.scheme == "smtps" else 587),
            sender=sender,
            user=unquote(at.username or ""),
            password=unquote(at.password or ""),
            security="tls" if at.scheme == "smtps" else "starttls",
        )
        return {"email": SmtpPool(transport)}

    @cached_property
    def typesetter(self) -> Typesetter:
        """Sets documents; its library and the fonts are read when the first one is asked for."""
        from caseflow.adapters.typst import Typst

        return Typst(FONTS)

    @property
    def poll_mail(self) -> Callable[[datetime], int] | None:
        """Fetches mail from the mailboxes, where one is configured."""
        urls = self.settings.imap_url.split()
        if not urls:
            return None
        from caseflow.adapters.imap import open_mailbox
        from caseflow.intake.fetching import key_of
        from caseflow.intake.mailboxes import poll_all

        boxes = {key_of(self.rooms, url): partial(open_mailbox, url) for url in urls}
        return lambda now: poll_all(self.rooms, boxes, now)

    @property
    def await_mail(self) -> Waiting | None:
        """Waits for mail with the help of its servers, where a mailbox is configured."""
        urls = self.settings.imap_url.split()
        if not urls:
            return None
        from caseflow.adapters.imap_idle import await_news
        from caseflow.intake.mailboxes import await_any

        return partial(await_any, [partial(await_news, url) for url in urls])

    def forget_files(self, now: datetime) -> int:
        """Forget files that nothing names any more and return how many."""
        from caseflow.backup.taking import unhindered
        from caseflow.files.orphans import forget
        from caseflow.intake.filters import storms
        from caseflow.intake.uploads import expire

        self.database.run(lambda session: expire(session, now))
        self.database.run(lambda session: storms.forget(session, now))
        return forget(self.database, self.rooms.store, now, unhindered)

    def anchor(self, now: datetime) -> bool:
        """Sign what the histories came to, once a day; tell whether this was it."""
        from caseflow.ledger import anchors

        rooms = self.rooms
        return anchors.make(rooms.database, rooms.store, rooms.ring, rooms.area, now)

    def sweep(self, session: Session, now: datetime) -> int:
        """Take one batch of due clocks a rung up; 0 when none is left."""
        from caseflow.escalation.sweep import sweep

        return sweep(session, now)


def services(settings: Settings | None = None) -> Services:
    """Build the services; raises Unready or KeyFileRefused when a key is missing or weak."""
    settings = settings or Settings.read()
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    ring = _ring(settings)
    store = LocalStore(settings.home / "files", ring)
    return Services(settings, Rooms(Database(settings.database_url), ring, store, settings.area))


def receive(archive: Path, only_check: bool, settings: Settings | None = None) -> "Restored":
    """Bring a backup into the empty place that the settings name. Raises BackupRefused.

    No key ring is made up here: one that did not seal the backup cannot open it.
    """
    from caseflow.backup import restoring

    settings = settings or Settings.read()
    ring = KeyRing.load(settings.keys)
    if only_check:
        return restoring.check(archive, ring)
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = Database(settings.database_url)
    try:
        return restoring.restore(
            archive, ring, database, settings.home / "files", lambda at: LocalStore(at, ring)
        )
    finally:
        database.close()


def _ring(settings: Settings) -> KeyRing:
    if not settings.keys.exists():
        if settings.production:
            raise Unready(f"CASEFLOW_KEYS: 找不到密钥文件 {settings.keys.name}")
        return KeyRing.create(settings.keys)
    return KeyRing.load(settings.keys)


def create_app(built: Services) -> Flask:
    """Return the web application on these services."""
    from caseflow.api import v1 as api
    from caseflow.web import edge, failures, locale, login, security, shell, trail
    from caseflow.web.blueprints import register

    app = failures.Quiet(
        "caseflow", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static")
    )
    configure(app, built)
    if built.settings.https:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    CSRFProtect(app).exempt(api.blueprint)  # a machine shows its token, and carries no cookie
    for part in (trail, edge, locale, security, failures, shell, login):
        part.install(app)
    register(app)
    app.register_blueprint(api.blueprint)
    trail.begin_counting(app)
    app.extensions["caseflow.revisions"] = cache(lambda: (known(), head()))
    return app


def configure(app: Flask, built: Services) -> None:
    """Hand the application what it serves: rooms, settings, the secrets of its sessions."""
    settings, ring = built.settings, built.rooms.ring
    app.extensions["caseflow.rooms"] = built.rooms
    app.extensions["caseflow.settings"] = settings
    app.extensions["caseflow.typesetter"] = lambda: built.typesetter
    app.extensions["caseflow.sheets"] = handed_sheet.sheets
    app.config.update(
        SECRET_KEY=ring.session_secret().hex(),
        SECRET_KEY_FALLBACKS=[secret.hex() for secret in ring.session_fallbacks()],
        SESSION_COOKIE_NAME="__Host-caseflow" if settings.https else "caseflow",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),  # a shift and its handing over
        MAX_CONTENT_LENGTH=settings.max_form,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        MAX_FORM_PARTS=200,
        WTF_CSRF_TIME_LIMIT=12 * 3600,
        # It would ask for a Referer, which our own pages are told not to send.
        WTF_CSRF_SSL_STRICT=False,
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(hours=1),
        TRANSLATIONS=ROOT / "caseflow" / "translations",
    )
