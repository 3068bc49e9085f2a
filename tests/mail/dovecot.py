"""A real IMAP server for the tests: Debian's Dovecot as a private instance on a loopback port."""

import grp
import imaplib
import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
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

    @property
    def url(self) -> str:
        """The address as CASEFLOW_IMAP_URL wants it."""
        return f"imap://{self.user}:{quote(PASSWORD, safe='')}@{LOOPBACK}:{self.port}/INBOX"

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

    def fresh_account(self) -> Account:
        """Return an account nobody has used: the server makes mailboxes as they are asked for."""
        return Account(f"office{next(_ACCOUNTS)}", self.port)


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
    try:
        yield Dovecot(wait_until(lambda: _answers(port), server), port)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _answers(port: int) -> bool:
    try:
        imaplib.IMAP4(LOOPBACK, port).logout()
    except OSError:
        return False
    return True
