"""The composition root: settings become rooms, adapters, handlers and the web application."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import unquote, urlsplit

from flask import Flask
from flask_wtf import CSRFProtect
from sqlalchemy.orm import Session
from werkzeug.middleware.proxy_fix import ProxyFix

import caseflow.tables  # noqa: F401 - foreign keys name tables of every room
from caseflow.adapters import handed_sheet
from caseflow.adapters.file_store import LocalStore
from caseflow.adapters.pictures import Pillow
from caseflow.crypto.keys import KeyRing
from caseflow.db import Database
from caseflow.errors import CaseflowError
from caseflow.files.scanning import Scanner
from caseflow.intake.rooms import Rooms
from caseflow.intake.telephony import Step
from caseflow.jobs.services import Waiting
from caseflow.migrating import head, known
from caseflow.outbox.handlers import Handlers
from caseflow.outbox.transport import Transport
from caseflow.paper.sheets import Typesetter
from config import ROOT, Settings

if TYPE_CHECKING:
    from caseflow.adapters.twilio import Twilio
    from caseflow.backup.restoring import Restored
    from caseflow.intake.old_ledger.desk import Desk

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
        return build(
            self.rooms,
            self._transports(),
            settings.public_url,
            settings.mail_from,
            answers=bool(settings.imap_url),
            typesetter=lambda: self.typesetter,
        )

    def _transports(self) -> dict[str, Transport]:
        return {"email": self._mail()} | self._texts()

    def _texts(self) -> dict[str, Transport]:
        """Return what sends text messages, within the day's budget; nothing without a provider."""
        settings, carrier = self.settings, cast(Transport | None, self.twilio)
        if settings.has_gateway:
            from caseflow.adapters.sms_gateway import SmsGateway

            carrier = SmsGateway(settings.sms_url, settings.sms_token)
        if carrier is None:
            return {}
        from caseflow.notices.sms_budget import Budgeted

        return {"sms": Budgeted(carrier, self.database, settings.sms_daily, settings.area)}

    def _mail(self) -> Transport:
        sender = self.settings.mail_from or "office@caseflow.invalid"
        if not self.settings.smtp_url:
            from caseflow.adapters.outgoing import OutgoingFolder

            return OutgoingFolder(self.settings.home / "outgoing", sender)
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
        return SmtpPool(transport)

    @cached_property
    def twilio(self) -> "Twilio | None":
        """The account at Twilio; None where none is described whole."""
        settings = self.settings
        if not settings.has_twilio:
            return None
        from caseflow.adapters.twilio import Twilio

        return Twilio(
            settings.twilio_account,
            settings.twilio_token,
            settings.twilio_number,
            status_url=f"{settings.public_url.rstrip('/')}/hooks/sms/status?message=",
            base=settings.twilio_url.rstrip("/"),
        )

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
    def fetch_pictures(self) -> Callable[[datetime], int] | None:
        """Fetches what a provider keeps for us and lets it delete that, where there is one."""
        twilio, most = self.twilio, self.settings.max_file
        if twilio is None:
            return None
        from caseflow.intake.erasing import erase
        from caseflow.intake.pictures import fetch

        return lambda now: fetch(self.rooms, twilio, most, now) + erase(self.rooms, twilio, now)

    @property
    def await_mail(self) -> Waiting | None:
        """Waits for mail with the help of its servers, where a mailbox is configured."""
        urls = self.settings.imap_url.split()
        if not urls:
            return None
        from caseflow.adapters.imap_idle import News
        from caseflow.intake.mailboxes import await_any

        return partial(await_any, [News(url) for url in urls])

    def mind_calls(self, now: datetime) -> int:
        """End calls of which nothing is heard any more, and bring home what was recorded; return
        how much there was to do.
        """
        from caseflow.intake import calls, recordings

        done = self.database.run(lambda session: calls.give_up(session, now))
        if self.twilio is None:
            return done
        deletes = not self.settings.keep_at_twilio
        return done + recordings.run(self.rooms, self.twilio, now, deletes=deletes)

    @cached_property
    def scanner(self) -> Scanner | None:
        """Looks for viruses in what comes in, where one is configured."""
        if not self.settings.clamav:
            return None
        from caseflow.adapters.clamav import Clamav

        return Clamav(self.settings.clamav)

    def examine_files(self, now: datetime) -> int:
        """Look at files that nobody has looked at yet, have files scanned; return how many."""
        from caseflow.intake import examining, held_files

        looked = examining.look(self.rooms, now)
        scanned = examining.scan(self.rooms, self.scanner, now) if self.scanner else 0
        held_files.mind(self.rooms, now, scans=self.scanner is not None)
        return looked + scanned

    @cached_property
    def desk_of_ledgers(self) -> "Desk":
        """Takes over ledgers that offices kept before; its libraries are read when first used."""
        from caseflow.adapters.workbook import Workbooks
        from caseflow.intake.old_ledger.desk import Desk
        from caseflow.intake.old_ledger.progress import Progress

        return Desk(self.rooms, Workbooks(), Progress(self.settings.home / "progress"))

    def import_ledgers(self, now: datetime) -> int:
        """Work on imports that wait for it and return how many."""
        return self.desk_of_ledgers.work(now)

    def forget_files(self, now: datetime) -> int:
        """Forget files that nothing names any more and return how many."""
        from caseflow.backup.taking import unhindered
        from caseflow.files.orphans import forget
        from caseflow.intake import pieces, uploads
        from caseflow.intake.filters import storms

        self.database.run(lambda session: uploads.expire(session, now))
        self.database.run(lambda session: pieces.expire(session, now))
        self.database.run(lambda session: storms.forget(session, now))
        self._scan_anew(now)
        return forget(self.database, self.rooms.store, now, unhindered)

    def _scan_anew(self, now: datetime) -> None:
        from caseflow.files.scanning import ScannerAway
        from caseflow.intake.examining import scan_anew

        if self.scanner is None:
            return
        with suppress(ScannerAway):
            signatures = self.scanner.signatures()
            self.database.run(lambda session: scan_anew(session, signatures, now))

    def anchor(self, now: datetime) -> bool:
        """Sign what the histories came to, once a day; tell whether this was it."""
        from caseflow.histories import BESIDE
        from caseflow.ledger import anchors

        rooms = self.rooms
        return anchors.make(rooms.database, rooms.store, rooms.ring, rooms.area, now, BESIDE)

    def sweep(self, session: Session, now: datetime) -> int:
        """Take one batch of due clocks a rung up; 0 when none is left."""
        from caseflow.escalation.sweep import sweep

        return sweep(session, now)


def services(settings: Settings | None = None) -> Services:
    """Build the services; raises Unready or KeyFileRefused when a key is missing or weak."""
    settings = settings or Settings.read()
    if settings.production and settings.halves:
        raise Unready(f"{', '.join(settings.halves)}: 设置不完整或太短")
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    ring = _ring(settings)
    store = LocalStore(settings.home / "files", ring)
    database = Database(settings.database_url)
    rooms = Rooms(database, ring, store, settings.area, Pillow(), settings.originals)
    return Services(settings, rooms)


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


def _in_twiml(steps: Sequence[Step]) -> str:
    """Write down what a call is made to do; the library is read when the first one rings."""
    from caseflow.adapters.twilio_voice import script

    return script(steps)


def create_app(built: Services) -> Flask:
    """Return the web application on these services."""
    from caseflow.api import v1 as api
    from caseflow.web import counts, edge, failures, hooks, locale, login, security, shell, trail
    from caseflow.web.blueprints import register
    from caseflow.web.public import offer

    app = failures.Quiet(
        "caseflow", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static")
    )
    configure(app, built)
    if built.settings.https:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    trail.install(app)  # first of all, or what the next one refuses was never begun
    csrf = CSRFProtect(app)
    csrf.exempt(hooks.blueprint)
    csrf.exempt(api.blueprint)  # a machine shows its token, and carries no cookie
    for part in (edge, locale, security, failures, shell, login, counts):
        part.install(app)
    register(app)
    app.register_blueprint(api.blueprint)
    offer.install(app)
    trail.begin_counting(app)
    app.extensions["caseflow.revisions"] = cache(lambda: (known(), head()))
    return app


def configure(app: Flask, built: Services) -> None:
    """Hand the application what it serves: rooms, settings, the secrets of its sessions."""
    settings, ring = built.settings, built.rooms.ring
    app.extensions["caseflow.rooms"] = built.rooms
    app.extensions["caseflow.settings"] = settings
    app.extensions["caseflow.twilio"] = built.twilio
    app.extensions["caseflow.voice"] = _in_twiml
    app.extensions["caseflow.ledgers"] = lambda: built.desk_of_ledgers
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
