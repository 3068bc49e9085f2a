"""The case file (案卷): a ZIP that a third party checks with nothing of ours (decision 25).

It is written while it is sent, piece by piece: nothing of it lies on a disk unsealed, and the
largest evidence costs no more memory than a chunk of the store. Who reported is not in it, nor what
they said; entries are given just as they were hashed.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.clock import local
from caseflow.crypto.keys import KeyRing
from caseflow.db import Database
from caseflow.files.store import Store
from caseflow.files.tables import Blob
from caseflow.ledger import anchored, anchors
from caseflow.ledger.history import canonical, moment_text
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.tables import Case, Evidence, Item

FORMAT = "caseflow case file 1"
CARRIED = Path(__file__).parent / "carried"
BATCH = 200
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,5}$")

Part = tuple[str, Iterable[bytes]]


@dataclass(frozen=True)
class Held:
    """What a case had come to at the moment its file was handed out.

    `entries`, `head`: number and hash of the last entry, which is the handing out itself.
    `evidence`: path within the file, and the blob that lies there.
    """

    case_id: int
    number: str
    entries: int
    head: str
    at: datetime
    evidence: Mapping[str, str]


def hold(session: Session, case: Case, at: datetime) -> Held:
    """Return what a case has come to, in the transaction that records the handing out."""
    query = select(Blob.sha256, Blob.id, Evidence.name)
    query = query.join(Evidence, Evidence.blob_id == Blob.id).join(
        Item, Item.id == Evidence.item_id
    )
    found: dict[str, tuple[str, str]] = {}
    for digest, blob_id, name in session.execute(
        query.where(Item.case_id == case.id).order_by(Evidence.id)
    ):
        found.setdefault(digest, (f"evidence/{digest}{_suffix(name)}", blob_id))
    evidence = dict(found.values())
    return Held(case.id, case.number, case.head_n, case.head, at, evidence)


def _suffix(name: str) -> str:
    found = _SUFFIX.search(name)
    return found.group().lower() if found else ""


def pieces(
    database: Database, store: Store, ring: KeyRing, held: Held, pdf: bytes
) -> Iterator[bytes]:
    """Yield the ZIP. Raises BlobBroken in the middle where evidence is not sound any more: what
    was sent till then is no ZIP, for its table of contents comes last.
    """
    sent, digests = _Sent(), {}
    with ZipFile(sent, "w") as archive:
        for name, content in _parts(database, store, ring, held, pdf):
            digest = hashlib.sha256()
            with archive.open(_entry(name, held.at), "w") as file:
                for piece in content:
                    digest.update(piece)
                    file.write(piece)
                    yield from sent.taken()
            digests[name] = digest.hexdigest()
        archive.writestr(_entry("manifest.json", held.at), _manifest(held, digests))
    yield from sent.taken()


def _manifest(held: Held, digests: Mapping[str, str]) -> str:
    said = {
        "format": FORMAT,
        "case": held.number,
        "entries": held.entries,
        "head": held.head,
        "at": moment_text(held.at),
        "files": digests,
    }
    return json.dumps(said, ensure_ascii=False, indent=1)


class _Sent:
    """A file that only grows, and is taken away as it does."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def write(self, content: bytes, /) -> int:
        """Keep what the archive writes until it is taken."""
        self._waiting.append(bytes(content))
        return len(content)

    def flush(self) -> None:
        """Do nothing: what was written waits to be taken."""

    def close(self) -> None:
        """Do nothing, as `flush`."""

    def taken(self) -> list[bytes]:
        """Return what was written since the last time, a piece or none."""
        content = b"".join(self._waiting)
        self._waiting.clear()
        return [content] if content else []


def _entry(name: str, at: datetime) -> ZipInfo:
    """Return a file's entry, dated by the handing out and not by whoever runs this."""
    info = ZipInfo(name, local(at).timetuple()[:6])
    info.compress_type = ZIP_STORED if name.startswith("evidence/") else ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    return info


def _parts(
    database: Database, store: Store, ring: KeyRing, held: Held, pdf: bytes
) -> Iterator[Part]:
    yield "case.pdf", [pdf]
    yield "entries.jsonl", _entries(database, held)
    yield from _anchors(database, store, ring, held)
    for path, blob_id in held.evidence.items():
        yield path, store.open(blob_id)
    for name in ("VERIFY.md", "verify.py"):
        yield name, [(CARRIED / name).read_bytes()]


def _entries(database: Database, held: Held) -> Iterator[bytes]:
    """Yield a line for each entry, some at a time: nobody waits for a slow reader's download."""
    for after in range(0, held.entries, BATCH):
        until = min(after + BATCH, held.entries)
        query = select(Entry.n, Entry.body, Entry.prev, Entry.hash).order_by(Entry.n)
        query = query.where(Entry.case_id == held.case_id, Entry.n > after, Entry.n <= until)
        with database.read() as session:
            rows = session.execute(query).mappings().all()
        yield "".join(f"{canonical(row)}\n" for row in map(dict, rows)).encode()


def _anchors(database: Database, store: Store, ring: KeyRing, held: Held) -> Iterator[Part]:
    with database.read() as session:
        case = session.get_one(Case, held.case_id)
        named = anchored.newest_naming(session, store, case, held.entries)
    if named is None:
        yield "anchors.jsonl", []
        return
    anchor, entry = named
    heads = f"anchors/{anchor.n}.heads"
    said = {
        "n": anchor.n,
        "entry": entry,
        "heads": heads,
        "statement": anchors.statement(anchor),
        "signature": anchor.signature,
        "key_id": anchor.key_id,
        "public_key": anchors.public_key(ring, anchor.key_id),
    }
    yield "anchors.jsonl", [f"{canonical(said)}\n".encode()]
    yield heads, store.open(anchor.blob_id)
