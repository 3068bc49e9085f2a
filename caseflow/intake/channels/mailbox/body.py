"""What of a message is its text and what are its files. Nothing that came attached is dropped."""

import mimetypes
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from caseflow.files import sniff
from caseflow.files.names import FALLBACK, safe_name
from caseflow.intake.channels.mailbox import (
    charset,
    encoded,
    header,
    last_resort,
    markup,
    pictures,
    transfer,
)
from caseflow.intake.channels.mailbox.structure import MAX_PARTS, Part, TooManyParts
from caseflow.intake.report import IncomingFile

LONGEST_TEXT = 100_000  # characters; a longer text comes along as a file
WHOLE_TEXT = "正文全文.txt"  # not said
_ENDINGS = {"message/rfc822": ".eml", "text/plain": ".txt", "text/html": ".html"}


@dataclass
class Gathered:
    """Texts in reading order and files in order of appearance."""

    texts: list[str] = field(default_factory=list)
    files: list[IncomingFile] = field(default_factory=list)
    markup: bool = False

    @property
    def text(self) -> str:
        """All texts, an empty line between them."""
        return "\n\n".join(text for text in self.texts if text)

    def add(self, other: "Gathered") -> None:
        """Append what another branch brought."""
        self.texts += other.texts
        self.files += other.files
        self.markup = self.markup or other.markup


def gather(root: Part, above: str = "") -> Gathered:
    """Return the text and the files of a message; text from odd places when there is no other.

    `above` is put before the text: a subject too long to be one. Raises TooManyParts for more
    files than a message may have parts.
    """
    found = _walk(root)
    if len(found.files) > MAX_PARTS:
        raise TooManyParts
    if not found.text:
        found.texts = [last_resort.text(root, lambda inner: _walk(inner).text)]
    found.texts.insert(0, above)
    if len(found.text) > LONGEST_TEXT:
        whole = IncomingFile(WHOLE_TEXT, "text/plain", found.text.encode("utf-8"))
        found.files.insert(0, whole)
        found.texts = [found.text[:LONGEST_TEXT], f"（正文过长，全文见附件“{WHOLE_TEXT}”）"]
    found.files = _numbered(found.files)
    return found


def _walk(part: Part) -> Gathered:
    if part.children:
        branches = [_walk(child) for child in part.children]
        return _alternative(branches) if part.type == "multipart/alternative" else _all(branches)
    if _is_text(part):
        return _text(part)
    return Gathered(files=[_file(part)])


def _all(branches: list[Gathered]) -> Gathered:
    found = Gathered()
    for branch in branches:
        found.add(branch)
    return found


def _alternative(branches: list[Gathered]) -> Gathered:
    """Choose the plain version, unless it says far less than the one in HTML; keep all files."""
    plain = next((one for one in branches if one.text and not one.markup), None)
    rich = next((one for one in branches if one.text and one.markup), None)
    chosen = plain or rich
    if plain and rich and len(rich.text) > 2 * len(plain.text) + 50:
        chosen = rich
    files = [file for one in branches for file in one.files]
    if chosen is None:
        return Gathered(files=files)
    return Gathered(chosen.texts, files, chosen.markup)


def _is_text(part: Part) -> bool:
    """Tell whether a part is to be read rather than kept as a file."""
    if part.type not in {"text/plain", "text/html"}:
        return False
    if part.disposition == "attachment" or part.name:
        return False
    content = part.content
    known = sniff.sniff(content).media_type not in (sniff.UNKNOWN, sniff.TEXT)
    return not (b"\0" in content and known)


def _text(part: Part) -> Gathered:
    content = part.content
    if part.type == "text/html":
        inside = pictures.inside(content, part.label)
        return Gathered([markup.text(content, part.label)], inside, markup=True)
    found = Gathered()
    pieces: list[str] = []
    at = 0
    for name, holds, start, end in transfer.uuencoded(content, MAX_PARTS):
        shown = safe_name(charset.decode(name, part.label))
        found.files.append(IncomingFile(shown, _type_of(shown), holds))
        pieces += [charset.decode(content[at:start], part.label), f"[附件：{shown}]\n"]
        at = end
    text = "".join([*pieces, charset.decode(content[at:], part.label)])
    if part.parameters.get("format", "").lower() == "flowed":
        text = _unflowed(text, part.parameters.get("delsp", "").lower() == "yes")
    found.texts = [last_resort.trimmed(text)]
    return found


def _unflowed(text: str, delete_space: bool) -> str:
    """Join the soft line breaks of RFC 3676; Chinese senders set DelSp.

    Pieces are joined once at the end: a paragraph of a million lines must not stop the mailbox.
    """
    out: list[str] = []
    for line in text.split("\n"):
        line = line.removeprefix(" ")
        soft = line.endswith(" ") and line != "-- "
        out += [line[:-1] if soft and delete_space else line, "" if soft else "\n"]
    return "".join(out[:-1])


def _file(part: Part) -> IncomingFile:
    """Return a part as the file it came as; an attached message is named after its subject."""
    content = part.content
    name = part.name
    if not name and part.type == "message/rfc822":
        subject = encoded.text(header.split(content)[0].get("subject"))
        name = f"{subject[:60]}.eml" if subject else ""
    if not name:
        name = FALLBACK + (_ENDINGS.get(part.type) or mimetypes.guess_extension(part.type) or "")
    return IncomingFile(safe_name(name), part.type, content)


def _numbered(files: list[IncomingFile]) -> list[IncomingFile]:
    """Give files of the same name numbers, so that each can be told from the others."""
    times: dict[str, int] = {}
    out = []
    for file in files:
        times[file.name] = number = times.get(file.name, 0) + 1
        if number > 1:
            path = PurePosixPath(file.name)
            file = replace(file, name=f"{path.stem}({number}){path.suffix}")
        out.append(file)
    return out


def _type_of(name: str) -> str:
    return mimetypes.guess_type(name)[0] or sniff.UNKNOWN
