"""The key file is distrusted, made once and rotated without ever being half a file."""

import base64
import json
import os
import pickle
import secrets
import stat
from pathlib import Path
from typing import Any

import pytest

from caseflow.crypto.keys import Key, KeyFileRefused, KeyRing


def written(path: Path, secret: bytes, mode: int = 0o600) -> Path:
    """Write a key file with one key."""
    rows = [{"id": "k1", "secret": base64.b64encode(secret).decode()}]
    path.write_text(json.dumps({"keys": rows}))
    path.chmod(mode)
    return path


def test_a_new_file_is_private_and_loads_as_the_same_ring(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    made = KeyRing.create(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert KeyRing.load(path).session_secret() == made.session_secret()


def test_a_wide_open_umask_changes_nothing(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        KeyRing.create(tmp_path / "keys.json")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600


def test_two_new_files_hold_different_secrets(tmp_path: Path) -> None:
    first, second = (KeyRing.create(tmp_path / name) for name in ("a", "b"))
    assert first.session_secret() != second.session_secret()


def test_a_key_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    KeyRing.create(path)
    content = path.read_bytes()
    with pytest.raises(KeyFileRefused, match=r"keys\.json"):
        KeyRing.create(path)
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("secret", "because"),
    [
        (secrets.token_bytes(31), "31 字节"),
        (b"", "0 字节"),
        (bytes(32), "不是随机字节"),
        (bytes(range(32)), "不是随机字节"),
        (secrets.token_bytes(4) * 8, "不是随机字节"),
        (b"correct horse battery staple 123", "口令"),
        (secrets.token_hex(16).encode(), "口令"),
    ],
    ids=["short", "empty", "zeros", "counted", "repeated", "passphrase", "hex"],
)
def test_a_weak_secret_is_refused_by_file_and_reason_without_showing_it(
    tmp_path: Path, secret: bytes, because: str
) -> None:
    path = written(tmp_path / "keys.json", secret)
    with pytest.raises(KeyFileRefused) as refused:
        KeyRing.load(path)
    assert str(path) in str(refused.value)
    assert because in str(refused.value)
    if secret:
        assert base64.b64encode(secret).decode() not in str(refused.value)


@pytest.mark.parametrize("mode", [0o604, 0o644, 0o606, 0o620, 0o601])
def test_a_file_that_others_can_reach_is_refused_with_the_command_to_give(
    tmp_path: Path, mode: int
) -> None:
    path = written(tmp_path / "keys.json", secrets.token_bytes(32), mode)
    with pytest.raises(KeyFileRefused, match=f"chmod 600 {path}"):
        KeyRing.load(path)


@pytest.mark.parametrize("mode", [0o400, 0o600, 0o440, 0o640])
def test_a_file_for_the_service_and_its_group_is_taken(tmp_path: Path, mode: int) -> None:
    assert KeyRing.load(written(tmp_path / "keys.json", secrets.token_bytes(32), mode))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b'{"keys": []}',
        b'{"keys": [{"id": "k1"}]}',
        b'{"keys": [{"id": "k1", "secret": "not base64!"}]}',
        b'{"keys": 7}',
        b'{"keys": [7]}',
        b"\xff\xfe\x00",
    ],
)
def test_a_malformed_file_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(KeyFileRefused, match=r"keys\.json"):
        KeyRing.load(path)


def test_a_broken_file_never_shows_its_content_in_the_error(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text('{"keys": [{"id": "k1", "secret": "c2VjcmV0LXNlY3JldA=="')
    path.chmod(0o600)
    with pytest.raises(KeyFileRefused) as refused:
        KeyRing.load(path)
    seen: BaseException | None = refused.value
    while seen is not None:
        assert "c2VjcmV0" not in repr(vars(seen)) + str(seen)
        seen = seen.__cause__


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(KeyFileRefused, match="absent"):
        KeyRing.load(tmp_path / "absent.json")


def test_doubled_keys_are_refused() -> None:
    secret = secrets.token_bytes(32)
    with pytest.raises(KeyFileRefused, match="重复"):
        KeyRing([Key("k1", secret), Key("k2", secret)])
    with pytest.raises(KeyFileRefused, match="重复"):
        KeyRing([Key("k1", secret), Key("k1", secrets.token_bytes(32))])


@pytest.mark.parametrize("key_id", ["", "a b", "k" * 41, "钥", "../x"])
def test_an_odd_key_id_is_refused(key_id: str) -> None:
    with pytest.raises(KeyFileRefused):
        KeyRing([Key(key_id, secrets.token_bytes(32))])


def test_rotation_puts_a_new_key_in_front_and_keeps_the_old(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    before = KeyRing.create(path)
    sealed = before.seal(b"x", "here")
    after = KeyRing.rotate(path)
    assert after.write_key != before.write_key
    assert after.oldest_key == before.oldest_key
    assert KeyRing.load(path).open(sealed, "here") == b"x"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["keys.json"]


def test_a_second_rotation_at_the_same_time_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    KeyRing.create(path)
    content = path.read_bytes()
    (tmp_path / "keys.json.new").touch()
    with pytest.raises(KeyFileRefused, match=r"keys\.json\.new"):
        KeyRing.rotate(path)
    assert path.read_bytes() == content


@pytest.mark.parametrize("show", [repr, str, "{}".format])
def test_keys_and_rings_never_show_a_secret(show: Any) -> None:
    secret = secrets.token_bytes(32)
    key = Key("k1", secret)
    for shown in (show(key), show(KeyRing([key])), show([key])):
        assert "k1" in shown
        assert repr(secret)[2:-1] not in shown
        assert secret.hex() not in shown


def test_a_ring_does_not_travel_in_a_job() -> None:
    ring = KeyRing([Key("k1", secrets.token_bytes(32))])
    with pytest.raises(TypeError):
        pickle.dumps(ring)
