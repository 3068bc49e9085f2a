"""Blobs on the disk: kept once, durable, sealed, and checked when read."""

import os
import resource
import stat
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.adapters.file_store import LocalStore
from caseflow.crypto.keys import KeyRing
from caseflow.crypto.stream import CHUNK, HEADER, TAG
from caseflow.errors import Unavailable
from caseflow.files.store import BlobBroken
from tests.pure.rings import fresh_key

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
FULL = CHUNK + TAG


def files(store: LocalStore) -> list[Path]:
    """Return every file below the store's folder, unfinished ones included."""
    return sorted(path for path in store.root.rglob("*") if path.is_file())


def content_of(store: LocalStore, blob_id: str) -> bytes:
    """Return the whole content of a blob."""
    return b"".join(store.open(blob_id))


# The store


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> LocalStore:
    """One store for many small contents."""
    return LocalStore(tmp_path_factory.mktemp("lasting"), KeyRing([fresh_key()]))


@given(st.binary(max_size=2000))
def test_any_content_comes_back(lasting: LocalStore, content: bytes) -> None:
    stored = lasting.put(content)
    assert content_of(lasting, stored.id) == content
    assert (stored.size, stored.sha256) == (len(content), sha256(content).hexdigest())


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 7])
def test_content_at_the_edges_of_chunks_comes_back(store: LocalStore, size: int) -> None:
    content = os.urandom(size)
    for source in (content, BytesIO(content)):
        stored = store.put(source)
        assert content_of(store, stored.id) == content
        assert stored.size == size
        assert len(files(store)) == 1


def test_the_same_content_is_one_file_and_the_name_needs_the_key(store: LocalStore) -> None:
    first, second, other = store.put(b"same"), store.put(BytesIO(b"same")), store.put(b"other")
    assert first.id == second.id != other.id
    assert first.id != sha256(b"same").hexdigest()
    assert [path.name for path in files(store)] == sorted([first.id, other.id])
    assert store.exists(first.id)
    assert not store.exists("0" * 64)


def test_neither_name_nor_bytes_on_the_disk_tell_the_content(store: LocalStore) -> None:
    stored = store.put("举报某校违规补课".encode() * 1000)
    raw = files(store)[0].read_bytes()
    assert "举报".encode() not in raw
    assert stored.sha256 not in str(files(store)[0])


def test_folders_and_files_are_private(store: LocalStore) -> None:
    store.put(b"x")
    for path in store.root.rglob("*"):
        expected = 0o600 if path.is_file() else 0o700
        assert stat.S_IMODE(path.stat().st_mode) == expected
    assert stat.S_IMODE(store.root.stat().st_mode) == 0o700


def test_old_content_opens_after_rotation_and_keeps_its_name(
    store: LocalStore, tmp_path: Path
) -> None:
    before = store.put(b"evidence")
    rotated = LocalStore(store.root, KeyRing.rotate(tmp_path / "keys.json"))
    assert content_of(rotated, before.id) == b"evidence"
    again = rotated.put(b"evidence")
    assert again.id == before.id
    assert again.key_id != before.key_id
    assert content_of(rotated, before.id) == b"evidence"


# Damage


def flip(position: int) -> Callable[[bytes], bytes]:
    """Return a damage that alters one bit of one byte."""

    def damage(raw: bytes) -> bytes:
        altered = bytearray(raw)
        altered[position] ^= 1
        return bytes(altered)

    return damage


DAMAGES = {
    "a bit of the header": flip(10),
    "a bit of the first chunk": flip(HEADER),
    "a bit of the last tag": flip(-1),
    "the last byte missing": lambda raw: raw[:-1],
    "the last chunk missing": lambda raw: raw[: HEADER + 2 * FULL],
    "the first chunk missing": lambda raw: raw[:HEADER] + raw[HEADER + FULL :],
    "a byte too many": lambda raw: raw + b"\0",
    "two chunks exchanged": lambda raw: (
        raw[:HEADER]
        + raw[HEADER + FULL : HEADER + 2 * FULL]
        + raw[HEADER : HEADER + FULL]
        + raw[HEADER + 2 * FULL :]
    ),
    "a chunk doubled": lambda raw: (
        raw[: HEADER + FULL] + raw[HEADER : HEADER + FULL] + raw[HEADER + 2 * FULL :]
    ),
    "half a header": lambda raw: raw[:50],
    "nothing left": lambda _raw: b"",
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damage_is_noticed(store: LocalStore, damage: Callable[[bytes], bytes]) -> None:
    stored = store.put(os.urandom(2 * CHUNK + 100))
    file = files(store)[0]
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(BlobBroken):
        content_of(store, stored.id)


def test_a_cut_file_is_refused_before_a_byte_is_given(store: LocalStore) -> None:
    stored = store.put(os.urandom(2 * CHUNK))
    os.truncate(files(store)[0], HEADER + FULL)
    with pytest.raises(BlobBroken, match="长度"):
        store.open(stored.id)


def test_a_file_under_another_s_name_is_refused_before_a_byte_is_given(store: LocalStore) -> None:
    mine, yours = store.put(b"mine"), store.put(b"yours")
    (store.root / mine.id[:2] / mine.id).replace(store.root / yours.id[:2] / yours.id)
    with pytest.raises(BlobBroken):
        store.open(yours.id)


def test_a_missing_file_is_broken_and_a_missing_store_is_unavailable(store: LocalStore) -> None:
    stored = store.put(b"x")
    files(store)[0].unlink()
    with pytest.raises(BlobBroken, match="缺少"):
        store.open(stored.id)
    store.root.rename(store.root.with_name("gone"))
    for use in (store.open, store.exists):
        with pytest.raises(Unavailable):
            use(stored.id)
    with pytest.raises(Unavailable):
        store.put(b"y")
    assert not store.root.exists()


def test_putting_again_heals_a_damaged_file(store: LocalStore) -> None:
    stored = store.put(b"evidence")
    files(store)[0].write_bytes(b"rubbish")
    store.put(b"evidence")
    assert content_of(store, stored.id) == b"evidence"


@pytest.mark.parametrize("blob_id", ["", "../keys.json", "A" * 64, "a" * 63, "a" * 64 + "\n"])
def test_an_id_that_is_none_never_reaches_the_disk(store: LocalStore, blob_id: str) -> None:
    with pytest.raises(BlobBroken):
        store.open(blob_id)
    with pytest.raises(BlobBroken):
        store.exists(blob_id)


# Crashes and limits


def test_a_sender_who_hangs_up_leaves_nothing(store: LocalStore) -> None:
    class HangsUp(BytesIO):
        """Gives one chunk, then fails."""

        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell():
                raise EOFError("connection lost")
            return super().read(size)

    with pytest.raises(EOFError):
        store.put(HangsUp(bytes(2 * CHUNK)))
    assert files(store) == []


def test_a_process_killed_before_the_rename_leaves_nothing_visible(store: LocalStore) -> None:
    class Dies(BytesIO):
        """Ends the process, as kill -9 would, when the last chunk is asked for."""

        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() >= 2 * CHUNK:
                os._exit(9)
            return super().read(size)

    child = os.fork()
    if child == 0:
        store.put(Dies(bytes(2 * CHUNK)))
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    (left,) = files(store)
    assert left.parent.name == "unfinished"
    whole = store.put(bytes(2 * CHUNK))
    assert content_of(store, whole.id) == bytes(2 * CHUNK)

    written = datetime.fromtimestamp(left.stat().st_mtime, UTC)
    assert store.clear_unfinished(written - timedelta(days=1)) == 0
    assert store.clear_unfinished(written + timedelta(seconds=1)) == 1
    assert [path.name for path in files(store)] == [whole.id]


def test_bytes_are_on_the_disk_before_the_name_and_the_name_before_the_answer(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    sync, rename = os.fsync, Path.replace

    def noted_sync(descriptor: int) -> None:
        folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        sync(descriptor)
        order.append("folder synced" if folder else "file synced")

    def noted_rename(path: Path, target: Path) -> Path:
        order.append("renamed")
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", noted_sync)
    monkeypatch.setattr(Path, "replace", noted_rename)
    store.put(b"x")
    assert order == ["file synced", "folder synced", "renamed", "folder synced"]
    order.clear()
    store.put(b"x")
    assert order == ["file synced", "renamed", "folder synced"]


def test_a_full_disk_is_unavailable_and_leaves_nothing(store: LocalStore) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (CHUNK, hard))
    try:
        with pytest.raises(Unavailable):
            store.put(os.urandom(3 * CHUNK))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert files(store) == []


def test_fifty_megabytes_go_in_and_out_in_little_memory(store: LocalStore) -> None:
    block = os.urandom(65_521)
    size = 50 * 1024 * 1024

    class Endless:
        """A stream of fifty megabytes that is never held anywhere."""

        left = size

        def read(self, wanted: int, /) -> bytes:
            piece = block[: min(wanted, self.left)]
            self.left -= len(piece)
            return piece

    tracemalloc.start()
    try:
        stored = store.put(Endless())
        total = sum(len(piece) for piece in store.open(stored.id))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (stored.size, total) == (size, size)
    assert peak < 4 * 1024 * 1024


def test_a_reader_who_hangs_up_lets_go_of_the_file(store: LocalStore) -> None:
    stored = store.put(bytes(3 * CHUNK))
    open_before = len(list(Path("/proc/self/fd").iterdir()))
    reading = store.open(stored.id)
    assert next(reading)
    reading.close()  # type: ignore[attr-defined]
    assert list(reading) == []
    assert len(list(Path("/proc/self/fd").iterdir())) == open_before


def test_eight_writers_of_the_same_bytes_end_with_one_sound_file(store: LocalStore) -> None:
    content = os.urandom(CHUNK + 1)
    with ThreadPoolExecutor(8) as pool:
        ids = {stored.id for stored in pool.map(store.put, [content] * 16)}
    assert len(ids) == len(files(store)) == 1
    assert content_of(store, ids.pop()) == content


def test_what_is_finished_while_somebody_clears_disturbs_nobody(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer's file goes to its place between being listed and being looked at."""
    unfinished = store.root / "unfinished"
    (unfinished / "a").touch()
    listed = list(unfinished.iterdir())
    (unfinished / "a").unlink()
    monkeypatch.setattr(Path, "iterdir", lambda _folder: iter(listed))
    assert store.clear_unfinished(datetime.now(UTC) + timedelta(days=1)) == 0
