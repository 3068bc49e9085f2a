"""Samples: character sets, and the labels that lie about them."""

from tests.mail.writing import DATE, FROM, MIME, TO, Sample, b64, message, qp, raw_word, word

TEXT = "投诉：实验小学食堂饭菜不新鲜，学生吃完肚子疼。"
NAME = "我是家长朱𠮷，反映第三中学周末违规补课、乱收费。"
PLAIN = b"Content-Type: text/plain; charset=%s"
BIT8 = b"Content-Transfer-Encoding: 8bit"


def _plain(label: str, body: bytes, *more: bytes, subject: bytes = b"Subject: canteen") -> bytes:
    mid = f"charset.{label or 'none'}.{len(body)}"
    head = (FROM, TO, DATE, subject, MIME)
    typed = (PLAIN % label.encode(),) if label else (b"Content-Type: text/plain",)
    return message(*head, *typed, *more, body=body, mid=mid)


def samples() -> dict[str, Sample]:
    """Return the samples by name."""
    gb = NAME.encode("gb18030")
    half = "违规补课".encode("gbk")
    said = {"kind": "complaint", "automatic": "", "files": []}
    canteen = {**said, "subject": "canteen", "text": TEXT}
    name = {**said, "subject": "canteen", "text": NAME}
    traditional = "我要投訴補習班違規收費，請貴局查處。"
    return {
        "utf8-honest": Sample(_plain("utf-8", TEXT.encode(), BIT8), canteen),
        "utf8-labelled-gb2312": Sample(_plain("gb2312", TEXT.encode(), BIT8), canteen),
        "utf8-labelled-latin1": Sample(_plain("iso-8859-1", TEXT.encode(), BIT8), canteen),
        "utf8-one-damaged-byte": Sample(
            _plain("utf-8", TEXT.encode()[:30] + b"\xff" + TEXT.encode()[30:], BIT8),
            {**said, "text": TEXT[:10] + "\ufffd" + TEXT[10:]},
        ),
        "gb18030-labelled-gb2312": Sample(_plain("gb2312", gb, BIT8), name),
        "gb18030-labelled-utf8": Sample(_plain("utf-8", gb, BIT8), name),
        "gb18030-labelled-ascii": Sample(_plain("us-ascii", gb, BIT8), name),
        "gb18030-labelled-big5": Sample(_plain("big5", gb, BIT8), name),
        "gb18030-without-label": Sample(_plain("", gb, BIT8), name),
        "gb18030-unknown-label": Sample(_plain("x-nonsense", gb, BIT8), name),
        "gb2312-with-en-dash": Sample(
            _plain("gb2312", "每天7–9点上课，投诉无人理".encode("gb18030"), BIT8),
            {**said, "text": "每天7–9点上课，投诉无人理"},
        ),
        "gbk-quoted-printable": Sample(
            _plain("gbk", qp(gb), b"Content-Transfer-Encoding: quoted-printable"), name
        ),
        "gbk-base64": Sample(_plain("GBK", b64(gb), b"Content-Transfer-Encoding: base64"), name),
        "gbk-two-bytes-that-are-utf8-too": Sample(
            _plain("gb2312", "陆".encode("gbk"), BIT8), {**said, "text": "陆"}
        ),
        "big5-honest": Sample(
            _plain("big5", traditional.encode("big5"), BIT8), {**said, "text": traditional}
        ),
        "big5-labelled-gb2312": Sample(
            _plain("gb2312", traditional.encode("big5"), BIT8), {**said, "text": traditional}
        ),
        "hz": Sample(_plain("hz-gb-2312", TEXT.encode("hz")), canteen),
        "iso-2022-jp": Sample(
            _plain("iso-2022-jp", "投書：給食について".encode("iso-2022-jp")),
            {**said, "text": "投書：給食について", "locale": "zh"},
        ),
        "utf7": Sample(_plain("utf-7", TEXT.encode("utf-7")), canteen),
        "utf16-with-mark": Sample(
            _plain("utf-16", b64(NAME.encode("utf-16")), b"Content-Transfer-Encoding: base64"), name
        ),
        "utf16-without-mark": Sample(
            _plain("utf-16le", b64(NAME.encode("utf-16-le")), b"Content-Transfer-Encoding: base64"),
            name,
        ),
        "latin1-is-latin1": Sample(
            _plain("iso-8859-1", "Un café près du lycée".encode("latin-1"), BIT8),
            {**said, "text": "Un café près du lycée", "locale": "en"},
        ),
        "nul-bytes": Sample(
            _plain("utf-8", "投诉\0食堂\0".encode(), BIT8), {**said, "text": "投诉食堂"}
        ),
        "subject-raw-gb18030": Sample(
            _plain("gb2312", gb, BIT8, subject=b"Subject: " + "举报朱𠮷老师".encode("gb18030")),
            {**said, "kind": "tip", "subject": "举报朱𠮷老师", "text": NAME},
        ),
        "subject-split-inside-a-character": Sample(
            _plain(
                "gbk",
                gb,
                BIT8,
                subject=b"Subject: %s\r\n %s"
                % (raw_word(half[:3], "gb2312"), raw_word(half[3:], "gb2312")),
            ),
            {**said, "subject": "违规补课", "text": NAME},
        ),
        "subject-lying-encoded-word": Sample(
            _plain("gbk", gb, BIT8, subject=b"Subject: Re: " + word("乱收费", "utf-8", "gb2312")),
            {**said, "subject": "Re: 乱收费"},
        ),
        "subject-of-five-hundred-characters": Sample(
            _plain("gbk", gb, BIT8, subject=b"Subject: " + word("长" * 500, "utf-8")),
            {**said, "subject": "长" * 500},
        ),
        "subject-keeps-re-in-the-middle": Sample(
            _plain("gbk", gb, BIT8, subject="Subject: 关于Re: 回复: 的投诉".encode()),
            {**said, "subject": "关于Re: 回复: 的投诉"},
        ),
    }
