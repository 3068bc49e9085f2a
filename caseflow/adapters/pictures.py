"""Makes pictures anew with Pillow, which is read when the first one is asked for."""

import threading

from caseflow.files.pictures import Copied, NoPicture

_ONE_AT_A_TIME = threading.Lock()


class Pillow:
    """Makes pictures anew. Any number of threads may ask; they wait for one another, so that no
    more than one picture is held unpacked in a process.
    """

    def copy(self, content: bytes, /) -> Copied:
        """Return it upright, without what a camera notes beside it. Raises NoPicture."""
        from caseflow.adapters import pillow

        with _ONE_AT_A_TIME:
            try:
                return pillow.anew(content)
            except NoPicture:
                raise
            except Exception as error:  # noqa: BLE001 - a damaged picture raises whatever it likes
                raise NoPicture(type(error).__name__) from None
