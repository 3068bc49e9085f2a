"""How a case file is sent: piece by piece, whatever lies in it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import cast

from caseflow.crypto.stream import CHUNK
from caseflow.files.store import Store
from caseflow.insight import case_file
from tests.web.site import Site
from tests.web.walking import case_of, dispatched


class Large:
    """A store of one file of 50 MiB."""

    def open(self, _blob_id: str, /) -> Iterator[bytes]:
        """Return it in pieces, as a store does."""
        return (bytes(CHUNK) for _ in range(200))


def test_large_evidence_is_sent_as_it_is_read(site: Site) -> None:
    case, rooms = case_of(site, dispatched(site)), site.rooms
    held = site.ask(lambda session: case_file.hold(session, case, site.now))
    held = replace(held, evidence={"evidence/large": "large"})
    sizes = [
        len(piece)
        for piece in case_file.pieces(rooms.database, cast(Store, Large()), rooms.ring, held, b"")
    ]
    assert sum(sizes) > 200 * CHUNK
    assert max(sizes) < 2 * CHUNK
    assert min(sizes) > 0, "an empty piece would end the answer"
