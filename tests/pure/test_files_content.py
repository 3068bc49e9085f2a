"""What a file is, by its content; what it may be called, when strangers named it."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.files.names import MAX_BYTES, fitting, safe_name
from caseflow.files.sniff import ALLOWED, HEAD_BYTES, THUMBNAILS, UNKNOWN, may_be_thumbnail, sniff

OFFICE = "application/vnd.openxmlformats-officedocument"


def office(part: str) -> bytes:
    """Return a small office file, with its parts in the order the office programs write them."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("[Content_Types].xml", "_rels/.rels", "docProps/app.xml", part):
            archive.writestr(name, "<x/>" * 50)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "media_type", "thumbnail"),
    [
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg", True),
        (b"\x89PNG\r\n\x1a\n" + bytes(20), "image/png", True),
        (b"GIF89a" + bytes(20), "image/gif", True),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(20), "image/webp", True),
        (b"%PDF-1.7\n", "application/pdf", False),
        (b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom", "video/mp4", False),
        (b"#!AMR\n" + bytes(20), "audio/amr", False),
        (office("word/document.xml"), f"{OFFICE}.wordprocessingml.document", False),
        (office("xl/workbook.xml"), f"{OFFICE}.spreadsheetml.sheet", False),
        (office("ppt/presentation.xml"), f"{OFFICE}.presentationml.presentation", False),
        (b"PK\x03\x04" + bytes(40), "application/zip", False),
        (b"plain words", "text/plain", False),
        ("食堂收费记录".encode("gb18030"), "text/plain", False),
        ("食堂收费记录".encode("utf-16"), "text/plain", False),
        ("记".encode() * 8192, "text/plain", False),
    ],
)
def test_a_type_is_told_by_the_content(content: bytes, media_type: str, thumbnail: bool) -> None:
    assert sniff(content) == (media_type, thumbnail)
    assert may_be_thumbnail(media_type) is thumbnail


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"words\x00and more",
        b"\xff\xfe\x00",
        b"#!/bin/sh\nrm -rf /",
        b"@echo off\r\n",
        b"  <!DOCTYPE html>",
        b"<html><script>alert(1)</script>",
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        b"MZ" + bytes(100),
        b"\x7fELF" + bytes(100),
        b"CWS" + bytes(20),
        b"<?xml version='1.0'?>",
    ],
    ids=[
        "empty",
        "NUL",
        "cut",
        "sh",
        "bat",
        "doctype",
        "html",
        "svg",
        "exe",
        "elf",
        "flash",
        "xml",
    ],
)
def test_what_is_not_on_the_list_is_only_ever_a_download(content: bytes) -> None:
    assert sniff(content) == (UNKNOWN, False)


@given(st.binary(max_size=300))
def test_any_bytes_have_a_type_of_the_list(content: bytes) -> None:
    found = sniff(content)
    assert found.media_type in ALLOWED | {UNKNOWN}
    assert found.thumbnail is (found.media_type in THUMBNAILS)


def test_what_follows_the_head_changes_nothing() -> None:
    head = b"%PDF-1.7\n".ljust(HEAD_BYTES, b" ")
    assert sniff(head + b"\x89PNG\r\n\x1a\n" * 1000) == sniff(head)


def test_nothing_that_can_hold_script_is_on_the_list() -> None:
    assert not {kind for kind in ALLOWED if "svg" in kind or "html" in kind or "xml" in kind} - {
        kind for kind in ALLOWED if kind.startswith(OFFICE)
    }


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("收费单据.jpg", "收费单据.jpg"),
        ("a  b\tc.pdf", "a b c.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\li\\照片.png", "照片.png"),
        ("x/", "x"),
        ("a\r\nSet-Cookie: b.txt", "a Set-Cookie_ b.txt"),
        ('"><img src=x>.jpg', "___img src=x_.jpg"),
        ("\u202egpj.exe", "gpj.exe"),
        ("a\u200bb\x00c.jpg", "abc.jpg"),
        (".htaccess", "htaccess"),
        ("name...", "name"),
        ("CON.txt", "附件.txt"),
        ("", "附件"),
        ("...", "附件"),
        ("/", "附件"),
        ("e\u0301.txt", "é.txt"),
    ],
)
def test_a_stranger_s_name_is_made_fit(sent: str, shown: str) -> None:
    assert safe_name(sent) == shown


@pytest.mark.parametrize(
    ("name", "media_type", "handed_out"),
    [
        ("run.bat", "text/plain", "run.bat.txt"),
        ("记录.TXT", "text/plain", "记录.TXT"),
        ("IMG_1.HEIC", "image/jpeg", "IMG_1.HEIC.jpg"),
        ("a.jpeg", "image/jpeg", "a.jpeg"),
        ("a.pdf", "application/pdf", "a.pdf"),
    ],
)
def test_no_name_lets_a_computer_take_a_file_for_another(
    name: str, media_type: str, handed_out: str
) -> None:
    assert fitting(name, media_type) == handed_out


def test_a_long_name_is_shortened_between_characters_and_keeps_its_suffix() -> None:
    shown = safe_name("关于收费的说明" * 40 + ".docx")
    assert shown.endswith(".docx")
    assert shown.startswith("关于收费的说明")
    assert MAX_BYTES - 3 <= len(shown.encode()) <= MAX_BYTES


@given(st.text(max_size=300))
def test_any_name_becomes_one_fit_for_a_header_and_a_disk(sent: str) -> None:
    shown = safe_name(sent)
    assert 0 < len(shown.encode()) <= MAX_BYTES
    assert not set(shown) & set('/\\"<>:|?*;\r\n\0')
    assert shown.isprintable()
    assert not shown.startswith((".", " "))
    assert safe_name(shown) == shown
