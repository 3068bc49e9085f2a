"""Blind indexes: the same number is found again without being readable in the database.

A number or address is brought into one normal form and hashed with a key, each column under a
label of its own, so that equal hashes mean equal numbers within a column and nothing across.
The oldest key is used: an index has to stay the same when keys are rotated.
"""

import re
import unicodedata
from email.utils import parseaddr

from caseflow.crypto.keys import KeyRing

_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(?:10|2\d)\d{8}|[3-9]\d{2}\d{7,8}")
_LOCAL = re.compile(r"[2-9]\d{6,7}")
_SEVERAL = re.compile(r"[/、,;]|或")
_EXTENSION = re.compile(r"(?:转|轉|分机|ext\.?|x|#)\D*\d{1,6}\D*$", re.IGNORECASE)
_HYPHEN_EXTENSION = re.compile(r"(?<=\d{7})-\d{1,5}$")
_PLUS = re.compile(r"\D*\+\s*\d")
_NEVER_SENT = re.compile(r"[\s\x00-\x1f\x7f<>,;]")  # nothing that could end a mail header
_NO_DIGIT = re.compile(r"\D")
_MAX_DIGITS = 15  # ITU-T E.164


def normal_phone(typed: str) -> str | None:
    """Return `+8613812345678`, `+867395322222`, `12345`, or None when it is no number.

    Understands full-width digits, spaces and brackets, 0086 and +86, a trunk zero before area
    codes, several numbers (the first counts) and extensions, which are dropped because the
    caller's number that an exchange shows never holds one. A local number without area code
    stays as it is: which area it belongs to is not known here.
    """
    if not typed:
        return None
    text = _first_number(unicodedata.normalize("NFKC", typed).strip())
    digits = _digits(text)
    if not _MOBILE.fullmatch(digits[-11:]):
        text = _HYPHEN_EXTENSION.sub("", _EXTENSION.sub("", text).strip())
        digits = _digits(text)
    abroad = _PLUS.match(text) is not None
    if not abroad and digits.startswith("00"):
        abroad, digits = True, digits[2:]
    if abroad and not digits.startswith("86"):
        return f"+{digits}" if 7 <= len(digits) <= _MAX_DIGITS else None
    return _within_china(digits, abroad)


def takes_texts(normal: str) -> bool:
    """Tell whether a number in normal form can be sent a text message: a mobile one of the
    mainland, or one abroad, of which only its provider knows.
    """
    home = normal.startswith("+86")
    return bool(_MOBILE.fullmatch(normal[3:])) if home else normal.startswith("+")


def normal_email(typed: str) -> str | None:
    """Return the address in lower case without display name, or None when it is none."""
    if not typed:
        return None
    text = unicodedata.normalize("NFKC", typed).strip().removeprefix("mailto:")
    address = parseaddr(text)[1].lower()
    name, at, domain = address.rpartition("@")
    if not (name and at and "." in domain.strip(".")) or _NEVER_SENT.search(address):
        return None
    return f"{name}@{domain.rstrip('.')}"


def phone_index(ring: KeyRing, typed: str) -> str | None:
    """Return the blind index of a telephone number, None when it is no number."""
    return _index(ring, "phone", normal_phone(typed))


def email_index(ring: KeyRing, typed: str) -> str | None:
    """Return the blind index of an e-mail address, None when it is no address."""
    return _index(ring, "email", normal_email(typed))


def phone_indexes(ring: KeyRing, typed: str, area_code: str = "") -> list[str]:
    """Return every index under which a caller may have been kept, most exact first.

    With the office's own telephone `area_code` (`0739`) a local number is also looked for with
    it, and a number of that area also without it, because people type both.
    """
    number = normal_phone(typed)
    if number is None:
        return []
    home = "+86" + area_code.removeprefix("0") if area_code else ""
    spellings = [number]
    if home and _LOCAL.fullmatch(number):
        spellings.append(home + number)
    elif home and number.startswith(home) and _LOCAL.fullmatch(number.removeprefix(home)):
        spellings.append(number.removeprefix(home))
    return [_keyed(ring, "phone", spelling) for spelling in spellings]


def _first_number(text: str) -> str:
    pieces = _SEVERAL.split(text)
    return next((piece for piece in pieces if len(_digits(piece)) >= 7), text)


def _digits(text: str) -> str:
    found = _NO_DIGIT.sub("", text)
    return found if found.isascii() else "".join(str(int(digit)) for digit in found)


def _within_china(digits: str, abroad: bool) -> str | None:
    national = digits.removeprefix("86") if abroad or len(digits) >= 12 else digits
    trunkless = national.removeprefix("0")
    if _MOBILE.fullmatch(trunkless) or _LANDLINE.fullmatch(trunkless):
        return f"+86{trunkless}"
    return national if 3 <= len(national) <= 11 and not national.startswith("00") else None


def _index(ring: KeyRing, column: str, normal: str | None) -> str | None:
    return None if normal is None else _keyed(ring, column, normal)


def _keyed(ring: KeyRing, column: str, normal: str) -> str:
    return ring.mac(f"blind:{column}", normal.encode(), ring.oldest_key).hex()
