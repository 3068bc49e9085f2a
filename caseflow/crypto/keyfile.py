"""The key file: reading it with distrust, making it once, putting a new first key into it.

Everything sealed is lost with this file and readable with it, so it is refused rather than
repaired, and every message names the file and never what is in it.
"""

import base64
import binascii
import json
import os
import re
import secrets
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from caseflow.errors import CaseflowError

SECRET_BYTES = 32
_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")
_FOREIGN_BITS = stat.S_IRWXO | stat.S_IWGRP | stat.S_IXGRP
_FEWEST_DIFFERENT = 16  # 32 random bytes hold fewer different ones less than once in 10^13
_FEWEST_STEPS = 8  # a counted sequence has one step between neighbours, random bytes some 29


class KeyFileRefused(CaseflowError):
    """The key file is missing, readable by others, malformed or weak; the message names it."""

    status = 500


@dataclass(frozen=True, repr=False)
class Key:
    """One key of the ring; `secret` is 32 random bytes and never shown."""

    id: str
    secret: bytes

    def __repr__(self) -> str:
        """Keep the secret out of every traceback and log line."""
        return f"Key({self.id})"


def read(path: Path) -> tuple[Key, ...]:
    """Return the keys of the file, write key first. Raises KeyFileRefused with the reason."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise KeyFileRefused(f"密钥文件 {path} 无法读取：{error.strerror}") from error
    with os.fdopen(descriptor, "rb") as file:
        if os.fstat(file.fileno()).st_mode & _FOREIGN_BITS:
            raise KeyFileRefused(f"密钥文件 {path} 可被其他用户读写，请执行 chmod 600 {path}")
        content = file.read()
    return _parse(content, path)


def create(path: Path) -> None:
    """Make the file with one fresh key, on the disk when this returns.

    Raises KeyFileRefused when it already exists: a key file is never overwritten.
    """
    _write_new(path, [_fresh(())])
    _sync_folder(path.parent)


def add(path: Path) -> None:
    """Put a fresh key in front of the others; the old file stays whole until the new one is.

    Raises KeyFileRefused when the file is refused or another rotation is under way.
    """
    keys = read(path)
    fresh = path.with_name(path.name + ".new")
    _write_new(fresh, [_fresh(keys), *keys])
    fresh.replace(path)
    _sync_folder(path.parent)


def check(keys: Iterable[Key], source: object) -> tuple[Key, ...]:
    """Return the keys when there is one at least, all are strong and no two are alike.

    Raises KeyFileRefused naming `source` and the key's id otherwise.
    """
    found = tuple(keys)
    if not found:
        raise KeyFileRefused(f"密钥文件 {source} 中没有密钥")
    for key in found:
        if not _ID.fullmatch(key.id):
            raise KeyFileRefused(f"密钥文件 {source} 中有密钥编号不合规")
        if weakness := _weakness(key.secret):
            raise KeyFileRefused(f"密钥文件 {source} 中的密钥 {key.id} 太弱：{weakness}")
    if len({key.id for key in found}) < len(found) or len({k.secret for k in found}) < len(found):
        raise KeyFileRefused(f"密钥文件 {source} 中有重复的密钥")
    return found


def _parse(content: bytes, path: Path) -> tuple[Key, ...]:
    try:
        rows: Any = json.loads(content)["keys"]
        keys = [Key(str(row["id"]), base64.b64decode(row["secret"], validate=True)) for row in rows]
    except (ValueError, KeyError, TypeError, binascii.Error):
        # `from None`: the error of the JSON reader carries the document, which is the secret.
        raise KeyFileRefused(
            f'密钥文件 {path} 格式不对，应为 {{"keys": [{{"id": …, "secret": …}}]}}'
        ) from None
    return check(keys, path)


def _weakness(secret: bytes) -> str:
    """Say what is weak about a secret, nothing when it looks random."""
    if len(secret) != SECRET_BYTES:
        return f"应为 {SECRET_BYTES} 字节，实为 {len(secret)} 字节"
    if all(0x20 <= byte < 0x7F for byte in secret):
        return "像是口令而不是随机字节"
    steps = {(after - before) % 256 for before, after in pairwise(secret)}
    if len(set(secret)) < _FEWEST_DIFFERENT or len(steps) < _FEWEST_STEPS:
        return "不是随机字节"
    return ""


def _fresh(others: Iterable[Key]) -> Key:
    taken = {key.id for key in others}
    number = len(taken) + 1
    while f"k{number}" in taken:
        number += 1
    return Key(f"k{number}", secrets.token_bytes(SECRET_BYTES))


def _write_new(path: Path, keys: Iterable[Key]) -> None:
    rows = [{"id": key.id, "secret": base64.b64encode(key.secret).decode()} for key in keys]
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError as error:
        raise KeyFileRefused(f"密钥文件 {path} 已存在，不会被覆盖") from error
    except OSError as error:
        raise KeyFileRefused(f"密钥文件 {path} 无法建立：{error.strerror}") from error
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        json.dump({"keys": rows}, file, indent=2)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
