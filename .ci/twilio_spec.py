"""Bring Twilio's published description of its REST API for the tests: the fake is held against it.

It comes from the registry as a file of an npm package (MIT); nothing of it is installed, run or
shipped. The hash below is of the file itself.
"""

import hashlib
import json
import subprocess
import tarfile
import tempfile
from pathlib import Path

from assets import ROOT, npm

PACKAGE = "@twilio/cli-core@8.3.2"
INSIDE = "package/src/services/twilio-api/twilio_api_v2010.json"
SHA256 = "7f123267c8dd60bd5412ed723cc021f0e58d52b635e8fad41f72c4a3dda9e77e"
TARGET = ROOT / "tests" / "telephone" / "described" / "twilio_api_v2010.json"


def bring() -> None:
    """Put the description where the tests look for it. Fails when it is not the one expected."""
    with tempfile.TemporaryDirectory(prefix="caseflow-spec-") as name:
        folder = Path(name)
        command, environment = npm(folder)
        pack = [*command, "pack", PACKAGE, "--ignore-scripts", "--json"]
        done = subprocess.run(
            pack, cwd=folder, env=environment, check=True, capture_output=True, text=True
        )
        with tarfile.open(folder / json.loads(done.stdout)[0]["filename"]) as archive:
            file = archive.extractfile(INSIDE)
            content = file.read() if file else b""
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise SystemExit(f"{PACKAGE} holds another {INSIDE} than the one that was pinned")
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_bytes(content)


if __name__ == "__main__":
    bring()
