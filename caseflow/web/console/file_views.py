"""Files of a case as the cards of its page show them."""

from typing import Any

from flask import url_for

from caseflow.files import handing
from caseflow.files.archives import Listing
from caseflow.files.tables import Blob
from caseflow.people.permissions import may
from caseflow.web.edge import actor, scans
from caseflow.web.locale import gettext

THUMBNAIL_BYTES = 8 * 1024 * 1024


def size_text(size: int) -> str:
    """Return a size in bytes as people say it."""
    if size < 1024 * 1024:
        return f"{max(1, size // 1024)} KB"
    return f"{size / 1024 / 1024:.1f} MB"


_KINDS = {"image": "图片", "audio": "录音", "video": "视频", "text": "文字"}
_ARCHIVES = ("application/zip", "application/x-rar-compressed", "application/x-7z-compressed")
_BOMBS = {
    "count": "文件数量异常",
    "size": "展开后大得异常",
    "overlap": "内容相互重叠",
    "unreadable": "目录读不出",
}


def kind_of(media_type: str) -> str:
    """Return what sort of file it is, as people say it."""
    if media_type == "application/pdf":
        return "PDF"
    if media_type in _ARCHIVES:
        return gettext("压缩包")
    return gettext(_KINDS.get(media_type.partition("/")[0], "文件"))


def evidence_view(evidence_id: int, name: str, blob: Blob) -> dict[str, Any]:
    """Return a file of an item as `components/cards.html` expects it."""
    href = url_for("console.evidence", evidence_id=evidence_id)
    return {
        **blob_view(name, blob, f"{href}/picture"),
        "href": href,
        "original": original(blob, f"{href}/original"),
    }


def attachment_view(attachment_id: int, name: str, blob: Blob) -> dict[str, Any]:
    """Return a file that came with a report, likewise."""
    return {
        **blob_view(name, blob, url_for("console.attachment_picture", attachment_id=attachment_id)),
        "href": url_for("console.attachment", attachment_id=attachment_id),
        "original": original(
            blob, url_for("console.attachment_original", attachment_id=attachment_id)
        ),
    }


def original(blob: Blob, href: str, permission: str = "vault.original") -> str:
    """Return where a file is opened as it came, for whoever may; else nothing."""
    opens = may(actor(), permission) and handing.may_be_opened(blob, scans=scans())
    return href if opens else ""


def blob_view(name: str, blob: Blob, picture: str = "") -> dict[str, Any]:
    """Return what is to be said of a file. `picture`: where it is shown small."""
    about = handing.about(blob)
    small = handing.is_pictured(blob, scans=scans()) and blob.size <= THUMBNAIL_BYTES
    return {
        "name": name,
        "size": size_text(blob.size),
        "kind": kind_of(blob.media_type),
        "thumb": picture if small else "",
        "told": state_told(blob) or (gettext("只显示第一页（帧）") if about.more else ""),
        "listing": _listed(about.listing) if about.listing else None,
    }


def state_told(blob: Blob) -> str:
    """Return why a file is not handed out, in words; nothing where it is."""
    held = handing.why(blob, scans=scans())
    return gettext(handing.WHY[held]) if held else ""


def _listed(listing: Listing) -> dict[str, Any]:
    said = [
        gettext(_BOMBS[listing.bomb]) if listing.bomb else "",
        gettext("有的文件加了密码，内容无法检查") if listing.sealed else "",
        gettext("里面还有压缩包") if listing.nested else "",
    ]
    return {
        "told": gettext(
            "压缩包内有 %(n)d 个文件，展开后 %(size)s",
            n=listing.number,
            size=size_text(listing.size),
        ),
        "warnings": [one for one in said if one],
        "entries": [(name, size_text(size)) for name, size in listing.entries],
        "left": listing.number - len(listing.entries),
    }
