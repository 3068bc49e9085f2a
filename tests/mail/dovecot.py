"""A real IMAP server for the tests: Debian's Dovecot as a private instance on a loopback port."""

import grp
import imaplib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import quote

from tests.servers import LOOPBACK, Server, free_port, start, wait_until

PROGRAM = Path("/usr/sbin/dovecot")
PASSWORD = "p:@/ss密"
_ACCOUNTS = count(1)

_CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = {host}
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = maildir:{folder}/mail/%u
default_internal_user = {internal}
default_login_user = {login}
default_internal_group = {group}
first_valid_uid = 1
mail_max_userip_connections = 50
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home/%u allow_all_users=yes
}}
"""


@dataclass(frozen=True)
class Account:
    """One mailbox: how to reach it, and what a test puts into it or sees in it."""

    user: str
    port: int
    home: Path

    @property
    def url(self) -> str:
        """The address as CASEFLOW_IMAP_URL wants it."""
        return self.url_of("INBOX")

    def url_of(self, folder: str) -> str:
        """The address of one of its folders."""
        secret = quote(PASSWORD, safe="")
        return f"imap://{self.user}:{secret}@{LOOPBACK}:{self.port}/{quote(folder)}"

    def fill(self, many: int, message: bytes) -> None:
        """Let so many messages lie in the INBOX, as a server finds them on its disk."""
        with self.signed_in():
            pass  # the server makes the folders
        new = self.home / "new"
        for n in range(many):
            (new / f"{1_700_000_000 + n}.M{n}.test").write_bytes(message % n)

    @contextmanager
    def signed_in(self) -> Iterator[imaplib.IMAP4]:
        """Sign in as a mail program would, in the INBOX."""
        client = imaplib.IMAP4(LOOPBACK, self.port)
        client.authenticate("PLAIN", lambda _: f"\0{self.user}\0{PASSWORD}".encode())
        client.select("INBOX")
        try:
            yield client
        finally:
            client.logout()

    def put(self, *messages: bytes) -> None:
        """Deliver messages into the mailbox."""
        with self.signed_in() as client:
            for message in messages:
                status, _ = client.append("INBOX", "", "", message)
                assert status == "OK"

    def flags(self) -> list[set[str]]:
        """Return the flags of every message, in their order, without \\Recent."""
        with self.signed_in() as client:
            _, lines = client.fetch("1:*", "(FLAGS)")
        found = [imaplib.ParseFlags(line) for line in lines if isinstance(line, bytes)]
        return [{flag.decode() for flag in one} - {"\\Recent"} for one in found]


@dataclass
class Dovecot:
    """The running server."""

    server: Server
    port: int
    folder: Path

    def kill(self) -> None:
        """Let all its processes die at once, as in a power cut."""
        children = _children(self.server.pid)
        self.server.kill()
        for pid in children:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def start_again(self) -> None:
        """Start it anew on the same port and folder."""
        for name in ("run", "state"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
            (self.folder / name).mkdir()
        config = self.folder / "dovecot.conf"
        process = start([PROGRAM, "-F", "-c", config], self.folder / "out")
        self.server = Server(self.server.url, process, self.folder / "log")
        wait_until(lambda: _answers(self.port), self.server)

    def make_anew(self, account: Account) -> None:
        """Let its INBOX have another UIDVALIDITY, as after a restore from a copy."""
        command = ["doveadm", "-c", self.folder / "dovecot.conf", "mailbox", "update"]
        told = ["-u", account.user, "--uid-validity", "4711", "INBOX"]
        subprocess.run([*command, *told], check=True, capture_output=True)

    def fresh_account(self) -> Account:
        """Return an account nobody has used: the server makes mailboxes as they are asked for."""
        user = f"office{next(_ACCOUNTS)}"
        return Account(user, self.port, self.folder / "mail" / user)


@contextmanager
def start_dovecot() -> Iterator[Dovecot]:
    """Start the server; as root its parts run as Debian's users for it, else as ourselves."""
    folder = Path(tempfile.mkdtemp(prefix="caseflow-dovecot-"))
    root = os.geteuid() == 0
    me = pwd.getpwuid(os.geteuid())
    owner = pwd.getpwnam("nobody") if root else me
    port = free_port()
    for name in ("mail", "home", "state", "run"):
        (folder / name).mkdir()
    if root:
        folder.chmod(0o755)
        for name in ("mail", "home"):
            os.chown(folder / name, owner.pw_uid, owner.pw_gid)
    config = folder / "dovecot.conf"
    config.write_text(
        _CONFIG.format(
            folder=folder,
            host=LOOPBACK,
            port=port,
            password=PASSWORD,
            internal="dovecot" if root else me.pw_name,
            login="dovenull" if root else me.pw_name,
            group="dovecot" if root else grp.getgrgid(me.pw_gid).gr_name,
            uid=owner.pw_uid,
            gid=owner.pw_gid,
        )
    )
    log = folder / "log"
    process = start([PROGRAM, "-F", "-c", config], folder / "out")
    server = Server(f"imap://{LOOPBACK}:{port}", process, log)
    running: Dovecot | None = None
    try:
        wait_until(lambda: _answers(port), server)
        running = Dovecot(server, port, folder)
        yield running
    finally:
        running.server.stop() if running else server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _children(parent: int) -> list[int]:
    """Return the processes that a process of ours started, and those that they started."""
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                said = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(said[1]) == parent:
                    found += [int(entry.name), *_children(int(entry.name))]
    return found


def _answers(port: int) -> bool:
    try:
        imaplib.IMAP4(LOOPBACK, port).logout()
    except OSError:
        return False
    return True
