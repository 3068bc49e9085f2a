"""An archive is listed from its table of contents: nothing is unpacked, and bombs are told."""

import io
import zipfile
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.files import archives
from caseflow.files.archives import Listing, listed


def zipped(files: dict[str, bytes], way: int = ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", way) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def looked(content: bytes) -> Listing:
    return listed(content[-archives.END :], len(content))


def test_files_are_listed_with_their_sizes_and_folders_are_not_files() -> None:
    found = looked(zipped({"资料/": b"", "资料/收据.jpg": b"12345", "a.txt": b""}))
    assert list(found.entries) == [("资料/收据.jpg", 5), ("a.txt", 0)]
    assert (found.number, found.size, found.bomb) == (2, 5, "")


@pytest.mark.parametrize("charset", ["gb18030", "utf-8"])
def test_names_are_read_as_chinese_programs_write_them(
    charset: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They write the bytes of their own character set and do not say which."""
    monkeypatch.setattr(
        ZipInfo, "_encodeFilenameFlags", lambda info: (info.filename.encode(charset), 0)
    )
    content = zipped({"食堂照片/二月.jpg": b"x"})
    monkeypatch.undo()
    assert looked(content).entries[0][0] == "食堂照片/二月.jpg"


def test_no_name_leads_out_of_a_folder_or_turns_the_line_round() -> None:
    found = looked(zipped({"../../etc/passwd": b"", "a\u202egpj.exe": b"", "C:\\x\\y.doc": b""}))
    assert [name for name, _ in found.entries] == ["etc/passwd", "agpj.exe", "C_/x/y.doc"]


def test_the_end_of_a_large_archive_is_enough() -> None:
    content = zipped({"片.mp4": bytes(range(256)) * 40_000, "b.txt": b"b"}, ZIP_STORED)
    assert len(content) > 2 * archives.END
    assert [name for name, _ in looked(content).entries] == ["片.mp4", "b.txt"]
    assert looked(content).bomb == ""


def test_passwords_and_archives_inside_are_told() -> None:
    content = bytearray(zipped({"里.zip": b"x"}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + place] |= 1
    found = looked(bytes(content))
    assert (found.sealed, found.nested, found.bomb) == (True, True, "")


def test_what_grows_beyond_reason_is_a_bomb() -> None:
    assert looked(zipped({"a": bytes(archives.FREELY + 1)})).bomb == "size"
    assert looked(zipped({"a": bytes(archives.FREELY - 1)})).bomb == ""


def test_what_says_that_it_grows_beyond_reason_is_one() -> None:
    content = zipped({"a": b"x"})
    at = content.index(b"PK\x01\x02") + 24
    huge = content[:at] + (archives.FREELY * 4).to_bytes(4, "little") + content[at + 4 :]
    assert looked(huge).bomb == "size"


def test_too_many_entries_are_a_bomb() -> None:
    many = zipped({f"{n:x}": b"" for n in range(archives.MOST_ENTRIES + 1)}, ZIP_STORED)
    found = looked(many)
    assert found.bomb == "count"
    assert len(found.entries) == archives.SHOWN


def test_entries_that_share_their_bytes_are_a_bomb() -> None:
    """Two lines of the table lead to the same bytes; a thousand would unpack them as often."""
    content = zipped({"a": b"x" * 90, "b": b"x" * 90}, ZIP_STORED)
    first = content.index(b"PK\x01\x02")
    second = content.index(b"PK\x01\x02", first + 1)
    shared = bytearray(content)
    shared[second + 42 : second + 46] = shared[first + 42 : first + 46]
    assert looked(bytes(shared)).bomb == "overlap"


def test_a_table_that_cannot_be_read_is_told() -> None:
    content = zipped({"a": b"x"})
    assert looked(content[:-10]).bomb == "unreadable"
    assert looked(b"PK\x03\x04" + bytes(40)).bomb == "unreadable"


@given(st.binary(max_size=400), st.integers(0, 300), st.integers(0, 255))
def test_no_bytes_raise(noise: bytes, place: int, value: int) -> None:
    content = bytearray(zipped({"资料/收据.jpg": noise}))
    content[place % len(content)] = value
    assert looked(bytes(content)).bomb in ("", "count", "size", "overlap", "unreadable")
    assert listed(noise, len(noise)).number == 0 or zipfile.is_zipfile(io.BytesIO(noise))
