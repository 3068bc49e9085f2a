"""What the holder handed in: listed and handed out under neutral names, to nobody but them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from caseflow.files import handing
from caseflow.files.names import FALLBACK
from caseflow.files.tables import Blob
from caseflow.ledger import assistances, holding
from caseflow.ledger.attached import Attached
from caseflow.ledger.tables import Evidence
from caseflow.web import edge
from caseflow.web.edge import needs, scans
from caseflow.web.files import download, picture
from caseflow.web.locale import gettext
from caseflow.web.unit.frame import Page, blueprint, scope

KIB = 1024
_KINDS = {"image": "图片", "audio": "录音", "video": "视频"}
_SUFFIX = {"image/jpeg": ".jpg", "application/pdf": ".pdf"}


@dataclass(frozen=True)
class Shown:
    """A file in the list; `thumb` is empty when a browser must not draw it. `told`: why it is not
    handed out at the moment.
    """

    href: str
    name: str
    size: str
    kind: str
    thumb: str
    note: str
    told: str


def shown(files: Sequence[tuple[Evidence, Blob]]) -> list[Shown]:
    """Return the holder's files as the page shows them, numbered in the order they came."""
    return [_shown(place, each, blob) for place, (each, blob) in enumerate(files, 1)]


def _shown(place: int, each: Evidence, blob: Blob) -> Shown:
    href, held = f"/unit/evidence/{each.id}", handing.why(blob, scans=scans())
    return Shown(
        href=href,
        name=gettext("第 %(n)d 份", n=place),
        size=_size(blob.size),
        kind=gettext(_KINDS.get(blob.media_type.partition("/")[0], "文件")),
        thumb=f"{href}/picture" if handing.is_pictured(blob, scans=scans()) else "",
        note=each.note,
        told=gettext(handing.WHY[held]) if held else "",
    )


def _size(size: int) -> str:
    return f"{size / KIB / KIB:.1f} MB" if size >= KIB * KIB else f"{max(1, size // KIB)} KB"


def _named(place: int, blob: Blob) -> Attached:
    """Return a file under a name that says nothing but its place in the list and its type."""
    subtype = blob.media_type.partition("/")[2]
    short = f".{subtype}" if subtype.isalnum() and len(subtype) <= 4 else ""
    return Attached(f"{FALLBACK}{place}{_SUFFIX.get(blob.media_type, short)}", blob)


def _found(session: Session, evidence_id: int) -> Attached:
    beside = assistances.file(session, scope(), evidence_id)
    return _named(*(beside or holding.evidence(session, scope(), evidence_id)))


@blueprint.get("/evidence/<int:evidence_id>")
@needs("item.hold")
def evidence(evidence_id: int) -> Page:
    """Hand out a file that the same holder handed in, or sent with what it answered beside one."""
    with edge.read() as session:
        return download(session, _found(session, evidence_id))


@blueprint.get("/evidence/<int:evidence_id>/picture")
@needs("item.hold")
def evidence_picture(evidence_id: int) -> Page:
    """Show a picture that the same holder handed in."""
    with edge.read() as session:
        return picture(session, _found(session, evidence_id))
