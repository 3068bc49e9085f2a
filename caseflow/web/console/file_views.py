"""Files of a case as the cards of its page show them."""

from flask import url_for

from caseflow.files.sniff import may_be_thumbnail
from caseflow.web.locale import gettext

THUMBNAIL_BYTES = 8 * 1024 * 1024


def size_text(size: int) -> str:
    """Return a size in bytes as people say it."""
    if size < 1024 * 1024:
        return f"{max(1, size // 1024)} KB"
    return f"{size / 1024 / 1024:.1f} MB"


_KINDS = {"image": "图片", "audio": "录音", "video": "视频", "text": "文字"}


def kind_of(media_type: str) -> str:
    """Return what sort of file it is, as people say it."""
    if media_type == "application/pdf":
        return "PDF"
    return gettext(_KINDS.get(media_type.partition("/")[0], "文件"))


def evidence_view(evidence_id: int, name: str, size: int, media_type: str) -> dict[str, str]:
    """Return a file of an item as `components/cards.html` expects it."""
    shown = may_be_thumbnail(media_type) and size <= THUMBNAIL_BYTES
    return {
        "href": url_for("console.evidence", evidence_id=evidence_id),
        "name": name,
        "size": size_text(size),
        "kind": kind_of(media_type),
        "thumb": url_for("console.evidence_picture", evidence_id=evidence_id) if shown else "",
    }
