"""Samples: what a message says of earlier ones, more character sets, and who may be answered."""

from tests.mail.sample_machines import OURS
from tests.mail.writing import DATE, FROM, MIME, TO, Sample, b64, message, qp, raw_word, word

UTF8 = b"Content-Type: text/plain; charset=utf-8"
TEXT = "补充：食堂的照片。"
NUMBER = "430503-20260303-0001"
CASE = "430503-2026-000042"
RARE = "我叫朱𠮷，住在䶮里镇，孩子在㙟小读书。"
BIT8 = b"Content-Transfer-Encoding: 8bit"


def samples() -> dict[str, Sample]:
    """Return the samples by name."""
    return {**_answers(), **_numbers(), **_charsets(), **_headers(), **_answerable()}


def _mail(*more: bytes, subject: bytes = b"canteen", text: str = TEXT) -> bytes:
    return message(FROM, *more, TO, DATE, b"Subject: " + subject, MIME, UTF8, body=text.encode())


def _answers() -> dict[str, Sample]:
    ours = b"<" + OURS.encode() + b"@office.example>"
    other = b"<CAF=abc@mail.example>"
    folded = b"References: " + other + b"\r\n\t" + ours + b"\r\n " + other
    return {
        "thread-in-reply-to": Sample(_mail(b"In-Reply-To: " + ours), {"answers": [OURS]}),
        "thread-references": Sample(_mail(folded), {"answers": [OURS]}),
        "thread-of-others": Sample(_mail(b"In-Reply-To: " + other), {"answers": []}),
        "thread-upper-case": Sample(_mail(b"In-Reply-To: " + ours.upper()), {"answers": []}),
        "thread-cut": Sample(_mail(b"In-Reply-To: " + ours[:40]), {"answers": []}),
        "thread-newest-first": Sample(
            _mail(b"References: " + ours.replace(b"0", b"1") + b" " + ours),
            {"answers": [OURS, OURS.replace("0", "1")]},
        ),
    }


def _numbers() -> dict[str, Sample]:
    def one(subject: str, **expected: object) -> Sample:
        said = {"reports": [], "cases": [], **expected}
        return Sample(_mail(subject=subject.encode()), said)

    wide = NUMBER.translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})
    receipt = f"来件编号：{NUMBER}\n查询码：1234 5678 9012 3456\n电话 13812345678"
    return {
        "number-of-a-report": one(f"Re: 编号 {NUMBER} 有新进展", reports=[NUMBER]),
        "number-of-a-case": one(f"关于{CASE}的补充", cases=[CASE]),
        "number-of-both": one(f"{NUMBER} {CASE}", reports=[NUMBER], cases=[CASE]),
        "number-in-full-width": one(f"关于{wide}", reports=[NUMBER]),
        "number-longer-than-any": one("1" + "0" * 14 + "-20260303-0001"),
        "number-of-an-order": one("订单 2026-03-03-0001"),
        "codes-in-a-quoted-receipt": Sample(
            _mail(text=receipt), {"codes": ["1234567890123456"], "reports": []}
        ),
        "codes-that-are-none": Sample(
            _mail(text="银行卡 62220212345678901234，身份证 430503201001011234"), {"codes": []}
        ),
    }


# ruff: noqa: E501
def _charsets() -> dict[str, Sample]:
    def one(label: str, body: bytes, text: str = RARE, *more: bytes) -> Sample:
        kind = b"Content-Type: text/plain; charset=" + label.encode()
        mid = f"more.{label}.{len(body)}"
        raw = message(FROM, TO, DATE, b"Subject: x", MIME, kind, *more, body=body, mid=mid)
        return Sample(raw, {"text": text})

    gb = RARE.encode("gb18030")
    cn = b"\x1b$)A\x0e" + bytes(b & 0x7F for b in "投诉食堂".encode("gb2312")) + b"\x0f ok"
    coded = b"Content-Transfer-Encoding: base64"
    return {
        "rare-names-cp936": one("cp936", gb, RARE, BIT8),
        "rare-names-x-gbk": one("x-gbk", gb, RARE, BIT8),
        "rare-names-windows-936": one("windows-936", qp(gb), RARE, b"Content-Transfer-Encoding: quoted-printable"),
        "rare-names-utf8-labelled-big5": one("big5", RARE.encode(), RARE, BIT8),
        "rare-names-utf16be": one("utf-16be", b64(RARE.encode("utf-16-be")), RARE, coded),
        "rare-names-utf32": one("utf-32", b64(RARE.encode("utf-32")), RARE, coded),
        "rare-names-utf8-with-mark": one("gbk", b"\xef\xbb\xbf" + RARE.encode(), RARE, BIT8),
        "iso-2022-cn": one("iso-2022-cn", cn, "投诉食堂 ok"),
        "iso-2022-cn-broken": one("iso-2022-cn", cn[:5], "（无正文）"),
        "iso-2022-kr": one("iso-2022-kr", "학교 급식".encode("iso2022_kr"), "학교 급식"),
        "euc-kr": one("euc-kr", "학교 급식 문제를 신고합니다".encode("euc_kr"), "학교 급식 문제를 신고합니다", BIT8),
        "shift-jis": one("shift_jis", "学校の給食について".encode("shift_jis"), "学校の給食について", BIT8),
        "koi8-r": one("koi8-r", "Школьная столовая".encode("koi8-r"), "Школьная столовая", BIT8),
        "hz-declared-in-capitals": one("HZ-GB-2312", "投诉食堂".encode("hz"), "投诉食堂"),
        "big5-hkscs": one("big5-hkscs", "投訴學校嘅飯堂好污糟".encode("big5hkscs"), "投訴學校嘅飯堂好污糟", BIT8),
        "cp1252-quotes": one("windows-1252", "“Canteen” – bad".encode("cp1252"), "“Canteen” – bad", BIT8),
    }  # fmt: skip


def _headers() -> dict[str, Sample]:
    half = "举报朱𠮷校长收费".encode("gb18030")
    cut = [half[:5], half[5:11], half[11:]]
    three = b"\r\n ".join(raw_word(piece, "gb18030") for piece in cut)
    mixed = word("投诉", "utf-8") + b" " + word("食堂", "gbk", "gb2312") + b" plain"
    said = {"automatic": ""}
    return {
        "subject-in-three-torn-words": Sample(
            _mail(subject=three), {**said, "subject": "举报朱𠮷校长收费"}
        ),
        "subject-of-two-charsets": Sample(
            _mail(subject=mixed), {**said, "subject": "投诉食堂 plain"}
        ),
        "subject-raw-utf8": Sample(
            _mail(subject="投诉食堂𠮷".encode()), {**said, "subject": "投诉食堂𠮷"}
        ),
        "subject-raw-big5": Sample(
            _mail(subject="投訴學校飯堂衛生問題".encode("big5")),
            {**said, "subject": "投訴學校飯堂衛生問題"},
        ),
        "subject-lower-case-q": Sample(
            _mail(subject=b"=?utf-8?q?=E6=8A=95=E8=AF=89_canteen?="),
            {**said, "subject": "投诉 canteen"},
        ),
        "subject-word-with-language": Sample(
            _mail(subject=word("投诉", "utf-8").replace(b"utf-8", b"utf-8*zh-CN")),
            {**said, "subject": "投诉"},
        ),
        "subject-with-nul": Sample(_mail(subject=b"a\0b"), {**said, "subject": "ab"}),
        "subject-twice": Sample(
            _mail(b"Subject: first", subject=b"second"), {**said, "subject": "first"}
        ),
    }


def _answerable() -> dict[str, Sample]:
    def one(answerable: bool, *more: bytes, sender: bytes = FROM) -> Sample:
        raw = message(sender, *more, TO, DATE, b"Subject: y", MIME, UTF8, body=TEXT.encode())
        return Sample(raw, {"answerable": answerable, "automatic": ""})

    silent = ("no-reply", "noreply2", "shop.no_reply", "do.not.reply", "newsletter", "robot-7")
    found = {
        f"silent-{name}": one(False, sender=b"From: " + name.encode() + b"@shop.example")
        for name in silent
    }
    return {
        **found,
        "silent-list-unsubscribe": one(False, b"List-Unsubscribe: <mailto:x@y.example>"),
        "silent-mailing-list": one(False, b"Mailing-List: contact x@y.example"),
        "silent-suppressed": one(False, b"X-Auto-Response-Suppress: DR, OOF, AutoReply"),
        "answered-person": one(True, b"X-Auto-Response-Suppress: None"),
        "answered-robotics-teacher": one(True, sender=b"From: robotics@school.example"),
        "answered-norepliko": one(True, sender=b"From: norman.reply@school.example"),
    }
