"""Mail as files, for an office without a mail server."""

from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from stat import S_IMODE

import pytest

from caseflow.adapters.outgoing import OutgoingFolder
from caseflow.outbox.transport import PermanentFailure, TransportDown
from tests.outbox.mailhost import LETTER, OFFICE


def test_a_message_is_a_file_that_only_its_owner_can_read(tmp_path: Path) -> None:
    folder = tmp_path / "var" / "outgoing"
    OutgoingFolder(folder, OFFICE).send("user7@example.com", LETTER)
    (file,) = folder.iterdir()
    assert file.name == "0a1b2c.eml"
    assert (S_IMODE(file.stat().st_mode), S_IMODE(folder.stat().st_mode)) == (0o600, 0o700)
    mail = message_from_bytes(file.read_bytes(), policy=default)
    assert (mail["To"], mail["Subject"]) == ("user7@example.com", LETTER.subject)


def test_a_repeated_message_leaves_one_file(tmp_path: Path) -> None:
    folder = OutgoingFolder(tmp_path, OFFICE)
    for text in ("一", "二"):
        folder.send("user7@example.com", replace(LETTER, text=text))
    (file,) = tmp_path.iterdir()
    mail = message_from_bytes(file.read_bytes(), policy=default)
    assert mail.get_content().strip() == "二"  # type: ignore[attr-defined]


@pytest.mark.parametrize("message_id", ["../../etc/passwd", "a/b", "", ".", "x" * 200])
def test_no_message_id_leads_out_of_the_folder(tmp_path: Path, message_id: str) -> None:
    with pytest.raises(PermanentFailure):
        OutgoingFolder(tmp_path / "out", OFFICE).send(
            "a@example.com", replace(LETTER, message_id=message_id)
        )
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_counts_as_down(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(TransportDown) as caught:
        OutgoingFolder(tmp_path / "file" / "out", OFFICE).send("a@example.com", LETTER)
    assert str(tmp_path) not in str(caught.value)


def test_a_file_that_could_not_be_finished_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "0a1b2c.eml").mkdir()  # a rename onto a folder fails
    with pytest.raises(TransportDown):
        OutgoingFolder(tmp_path, OFFICE).send("a@example.com", LETTER)
    assert [file.name for file in tmp_path.iterdir()] == ["0a1b2c.eml"]
