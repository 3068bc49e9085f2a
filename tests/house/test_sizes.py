"""No file grows past what one reads in a sitting: some 300 lines (design §5), never over 400."""

from tests.house.source import ROOT

WALL = 400
# Not migrations: they are a record that a tool drafts, and nobody edits it later.
KINDS = {".py", ".html", ".js", ".css"}
FOLDERS = ("caseflow", "templates", "static", "tests", "bench", "deploy", ".ci")


def test_no_file_is_longer_than_the_wall() -> None:
    files = [
        file
        for folder in FOLDERS
        for file in (ROOT / folder).rglob("*")
        if file.suffix in KINDS and "vendor" not in file.parts
    ]
    files += [ROOT / "config.py", ROOT / "wsgi.py"]
    long = {
        str(file.relative_to(ROOT)): lines
        for file in files
        if file.exists() and (lines := len(file.read_text(encoding="utf-8").splitlines())) > WALL
    }
    assert long == {}
