"""Samples: MIME as it should not be."""

import binascii

from tests.mail.writing import (
    DATE,
    FROM,
    MIME,
    TO,
    Sample,
    b64,
    file,
    message,
    multipart,
    part,
)

UTF8 = b"Content-Type: text/plain; charset=utf-8"
HTML = b"Content-Type: text/html; charset=%s"
HEAD = (FROM, TO, DATE, b"Subject: canteen", MIME)
TEXT = "投诉：食堂饭菜不新鲜。"
PDF = b"%PDF-1.4 not really\n"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(64))


def _mixed(kind: bytes, boundary: bytes) -> bytes:
    return b'Content-Type: multipart/%s; boundary="%s"' % (kind, boundary)


def samples() -> dict[str, Sample]:
    """Return the samples by name."""
    return {**_html(), **_broken(), **_nested(), **_odd()}


def _html() -> dict[str, Sample]:
    page = (
        "<html><head><title>x</title><style>p{color:red}</style></head><body>"
        "<p>投诉：<b>食堂</b></p><div>饭菜不新鲜</div><div>见<a href='http://example.com/a'>照片</a>"
        "</div><img src='http://tracker.example/1.gif'><script>alert(1)</script>"
        "<table><tr><td>周一</td><td>发霉</td></tr></table></body></html>"
    )
    read = "投诉：食堂\n\n饭菜不新鲜\n见照片 (http://example.com/a)\n周一\t发霉"
    meta = "<meta charset=gbk><p>投诉食堂</p>"
    stub = multipart(
        b"ALT",
        part(UTF8, body="请使用支持HTML的客户端".encode()),
        part(HTML % b"utf-8", body=f"<p>{TEXT * 10}</p>".encode()),
    )
    both = multipart(
        b"ALT",
        part(UTF8, body=TEXT.encode()),
        part(HTML % b"utf-8", body=f"<p>{TEXT}</p>".encode()),
    )
    blank = multipart(
        b"ALT",
        part(UTF8, body=b" \r\n"),
        part(HTML % b"utf-8", body=f"<p>{TEXT}</p>".encode()),
    )
    alternative = _mixed(b"alternative", b"ALT")
    return {
        "html-only": Sample(
            message(*HEAD, HTML % b"gbk", body=page.encode("gbk"), mid="html.1"),
            {"text": read, "files": []},
        ),
        "html-charset-only-in-meta": Sample(
            message(*HEAD, b"Content-Type: text/html", body=meta.encode("gbk"), mid="html.2"),
            {"text": "投诉食堂"},
        ),
        "alternative-prefers-plain": Sample(
            message(*HEAD, alternative, body=both, mid="html.3"), {"text": TEXT, "files": []}
        ),
        "alternative-with-blank-plain": Sample(
            message(*HEAD, alternative, body=blank, mid="html.4"), {"text": TEXT, "files": []}
        ),
        "alternative-plain-says-nothing": Sample(
            message(*HEAD, alternative, body=stub, mid="html.5"), {"text": TEXT * 10}
        ),
    }


def _broken() -> dict[str, Sample]:
    one = part(UTF8, body=TEXT.encode())
    pdf = part(
        b"Content-Type: application/pdf; name=a.pdf",
        b"Content-Transfer-Encoding: base64",
        body=b64(PDF),
    )
    attached = [file("a.pdf", "application/pdf", PDF)]
    unclosed = multipart(b"B", one, pdf).replace(b"--B--\r\n", b"")
    cut = multipart(b"B", one, pdf)[:-40]
    mixed = _mixed(b"mixed", b"B")
    return {
        "boundary-never-closed": Sample(
            message(*HEAD, mixed, body=unclosed, mid="broken.1"), {"text": TEXT, "files": attached}
        ),
        "boundary-not-declared": Sample(
            message(*HEAD, b"Content-Type: multipart/mixed", body=multipart(b"B", one, pdf)),
            {"text": TEXT, "files": attached},
        ),
        "boundary-never-used": Sample(
            message(*HEAD, mixed, body=TEXT.encode(), mid="broken.3"), {"text": TEXT, "files": []}
        ),
        "message-cut-off": Sample(
            message(*HEAD, mixed, body=cut, mid="broken.4"), {"text": TEXT, "file_count": 1}
        ),
        "multipart-in-base64": Sample(
            message(
                *HEAD,
                mixed,
                b"Content-Transfer-Encoding: base64",
                body=b64(multipart(b"B", one, pdf)),
                mid="broken.5",
            ),
            {"text": TEXT, "files": attached},
        ),
        "text-before-the-first-boundary": Sample(
            message(*HEAD, mixed, body=TEXT.encode() + b"\r\n" + multipart(b"B", pdf)),
            {"text": TEXT, "files": attached},
        ),
        "base64-with-a-list-footer": Sample(
            message(
                *HEAD,
                UTF8,
                b"Content-Transfer-Encoding: base64",
                body=b64((TEXT * 9).encode()) + b"\r\n_____\r\nlist at example dot com\r\n",
                mid="broken.7",
            ),
            {"text": TEXT * 9},
        ),
        "encoding-label-lies": Sample(
            message(
                *HEAD, UTF8, b"Content-Transfer-Encoding: base64", body=TEXT.encode(), mid="b.8"
            ),
            {"text": TEXT},
        ),
        "type-without-semicolon": Sample(
            message(*HEAD, b"Content-Type: text/plain charset=gb2312", body=TEXT.encode("gbk")),
            {"text": TEXT},
        ),
        "no-empty-line-before-the-body": Sample(
            b"\r\n".join([*HEAD, TEXT.encode(), "第二行".encode()]), {"text": f"{TEXT}\n第二行"}
        ),
        "rubbish-line-between-fields": Sample(
            message(FROM, b"@@@ gateway @@@", b"Subject: canteen", TO, body=TEXT.encode()),
            {"subject": "canteen", "text": TEXT},
        ),
    }


def _nested() -> dict[str, Sample]:
    inner = message(
        b"From: wang@example.com",
        "Subject: 原来的投诉".encode(),
        UTF8,
        body="内层正文".encode(),
        mid="inner",
    )
    forwarded = multipart(
        b"B",
        part(UTF8, body="转发给你们".encode()),
        part(b"Content-Type: message/rfc822", body=inner),
    )
    related = multipart(
        b"R",
        part(HTML % b"utf-8", body=f"<p>{TEXT}</p><img src='cid:1'>".encode()),
        part(
            b"Content-Type: image/png",
            b"Content-ID: <1>",
            b"Content-Transfer-Encoding: base64",
            body=b64(PICTURE),
        ),
    )
    alternative = multipart(
        b"A",
        part(UTF8, body=TEXT.encode()),
        part(_mixed(b"related", b"R"), body=related),
    )
    deep = multipart(
        b"M",
        part(_mixed(b"alternative", b"A"), body=alternative),
        part(UTF8, b"Content-Disposition: attachment; filename=list.txt", body=b"1,2,3"),
    )
    endless = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n)
        for n in range(200)
    )
    return {
        "forwarded-as-attachment": Sample(
            message(*HEAD, _mixed(b"mixed", b"B"), body=forwarded, mid="nested.1"),
            {"text": "转发给你们", "files": [file("原来的投诉.eml", "message/rfc822", inner)]},
        ),
        "alternative-in-related-in-mixed": Sample(
            message(*HEAD, _mixed(b"mixed", b"M"), body=deep, mid="nested.2"),
            {
                "text": TEXT,
                "files": [
                    file("附件.png", "image/png", PICTURE),
                    file("list.txt", "text/plain", b"1,2,3"),
                ],
            },
        ),
        "texts-around-a-picture": Sample(
            message(
                *HEAD,
                _mixed(b"mixed", b"B"),
                body=multipart(
                    b"B",
                    part(UTF8, body="第一段".encode()),
                    part(b"Content-Type: image/png; name=1.png", body=PICTURE),
                    part(UTF8, body="第二段".encode()),
                ),
            ),
            {"text": "第一段\n\n第二段", "files": [file("1.png", "image/png", PICTURE)]},
        ),
        "two-hundred-levels-deep": Sample(
            b"\r\n".join(HEAD) + b"\r\n" + endless, {"text": "（无正文）", "file_count": 1}
        ),
        "three-hundred-parts": Sample(
            message(*HEAD, _mixed(b"mixed", b"B"), body=multipart(b"B", *[b"\r\nx"] * 300)),
            {"unparseable": "邮件结构异常：超过 200 个部分"},
        ),
    }


def _odd() -> dict[str, Sample]:
    lines = [PICTURE[at : at + 45] for at in range(0, len(PICTURE), 45)]
    coded = b"".join(binascii.b2a_uu(line) for line in lines)
    uu = "请看照片：\n".encode("gbk") + b"begin 644 1.png\n" + coded + b"`\nend\n" + b"ok"
    flowed = "食堂的 \r\n饭菜 \r\n不新鲜。\r\n投诉人".encode()
    mark = b"\xef\xbb\xbf"
    unix = message(*HEAD, UTF8, body=TEXT.encode(), end=b"\n", mid="odd.6")
    return {
        "uuencoded-picture": Sample(
            message(*HEAD, b"Content-Type: text/plain; charset=gb2312", body=uu, mid="odd.1"),
            {
                "text": "请看照片：\n[附件：1.png]\nok",
                "files": [file("1.png", "image/png", PICTURE)],
            },
        ),
        "winmail": Sample(
            message(
                *HEAD,
                _mixed(b"mixed", b"B"),
                body=multipart(
                    b"B",
                    part(UTF8, body=TEXT.encode()),
                    part(
                        b"Content-Type: application/ms-tnef; name=winmail.dat",
                        b"Content-Transfer-Encoding: base64",
                        body=b64(b"\x78\x9f\x3e\x22" + bytes(40)),
                    ),
                ),
            ),
            {
                "text": TEXT,
                "files": [
                    file("winmail.dat", "application/ms-tnef", b"\x78\x9f\x3e\x22" + bytes(40))
                ],
            },
        ),
        "flowed-text": Sample(
            message(*HEAD, UTF8 + b"; format=flowed; delsp=yes", body=flowed, mid="odd.3"),
            {"text": "食堂的饭菜不新鲜。\n投诉人"},
        ),
        "mark-before-from": Sample(
            mark + message(*HEAD, UTF8, body=TEXT.encode(), mid="odd.4"),
            {"email": "lihua@example.com", "text": TEXT},
        ),
        "saved-as-utf16": Sample(
            message(*HEAD, b"X-A: b", body=TEXT.encode()).decode().encode("utf-16"),
            {"email": "lihua@example.com", "text": TEXT},
        ),
        "newlines-only": Sample(unix, {"email": "lihua@example.com", "text": TEXT}),
        "carriage-returns-only": Sample(
            unix.replace(b"\n", b"\r"), {"email": "lihua@example.com", "text": TEXT}
        ),
        "mailbox-file-line-first": Sample(
            b"From lihua@example.com Tue Mar  3 09:58:00 2026\n" + unix, {"text": TEXT}
        ),
        "no-message-id": Sample(
            message(*HEAD, UTF8, body=TEXT.encode()), {"text": TEXT, "automatic": ""}
        ),
        "empty-body": Sample(
            message(*HEAD, UTF8, mid="odd.10"), {"text": "（无正文）", "kind": "complaint"}
        ),
        "empty-message": Sample(b"\r\n\r\n", {"unparseable": "邮件内容为空"}),
        "not-a-message": Sample(PICTURE + b"\nno: mail\n", {"unparseable": "不是可识别的邮件格式"}),
    }
