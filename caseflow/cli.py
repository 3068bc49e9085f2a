"""The command line (design §6 "Names that stay stable"): thin, every command a few lines."""

import signal
import sys
import threading
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any

import click

from caseflow import clock, memory, typed_commands, typed_exchange, typed_ledgers
from caseflow.errors import CaseflowError

TRY_AGAIN = 75  # EX_TEMPFAIL: the mail server keeps the message


class _Plain(click.Group):
    """Says an error of the house in one line instead of a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except CaseflowError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Plain)
def main() -> None:
    """Complaint and tip-line ledger for education supervision."""
    memory.be_frugal()


@main.command()
@click.option("--demo/--no-demo", default=True, help="fill an empty database with the demo office")
def up(demo: bool) -> None:
    """Migrate, then serve web and runner in one process."""
    from caseflow import setup
    from caseflow.app import services

    built = services()
    setup.prepare(built)
    if demo and not built.settings.production and setup.is_empty(built):
        click.echo("正在建立演示办公室……")  # not said
        setup.fill_with_demo(built, clock.now())
    _serve(built)


def _serve(built: Any) -> None:
    from caseflow import serving
    from caseflow.app import create_app
    from caseflow.jobs.embedded import Runner
    from caseflow.jobs.schedule import schedule

    _log(built.settings)
    server = serving.server(create_app(built), built.settings)
    runner = Runner(schedule(built))
    runner.start()
    _say_where(built)
    ending = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        if not ending.is_set():
            ending.set()
            raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    try:
        server.run()
    finally:
        server.close()
        runner.stop()
        built.database.close()


def _say_where(built: Any) -> None:
    from caseflow.demo import accounts

    settings = built.settings
    click.echo(f"caseflow: http://{settings.host}:{settings.port}/")
    for line in accounts(built):
        click.echo(line)
    sys.stdout.flush()


@main.command()
@click.option("--for", "role", default="", help="the application's role on PostgreSQL: what it may")
def init(role: str) -> None:
    """Migrate and load divisions, policies and ladders; nothing twice."""
    from caseflow import setup
    from caseflow.app import services

    built = services()
    setup.prepare(built)
    if role:
        setup.grant(built.database, role)


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--rotate", is_flag=True, help="put a fresh key before those that are in it")
def keys(file: Path, rotate: bool) -> None:
    """Make a key ring, where there is none; or rotate it, so that a fresh key seals from now on.

    Whoever has it reads everything, and without it nobody does: keep a copy elsewhere, under lock.
    """
    from caseflow.crypto.keys import KeyRing

    ring = KeyRing.rotate(file) if rotate else KeyRing.create(file)
    click.echo(f"{file}: {ring.write_key}")


@main.command()
def demo() -> None:
    """Fill an empty database with the demo office."""
    from caseflow import setup
    from caseflow.app import services

    built = services()
    setup.prepare(built)
    if not setup.is_empty(built):
        raise click.ClickException(
            "the database has accounts already; the demo is only for an empty one"
        )
    setup.fill_with_demo(built, clock.now())


@main.command()
@click.argument("username")
@click.argument("name")
def administrator(username: str, name: str) -> None:
    """Make an administrator of this office and print the password to sign in with once."""
    from caseflow import setup
    from caseflow.app import services

    built = services()
    setup.prepare(built)
    click.echo(setup.add_administrator(built, username, name, clock.now()))


@main.command()
def web() -> None:
    """Serve the web alone (production: gunicorn --preload wsgi:app)."""
    from caseflow import serving
    from caseflow.app import create_app, services

    built = services()
    _log(built.settings)
    serving.server(create_app(built), built.settings).run()


@main.command()
@click.argument("queues", nargs=-1, metavar="[immediate|notices|bulk]...")
def worker(queues: tuple[str, ...]) -> None:
    """Carry out jobs from Redis: of all queues, or of those named, in this order."""
    from caseflow.jobs.queues import QUEUES
    from caseflow.jobs.rq_worker import work

    if strange := set(queues) - set(QUEUES):
        raise click.UsageError(f"no such queue: {' '.join(sorted(strange))}")
    url = _redis_url()
    _log()
    work(url, queues or QUEUES)


@main.command()
def scheduler() -> None:
    """Put recurring jobs into Redis when they are due."""
    from caseflow.jobs.rq_worker import keep_time

    url = _redis_url()
    _log()
    keep_time(url)


def _log(settings: Any = None) -> None:
    """Let a process that goes on for long say in lines what happens to it."""
    from caseflow.logs import configure
    from config import Settings

    configure(settings or Settings.read())


def _redis_url() -> str:
    from config import Settings

    url = Settings.read().redis_url
    if not url:
        raise click.ClickException("CASEFLOW_REDIS_URL is not set")
    return url


@main.command()
@click.option("--now", "at", type=click.DateTime(["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M%z"]))
@click.option("--dry-run", is_flag=True, help="say what would come due, change nothing")
def sweep(at: datetime | None, dry_run: bool) -> None:
    """Let overdue clocks climb their ladders up to a moment (ISO 8601 with zone)."""
    from caseflow.app import services
    from caseflow.escalation import sweep as room
    from caseflow.escalation.coming import coming

    built = services()
    now = clock.now()
    moment = at or now
    if dry_run:
        with built.database.read() as session:
            for one in coming(session, min(now, moment), moment):
                click.echo(
                    f"{clock.local(one.at):%Y-%m-%d %H:%M} {one.case_number or '-'} "
                    f"{one.clock} {one.rung} {one.action}"
                )
        return
    if built.settings.production and moment > now:
        raise click.ClickException("a future --now needs --dry-run in production")
    click.echo(f"{room.run(built.database, moment)}")


@main.group()
def mail() -> None:
    """E-mail: one message from standard input, or a mailbox."""


@mail.command()
def deliver() -> None:
    """Take one message from standard input; exit 0 kept, 75 try again."""
    from caseflow.app import services
    from caseflow.intake.mail import mail_deliver

    try:
        built = services()
    except (OSError, CaseflowError) as error:  # the store or its keys are away: keep it, try later
        click.echo(str(error), err=True)
        sys.exit(TRY_AGAIN)
    sys.exit(mail_deliver(built.rooms, sys.stdin.buffer, clock.now()))


@mail.command()
def poll() -> None:
    """Fetch new messages from the configured mailbox."""
    from caseflow.app import services

    fetch = services().poll_mail
    if fetch is None:
        raise click.ClickException("CASEFLOW_IMAP_URL is not set")
    click.echo(f"{fetch(clock.now())}")


@mail.command()
def watch() -> None:
    """Fetch mail as it comes in, until told to stop (SIGTERM, SIGINT)."""
    from caseflow.app import services
    from caseflow.jobs.watching import watch_mail

    built = services()
    _log(built.settings)
    if not watch_mail(built):
        raise click.ClickException("CASEFLOW_IMAP_URL is not set")


@main.command()
@click.option("--laws", is_flag=True, help="ask of the data whether every law of the ledger holds")
def doctor(laws: bool) -> None:
    """Tell whether keys, database and files are there; with --laws whether the data is sound."""
    sys.exit(0 if _examined(laws) else 1)


def _examined(laws: bool) -> bool:
    """Say what the doctor finds; tell whether all is well."""
    from caseflow import advice
    from caseflow import doctor as examining
    from caseflow.app import services
    from caseflow.histories import BESIDE
    from caseflow.ledger import anchored
    from caseflow.migrating import is_current

    built = services()  # says which key is missing or weak
    rooms = built.rooms
    for line in advice.of(built.settings):
        click.echo(line)
    current = is_current(rooms.database.engine)
    click.echo(f"database: {'ok' if current else 'needs caseflow init'}")
    sound = current
    if laws and current:
        with rooms.database.read(snapshot=True) as session:
            for finding in examining.examine(session, rooms.store):
                click.echo(finding.line)
                sound = sound and not finding.broken
            history = anchored.verify(session, rooms.store, rooms.ring, clock.now(), BESIDE)
        click.echo(f"8 history: {history.line}")
        sound = sound and history.fits
    return sound


@main.command()
@click.argument("archive", type=click.Path(path_type=Path))
@click.option("--keep", type=click.IntRange(1), help="of a folder: how many backups stay in it")
def backup(archive: Path, keep: int | None) -> None:
    """Write database and files into one encrypted file, also while the office works.

    ARCHIVE is a new file, or a folder in which the moment names it. It is sealed with the key ring
    and holds no key: keep a copy of the ring elsewhere, under lock.
    """
    from caseflow.app import services
    from caseflow.backup import taking

    at = taking.named(archive, clock.now())
    click.echo(f"{taking.take(services().rooms, at).line} {at}")
    if keep and archive.is_dir():
        taking.thin_out(archive, keep)


@main.command()
@click.argument("archive", type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="read it to its end and restore nothing")
def restore(archive: Path, check: bool) -> None:
    """Bring a backup into an empty database and an empty home, and examine what came back.

    The key ring that it was made with has to lie there already.
    """
    from caseflow.app import receive

    restored = receive(archive, check)
    click.echo(restored.line)
    if not check:
        sys.exit(0 if _examined(laws=True) else 1)


@main.group()
def ledger() -> None:
    """The ledger as a whole."""


@ledger.command()
def verify() -> None:
    """Check every history and every anchor; name the first that does not fit, and exit 1."""
    from caseflow.app import services
    from caseflow.histories import BESIDE
    from caseflow.ledger import anchored

    rooms = services().rooms
    with rooms.database.read(snapshot=True) as session:
        report = anchored.verify(session, rooms.store, rooms.ring, clock.now(), BESIDE)
    click.echo(report.line)
    sys.exit(0 if report.fits else 1)


for group in (typed_exchange.token, typed_exchange.exchange):
    main.add_command(group)

for command in (
    *(typed_commands.moves, typed_commands.move, typed_commands.read),
    *(typed_ledgers.take, typed_ledgers.give),
):
    ledger.add_command(command)


@ledger.command()
def anchors() -> None:
    """Print every anchor as it was signed, oldest first, and the public keys of the signatures.

    For comparing with what the auditors were sent.
    """
    from caseflow.app import services
    from caseflow.ledger import anchors as anchoring

    rooms = services().rooms
    with rooms.database.read() as session:
        known = anchoring.all_of(session)
        for one in known:
            click.echo(anchoring.signed(one))
        lost = {one.key_id for one in known if anchoring.lacks_key(rooms.ring, one)}
    for key_id in dict.fromkeys(one.key_id for one in known):
        said = "not in the ring" if key_id in lost else anchoring.public_key(rooms.ring, key_id)
        click.echo(f"public {key_id} {said}")


if __name__ == "__main__":  # python -m caseflow.cli, where the command is not on the PATH
    main()
