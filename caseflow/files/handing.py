"""Which bytes are handed out for a file, and why some are not: asked by every page that does.

A picture is handed out as it was made anew. What is held back can be opened by a person with a
reason (`ledger.moves.opening_files`); what is infected by nobody.
"""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from caseflow.errors import CaseflowError
from caseflow.files.archives import Listing
from caseflow.files.tables import Blob

WHY = {
    "infected": "检出病毒，不能下载",
    "unscanned": "正在检查病毒，请过几分钟再来",
    "look": "正在检查，请过几分钟再来",
    "failed": "未能完成病毒检查",
    "type": "这类文件不直接放行",
    "picture": "图片未能去除拍摄信息（时间、地点等）",
    "archive": "压缩包有异常，可能损坏电脑",
    "many": "里面有多个办件，写明理由后才能打开",
}
"""Why a file is not simply handed out, in words."""

_FOR_NOW = ("infected", "unscanned", "look")


class HeldBack(CaseflowError):
    """The file is kept and is not handed out, for a reason that the message names."""

    status = 423


@dataclass(frozen=True, repr=False)
class About:
    """What was found in a file: an archive's table of contents, more pages than are shown."""

    listing: Listing | None = None
    more: bool = False


def why(blob: Blob, *, scans: bool) -> str:
    """Return why a file is held back, a key of `WHY`; nothing where it is not. `scans`: there is a
    scanner, and nothing passes that it has not seen.
    """
    if blob.scan == "infected":
        return "infected"
    if scans and blob.scan == "unscanned" and blob.scan_due is not None:
        return "unscanned"
    if blob.held == "look":
        return "look"
    if scans and blob.scan == "failed":
        return "failed"
    return blob.held


def given(session: Session, blob: Blob, *, scans: bool) -> Blob:
    """Return the blob that is handed out for a file: itself, or its picture made anew.

    Raises HeldBack.
    """
    held = why(blob, scans=scans)
    if held:
        raise HeldBack(WHY[held])
    return session.get_one(Blob, blob.shown_id) if blob.shown_id else blob


def may_be_opened(blob: Blob, *, scans: bool) -> bool:
    """Tell whether a person may open with a reason what is not handed out: the picture as it came,
    or what is held back, but for what is infected or still being looked at.
    """
    held = why(blob, scans=scans)
    return held not in _FOR_NOW and bool(held or blob.shown_id)


def is_pictured(blob: Blob, *, scans: bool) -> bool:
    """Tell whether a page may show it small: a picture that was made anew, and nothing else."""
    return blob.media_type.startswith("image/") and not why(blob, scans=scans)


def about(blob: Blob) -> About:
    """Return what was found in a file."""
    found: dict[str, Any] = json.loads(blob.about) if blob.about else {}
    more = found.pop("more", False)
    return About(Listing(**found) if found else None, more)
