"""What every door needs at hand: the database, the keys, the file store, the office's own area."""

from dataclasses import dataclass, field

from caseflow.crypto.keys import KeyRing
from caseflow.db import Database
from caseflow.files import accepting
from caseflow.files.blobs import Put
from caseflow.files.pictures import NoPictures, Pictures
from caseflow.files.store import Readable, Store


@dataclass(frozen=True)
class Rooms:
    """One process's database, key ring and file store; `area`: the office's own area code.

    `pictures`: makes pictures anew; `originals`: whether they are kept as they came, too.
    """

    database: Database
    ring: KeyRing
    store: Store
    area: str
    pictures: Pictures = field(default_factory=NoPictures)
    originals: bool = True

    def accept(self, content: bytes | Readable) -> Put:
        """Put a file that somebody sent into the store, as every door does, and look at it.

        Before any transaction. Raises Unavailable.
        """
        return accepting.accept(self.store, self.pictures, content, originals=self.originals)
