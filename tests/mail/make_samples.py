"""Writes tests/mail/samples anew: `python -m tests.mail.make_samples`.

Each sample is a message (.eml) and, beside it, what must come of it (.json), which is written
down by hand in the sample modules and never taken from the parser.
"""

import json
from pathlib import Path

from tests.mail import (
    sample_charsets,
    sample_machines,
    sample_parts,
    sample_people,
    sample_quoted,
    sample_structures,
    sample_threads,
)
from tests.mail.writing import Sample

FOLDER = Path(__file__).parent / "samples"


def samples() -> dict[str, Sample]:
    """Return every sample by its file name without ending."""
    return {
        **sample_charsets.samples(),
        **sample_structures.samples(),
        **sample_people.samples(),
        **sample_quoted.samples(),
        **sample_parts.samples(),
        **sample_machines.samples(),
        **sample_threads.samples(),
    }


def files() -> dict[str, bytes]:
    """Return the content of every file that belongs into the folder."""
    made = {".gitattributes": b"*.eml binary\n"}
    for name, sample in samples().items():
        made[f"{name}.eml"] = sample.raw
        expected = json.dumps(sample.expected, ensure_ascii=False, indent=2, sort_keys=True)
        made[f"{name}.json"] = f"{expected}\n".encode()
    return made


def write() -> None:
    """Fill the folder with exactly these files."""
    FOLDER.mkdir(exist_ok=True)
    wanted = files()
    for old in FOLDER.iterdir():
        if old.name not in wanted:
            old.unlink()
    for name, content in wanted.items():
        (FOLDER / name).write_bytes(content)


if __name__ == "__main__":
    write()
