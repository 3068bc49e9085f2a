"""Samples: parts that are neither plain text nor a plain file."""

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
    word,
)  # fmt: skip

UTF8 = b"Content-Type: text/plain; charset=utf-8"
HTML = b"Content-Type: text/html; charset=utf-8"
HEAD = (FROM, TO, DATE, b"Subject: canteen", MIME)
MIXED = b"Content-Type: multipart/mixed; boundary=B"
CODED = b"Content-Transfer-Encoding: base64"
TEXT = "投诉：食堂饭菜不新鲜。"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(64))
SEALED = "（邮件经过加密或签名封装，正文在附件里）"
EVENT = (
    "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:家长会\\, 关于食\r\n 堂\r\n"
    "DTSTART;TZID=Asia/Shanghai:20260305T190000\r\nDTEND:20260305T120000Z\r\n"
    "LOCATION:一楼会议室\r\nDESCRIPTION:第一行\\n第二行\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
SAID = (
    "家长会, 关于食堂\n开始：2026-03-05 19:00\n结束：2026-03-05 12:00 UTC\n地点：一楼会议室\n"
    "第一行\n第二行"
)


def samples() -> dict[str, Sample]:
    """Return the samples by name."""
    return {**_calendars(), **_pictures(), **_sealed(), **_sent_on(), **_bodies()}


def _one(kind: bytes, body: bytes, mid: str, *more: bytes) -> bytes:
    return message(*HEAD, kind, *more, body=body, mid=f"parts.{mid}")


def _several(kind: bytes, *parts: bytes, mid: str) -> bytes:
    return _one(kind, multipart(b"B", *parts), mid)


def _calendars() -> dict[str, Sample]:
    calendar = b"Content-Type: text/calendar; charset=utf-8; method=REQUEST"
    both = b"Content-Type: multipart/alternative; boundary=B"
    ics = file("附件.ics", "text/calendar", EVENT.encode())
    return {
        "calendar-alone": Sample(
            _one(calendar, EVENT.encode(), "c1"), {"text": SAID, "files": [ics]}
        ),
        "calendar-beside-text": Sample(
            _several(
                both,
                part(UTF8, body=TEXT.encode()),
                part(calendar, body=EVENT.encode()),
                mid="c2",
            ),
            {"text": TEXT, "file_count": 1},
        ),
        "calendar-without-event": Sample(
            _one(calendar, b"BEGIN:VCALENDAR\r\nEND:VCALENDAR", "c3"),
            {"text": "（无正文）", "file_count": 1},
        ),
    }


def _pictures() -> dict[str, Sample]:
    data = b64(PICTURE).replace(b"\r\n", b"").decode()
    page = f"<p>{TEXT}</p><img src='data:image/png;base64,{data}'><img src='http://x.example/1'>"
    inline = multipart(
        b"B",
        part(HTML, body=f"<p>{TEXT}</p><img src=cid:a>".encode()),
        part(
            b'Content-Type: image/jpeg; name="' + word("食堂.jpg", "gbk") + b'"',
            b'Content-Disposition: inline; filename="' + word("食堂.jpg", "gbk") + b'"',
            b"Content-ID: <a>",
            CODED,
            body=b64(PICTURE),
        ),
    )
    return {
        "picture-in-the-html": Sample(
            _one(HTML, page.encode(), "p1"),
            {"text": TEXT, "files": [file("图片1.png", "image/png", PICTURE)]},
        ),
        "picture-broken-in-the-html": Sample(
            _one(HTML, f"<p>{TEXT}</p><img src='data:image/png;base64,'>".encode(), "p2"),
            {"text": TEXT, "files": []},
        ),
        "picture-inline": Sample(
            _one(b"Content-Type: multipart/related; boundary=B", inline, "p3"),
            {"text": TEXT, "files": [file("食堂.jpg", "image/jpeg", PICTURE)]},
        ),
        "picture-remote-is-not-fetched": Sample(
            _one(HTML, f"<p>{TEXT}</p><img src='http://x.example/t.gif'>".encode(), "p4"),
            {"text": TEXT, "files": []},
        ),
        "picture-alone": Sample(
            _one(b"Content-Type: image/png; name=1.png", b64(PICTURE), "p5", CODED),
            {"text": "（无正文）", "files": [file("1.png", "image/png", PICTURE)]},
        ),
    }


def _sealed() -> dict[str, Sample]:
    der = b"\x30\x82\x01\x00" + bytes(60)
    smime = b'Content-Type: application/pkcs7-mime; smime-type=%s; name="smime.p7m"'
    signed = b"Content-Type: multipart/signed; protocol=x; boundary=B"
    pgp = b"-----BEGIN PGP MESSAGE-----\r\n\r\nabcd\r\n-----END PGP MESSAGE-----\r\n"
    p7s = b"Content-Type: application/pkcs7-signature; name=smime.p7s"
    tnef = b"\x78\x9f\x3e\x22" + bytes(40)
    return {
        "smime-enveloped": Sample(
            _one(smime % b"enveloped-data", b64(der), "s1", CODED),
            {"text": SEALED, "files": [file("smime.p7m", "application/pkcs7-mime", der)]},
        ),
        "smime-signed-inside": Sample(
            _one(smime % b"signed-data", b64(der), "s2", CODED),
            {"text": SEALED, "file_count": 1},
        ),
        "smime-signed-beside": Sample(
            _several(
                signed, part(UTF8, body=TEXT.encode()), part(p7s, CODED, body=b64(der)), mid="s3"
            ),
            {"text": TEXT, "files": [file("smime.p7s", "application/pkcs7-signature", der)]},
        ),
        "pgp-mime": Sample(
            _several(
                b"Content-Type: multipart/encrypted; boundary=B",
                part(b"Content-Type: application/pgp-encrypted", body=b"Version: 1"),
                part(b"Content-Type: application/octet-stream; name=encrypted.asc", body=pgp),
                mid="s4",
            ),
            {"text": SEALED, "file_count": 2},
        ),
        "pgp-inline": Sample(
            _one(UTF8, pgp, "s5"), {"text": pgp.decode().replace("\r\n", "\n").strip()}
        ),
        "winmail-alone": Sample(
            _one(b"Content-Type: application/ms-tnef; name=winmail.dat", b64(tnef), "s6", CODED),
            {
                "text": "（正文在附件 winmail.dat 里，须用 Outlook 打开）",
                "files": [file("winmail.dat", "application/ms-tnef", tnef)],
            },
        ),
    }


def _sent_on() -> dict[str, Sample]:
    inner = message(FROM, "Subject: 收费通知".encode(), UTF8, body="每人两千元".encode())
    enclosed = part(b"Content-Type: message/rfc822", body=inner)
    twice = message(FROM, b"Subject: x", b"Content-Type: message/rfc822", body=inner)
    eml = file("收费通知.eml", "message/rfc822", inner)
    endless = message(FROM, b"Subject: y", MIXED, body=multipart(b"B", *[b"\r\nx"] * 300))
    return {
        "sent-on-without-a-word": Sample(
            _several(MIXED, enclosed, mid="f1"),
            {"text": "[转发的邮件：收费通知]\n\n每人两千元", "files": [eml]},
        ),
        "sent-on-as-the-body": Sample(
            _one(b"Content-Type: message/rfc822", inner, "f2"),
            {"text": "[转发的邮件：收费通知]\n\n每人两千元", "files": [eml]},
        ),
        "sent-on-with-a-word": Sample(
            _several(MIXED, part(UTF8, body="请看".encode()), enclosed, mid="f3"),
            {"text": "请看", "files": [eml]},
        ),
        "sent-on-twice": Sample(
            _one(b"Content-Type: message/rfc822", twice, "f4"),
            {"text": "（无正文）", "file_count": 1},
        ),
        "sent-on-with-too-many-parts": Sample(
            _one(b"Content-Type: message/rfc822", endless, "f5"),
            {"text": "（无正文）", "file_count": 1},
        ),
        "sent-on-in-a-digest": Sample(
            _several(b"Content-Type: multipart/digest; boundary=B", b"\r\n" + inner, mid="f6"),
            {"text": "[转发的邮件：收费通知]\n\n每人两千元", "files": [eml]},
        ),
    }


def _bodies() -> dict[str, Sample]:
    uu = b"begin 644 a.txt\n#86)C\n`\nend\n"
    coded = b"Content-Transfer-Encoding: x-uuencode"
    named = b"Content-Type: application/octet-stream; name=a.bin"
    alternative = b"Content-Type: multipart/alternative; boundary=B"
    amp = part(b"Content-Type: text/x-amp-html", body=b"<html>amp</html>")
    plain = part(UTF8, body=TEXT.encode())
    return {
        "markdown-body": Sample(
            _one(b"Content-Type: text/markdown; charset=gbk", TEXT.encode("gbk"), "b1"),
            {"text": TEXT, "file_count": 1},
        ),
        "uuencoded-part": Sample(
            _several(MIXED, plain, part(named, coded, body=uu), mid="b2"),
            {"text": TEXT, "files": [file("a.bin", "application/octet-stream", b"abc")]},
        ),
        "uuencoded-that-is-none": Sample(
            _one(UTF8, b"begin 644 a.txt\nno code\nend\n", "b3"),
            {"text": "begin 644 a.txt\nno code\nend", "files": []},
        ),
        "alternative-with-amp": Sample(
            _several(alternative, plain, amp, mid="b4"), {"text": TEXT, "file_count": 1}
        ),
        "alternative-html-before-plain": Sample(
            _several(alternative, part(HTML, body=f"<b>{TEXT}</b>".encode()), plain, mid="b5"),
            {"text": TEXT, "files": []},
        ),
        "text-marked-as-attached": Sample(
            _several(
                MIXED, plain, part(UTF8, b"Content-Disposition: attachment", body=b"abc"), mid="b6"
            ),
            {"text": TEXT, "files": [file("附件.txt", "text/plain", b"abc")]},
        ),
        "same-names-get-numbers": Sample(
            _several(MIXED, plain, *[part(named, body=b"%d" % n) for n in range(3)], mid="b7"),
            {
                "files": [
                    file(name, "application/octet-stream", b"%d" % n)
                    for n, name in enumerate(["a.bin", "a(2).bin", "a(3).bin"])
                ]
            },
        ),
        "boundary-never-closed": Sample(
            _one(MIXED, b"--B\r\n" + plain, "b8"), {"text": TEXT, "files": []}
        ),
    }
