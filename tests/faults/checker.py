"""Looks at what is left after the kills: its own SQL, its own unsealing, nothing of caseflow's."""

import base64
import hashlib
import hmac
import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tests.faults.clients import Submission

Query = Callable[[str], list[tuple[Any, ...]]]
HEADER, PLAIN, CHUNK, TAG = 116, 84, 256 * 1024, 16


def query_of(url: str) -> Query:
    """Return a function that asks the database at `url`, each time afresh."""

    def ask(statement: str) -> list[tuple[Any, ...]]:
        if url.startswith("sqlite:///"):
            link = sqlite3.connect(url.removeprefix("sqlite:///"))
            try:
                return link.execute(statement).fetchall()
            finally:
                link.close()
        with psycopg.connect(url.replace("postgresql+psycopg", "postgresql")) as server:
            return server.execute(statement).fetchall()

    return ask


def check(ask: Query, home: Path, sent: list[Submission]) -> None:
    """Raise AssertionError where a promise was broken."""
    receipts_are_in_the_ledger(ask, sent)
    one_case_for_a_nonce(ask, sent)
    cases_are_whole(ask)
    chains_fit(ask)
    numbers_have_no_gaps(ask)
    files_are_whole(ask, home / "files", home / "keys.json", sent)


def receipts_are_in_the_ledger(ask: Query, sent: list[Submission]) -> None:
    """Every receipt that was shown names a report with the words its sender wrote."""
    text_of = dict(ask("SELECT number, text FROM report"))
    for one in sent:
        assert one.receipts, f"no receipt was shown for {one.mark}"
        for number, _ in one.receipts:
            assert text_of.get(number) == one.mark, f"{number} is not what was sent"


def one_case_for_a_nonce(ask: Query, sent: list[Submission]) -> None:
    """A form sent several times is one report, one case and one receipt."""
    for one in sent:
        assert len(set(one.receipts)) == 1, "two receipts for one form"
    texts = Counter(text for (text,) in ask("SELECT text FROM report"))
    assert texts == Counter(one.mark for one in sent), "a form came in twice, or not at all"
    [(keys,)] = ask("SELECT count(DISTINCT channel_key) FROM report")
    [(cases,)] = ask("SELECT count(*) FROM case_file")
    assert keys == cases == len(sent), f"{keys} forms, {cases} cases of {len(sent)}"


def cases_are_whole(ask: Query) -> None:
    """Each case has its report, its opening entry, its four clocks and its event."""
    reports = Counter(case_id for (case_id,) in ask("SELECT case_id FROM report"))
    opened = Counter(
        case_id for (case_id,) in ask("SELECT case_id FROM entry WHERE n = 1 AND verb = 'open'")
    )
    told = Counter(case_id for (case_id,) in ask("SELECT case_id FROM event WHERE name = 'open'"))
    clocks = defaultdict(set)
    # What is held back of a file has a clock beside the case's.
    for case_id, name in ask("SELECT root_case_id, name FROM clock WHERE quarantine_id IS NULL"):
        clocks[case_id].add(name)
    cases = [case_id for (case_id,) in ask("SELECT id FROM case_file")]
    for case_id in cases:
        assert reports[case_id] == 1, f"case {case_id} has {reports[case_id]} reports"
        assert opened[case_id] == 1, f"case {case_id} has no opening entry"
        assert told[case_id] == 1, f"case {case_id} has {told[case_id]} opening events"
        assert clocks[case_id] >= {"immediate", "resolve", "notice", "reply"}, "a clock is missing"
    for table in (reports, opened, told, clocks):
        assert set(table) == set(cases), "a row belongs to no case"


def chains_fit(ask: Query) -> None:
    """Every history is numbered without gap and chained to the head that its case names."""
    heads = {row[0]: row[1:] for row in ask("SELECT id, head, head_n FROM case_file")}
    last: dict[int, tuple[str, int]] = {}
    for case_id, n, body, prev, digest in ask(
        "SELECT case_id, n, body, prev, hash FROM entry ORDER BY case_id, n"
    ):
        before, number = last.get(case_id, ("", 0))
        assert (prev, n) == (before, number + 1), f"entry {n} of case {case_id} hangs in the air"
        told = hashlib.sha256(f"{prev}\n{body}".encode()).hexdigest()
        assert digest == told, f"entry {n} of case {case_id} was altered"
        last[case_id] = (digest, n)
    assert last == heads, "a case and its last entry disagree"


def numbers_have_no_gaps(ask: Query) -> None:
    """Reports by area and day, cases by area and year: 1, 2, 3 … as the counter says."""
    given = defaultdict(list)
    for area, day, seq in ask("SELECT area_code, day, seq FROM report"):
        given[area, day].append(seq)
    for area, year, seq in ask("SELECT area_code, year, seq FROM case_file"):
        given[area, str(year)].append(seq)
    counted = {
        (row[0], row[1]): row[2] for row in ask("SELECT area_code, period, value FROM counter")
    }
    assert set(given) == set(counted)
    for place, numbers in given.items():
        assert sorted(numbers) == list(range(1, counted[place] + 1)), f"a gap in {place}"


# Files


def files_are_whole(ask: Query, store: Path, keys: Path, sent: list[Submission]) -> None:
    """What a row names lies in the store and opens to what was sent, under each report."""
    sums = {}
    for blob_id, sha256, size, key_id in ask("SELECT id, sha256, size, key_id FROM blob"):
        content = unseal(store / blob_id[:2] / blob_id, keys, key_id)
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (sha256, size)
        sums[blob_id] = sha256
    came = defaultdict(list)
    for text, name, blob_id in ask(
        "SELECT r.text, a.name, a.blob_id FROM attachment a JOIN report r ON r.id = a.report_id"
    ):
        came[text].append((name, sums[blob_id]))
    for one in sent:
        gave = [(name, hashlib.sha256(content).hexdigest()) for name, content in one.files]
        assert sorted(came[one.mark]) == sorted(gave), "a file is missing or came twice"
    for blob_id, sealed in ask("SELECT blob_id, sealed FROM original"):
        assert blob_id in sums or sealed, "an original is lost"


def unseal(path: Path, keys: Path, key_id: str) -> bytes:
    """Open a file of the store by the written-down format, with the key of that id."""
    raw = path.read_bytes()
    header, rest = raw[:HEADER], raw[HEADER:]
    plain = header[:PLAIN]
    assert plain[:4] == b"CFB1"
    assert plain[4:44].rstrip(b"\0") == key_id.encode()
    derive = HKDF(SHA256(), 32, salt=b"caseflow", info=b"caseflow/1/file:content")
    key = hmac.digest(derive.derive(_secret(keys, key_id)), plain[44:76], "sha256")
    assert header[PLAIN:] == hmac.digest(key, b"header" + plain + path.name.encode(), "sha256")
    size = int.from_bytes(plain[76:84])
    pieces = [rest[at : at + CHUNK + TAG] for at in range(0, len(rest), CHUNK + TAG)]
    cipher = AESGCM(key)
    try:
        content = b"".join(
            cipher.decrypt(n.to_bytes(11) + bytes([n == len(pieces) - 1]), piece, b"CFB1")
            for n, piece in enumerate(pieces)
        )
    except InvalidTag as error:
        raise AssertionError(f"{path.name} does not open") from error
    assert len(content) == size, f"{path.name} is cut"
    return content


def _secret(keys: Path, key_id: str) -> bytes:
    for key in json.loads(keys.read_text())["keys"]:
        if key["id"] == key_id:
            return base64.b64decode(key["secret"])
    raise AssertionError(f"no key {key_id}")
