"""The case file over HTTP: who gets it, what is in it, and that others can check it without us."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from caseflow.histories import BESIDE
from caseflow.insight.case_file import CARRIED
from caseflow.ledger import anchors
from caseflow.ledger.history_tables import Entry
from caseflow.paper.sheets import Report, Sheet, said
from caseflow.people.tables import Recusal
from tests import office as offices
from tests.web.site import PNG, Page, Site, a_file
from tests.web.test_assisting import asked
from tests.web.test_console_files import PHONE, received
from tests.web.test_unit import at, open_item, signed
from tests.web.test_unit import dispatched as given_to
from tests.web.test_visits import told
from tests.web.walking import case_of, dispatched, on_case, on_item, submitted

REASON = "提供给复查机关"
Files = dict[str, bytes]
ALONE = ("-I", "-S")
"""A Python that knows its own library and nothing that was installed."""


def taken(site: Site, number: str, who: str = "supervisor") -> Page:
    path = f"/console/cases/{number}"
    return site.as_(who).get(path).send(f"{path}/file", reason=REASON)


def unpacked(page: Page) -> Files:
    with ZipFile(BytesIO(page.response.data)) as file:
        return {name: file.read(name) for name in file.namelist()}


def checked(folder: Path, files: Files, *options: str, key: str = "") -> tuple[int, str]:
    """Let a third party's process check files: nothing of ours, not even a variable, is there."""
    (folder / "case.zip").write_bytes(packed(files))
    (folder / "verify.py").write_bytes(files["verify.py"])
    call = [sys.executable, *options, "verify.py", "case.zip", *filter(None, [key])]
    done = subprocess.run(call, env={}, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def packed(files: Files) -> bytes:
    lies = BytesIO()
    with ZipFile(lies, "w") as file:
        for name, content in files.items():
            file.writestr(name, content)
    return lies.getvalue()


class Kept:
    """A typesetter that keeps what it was to set."""

    sheet: Sheet

    def pdf(self, sheet: Sheet, _at: datetime, /) -> bytes:
        """Keep the sheet and return what looks like a PDF."""
        self.sheet = sheet
        return b"%PDF-1.7"


@pytest.fixture
def kept(site: Site) -> Kept:
    """The typesetter of the site, which sets nothing."""
    made = Kept()
    site.app.extensions["caseflow.typesetter"] = lambda: made
    return made


@pytest.fixture
def case(site: Site) -> str:
    """The number of a case with evidence, anchored before its file is asked for."""
    number = submitted(site)
    area, rooms = offices.DISTRICT, site.rooms
    anchors.make(rooms.database, rooms.store, rooms.ring, area, site.now, BESIDE)
    return number


def test_a_third_party_finds_it_whole(site: Site, case: str, tmp_path: Path) -> None:
    page = taken(site, case)
    assert page.response.mimetype == "application/zip"
    files = unpacked(page)
    digest = hashlib.sha256(PNG).hexdigest()
    assert files[f"evidence/{digest}.png"] == PNG
    assert files["case.pdf"].startswith(b"%PDF-1.7")
    code, told = checked(tmp_path, files, *ALONE)
    head = case_of(site, case).head
    anchor = "anchor 1 to entry 8, signature not checked"
    assert (code, told) == (0, f"ok {case}, 9 entries, head {head}, {anchor}\n")


def test_evidence_fits_by_whatever_door_it_came(site: Site, tmp_path: Path) -> None:
    """By the item's own page, with a visit, with the answer of a unit that assists."""
    item = given_to(site)
    signed(site, item)
    number, there = asked(site, item)
    open_item(site, item).send(at(item, "evidence"), evidence=a_file("a.png", PNG + b"a"))
    picture = a_file("b.png", PNG + b"b")
    on_item(site, "handler", number, "visit", **told(site, pictures=picture))
    answer = {"answer": "共收三十二人", "evidence": a_file("c.png", PNG + b"c")}
    site.as_("academy").get(there).send(f"{there}/answer", **answer)
    files = unpacked(taken(site, number))
    assert len([name for name in files if name.startswith("evidence/")]) == 3
    assert checked(tmp_path, files, *ALONE)[0] == 0


def test_with_the_key_of_the_office_the_signature_is_checked(
    site: Site, case: str, tmp_path: Path
) -> None:
    files = unpacked(taken(site, case))
    anchor = json.loads(files["anchors.jsonl"])
    key = anchors.public_key(site.rooms.ring, anchor["key_id"])
    code, told = checked(tmp_path, files, key=key)
    assert (code, told.endswith(", anchor 1 to entry 8, signed\n")) == (0, True)
    changed = anchor | {"statement": anchor["statement"].replace("cases 1", "cases 2")}
    for forged in (changed, signed_by_another(changed), signed_by_another(anchor)):
        code, told = checked(tmp_path, with_anchor(files, forged), key=key)
        assert (code, told.splitlines()[-1]) == (1, "cryptography.exceptions.InvalidSignature")


def with_anchor(files: Files, anchor: dict[str, Any]) -> Files:
    return fitting(files | {"anchors.jsonl": line(anchor)}, entries(files))


def signed_by_another(anchor: dict[str, Any]) -> dict[str, Any]:
    """Sign a statement anew and lay one's own public key beside it."""
    mine = Ed25519PrivateKey.generate()
    signature = mine.sign(anchor["statement"].encode()).hex()
    return anchor | {
        "public_key": mine.public_key().public_bytes_raw().hex(),
        "signature": signature,
    }


def test_a_file_without_an_anchor_says_so(site: Site, tmp_path: Path) -> None:
    number = dispatched(site)
    code, told = checked(tmp_path, unpacked(taken(site, number)), *ALONE)
    assert (code, told.endswith(", no anchor\n")) == (0, True)


def line(said: dict[str, Any]) -> bytes:
    return f"{json.dumps(said, ensure_ascii=False)}\n".encode()


# What somebody does who rewrites the manifest to fit


def entries(files: Files) -> list[dict[str, Any]]:
    return [json.loads(one) for one in files["entries.jsonl"].splitlines()]


def with_entries(files: Files, told: list[dict[str, Any]]) -> Files:
    return fitting(files | {"entries.jsonl": b"".join(map(line, told))}, told)


def fitting(files: Files, told: list[dict[str, Any]]) -> Files:
    manifest = json.loads(files["manifest.json"])
    digests = {
        name: hashlib.sha256(content).hexdigest()
        for name, content in files.items()
        if name != "manifest.json"
    }
    manifest |= {"files": digests, "entries": len(told), "head": told[-1]["hash"]}
    return files | {"manifest.json": json.dumps(manifest).encode()}


def folded(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Fold a chain anew over bodies, as whoever owns everything could."""
    before, anew = "", []
    for one in told:
        digest = hashlib.sha256(f"{before}\n{one['body']}".encode()).hexdigest()
        anew.append(one | {"prev": before, "hash": digest})
        before = digest
    return anew


def changed(files: Files) -> Files:
    told = entries(files)
    told[2]["body"] = told[2]["body"].replace('"role":"handler"', '"role":"leader"')
    assert told != entries(files)
    return with_entries(files, told)


def changed_and_folded(files: Files) -> Files:
    return with_entries(files, folded(entries(changed(files))))


def dropped(files: Files) -> Files:
    told = entries(files)
    del told[3]
    return with_entries(files, told)


def cut_off(files: Files) -> Files:
    return with_entries(files, entries(files)[:6])


def reordered(files: Files) -> Files:
    told = entries(files)
    told[4], told[5] = told[5], told[4]
    return with_entries(files, told)


def evidence_changed(files: Files) -> Files:
    [name] = [name for name in files if name.startswith("evidence/")]
    return fitting(files | {name: PNG + b"!"}, entries(files))


def evidence_exchanged(files: Files) -> Files:
    [name] = [name for name in files if name.startswith("evidence/")]
    other = f"evidence/{hashlib.sha256(b'other').hexdigest()}.png"
    kept = {path: content for path, content in files.items() if path != name}
    return fitting(kept | {other: b"other"}, entries(files))


def evidence_added(files: Files) -> Files:
    other = f"evidence/{hashlib.sha256(b'other').hexdigest()}.png"
    return fitting(files | {other: b"other"}, entries(files))


def evidence_left_out(files: Files) -> Files:
    kept = {path: content for path, content in files.items() if not path.startswith("evidence/")}
    return fitting(kept, entries(files))


def evidence_renamed(files: Files) -> Files:
    """Call another file by the name of the one that an entry names, and that by another's."""
    other = f"evidence/{hashlib.sha256(b'other').hexdigest()}.png"
    [name] = [name for name in files if name.startswith("evidence/")]
    return fitting(files | {name: b"other", other: PNG}, entries(files))


def paper_exchanged(files: Files) -> Files:
    return files | {"case.pdf": b"%PDF-another"}


def paper_left_out(files: Files) -> Files:
    return {path: content for path, content in files.items() if path != "case.pdf"}


def heads_changed(files: Files) -> Files:
    return fitting(
        files | {"anchors/1.heads": files["anchors/1.heads"] + b"more\n"}, entries(files)
    )


def something_put_in(files: Files) -> Files:
    return files | {"more.txt": b"more"}


DIGEST = hashlib.sha256(PNG).hexdigest()
TAMPERED: dict[Callable[[Files], Files], str] = {
    changed: "entry 3",
    changed_and_folded: "entry 8, of which anchor 1 says otherwise",
    dropped: "entry 4",
    cut_off: "entry 8, of which anchor 1 says otherwise",
    reordered: "entry 5",
    evidence_changed: f"evidence/{DIGEST}.png",
    evidence_exchanged: f"evidence/{hashlib.sha256(b'other').hexdigest()}.png",
    evidence_left_out: f"evidence/{DIGEST}, which is missing",
    evidence_renamed: f"evidence/{hashlib.sha256(b'other').hexdigest()}.png",
    paper_exchanged: "case.pdf",
    paper_left_out: "case.pdf, which is missing",
    heads_changed: "anchor 1",
    evidence_added: f"evidence/{hashlib.sha256(b'other').hexdigest()}.png",
    something_put_in: "more.txt",
}


def test_each_tampering_is_named(site: Site, case: str, tmp_path: Path) -> None:
    files = unpacked(taken(site, case))
    for tamper, named in TAMPERED.items():
        code, told = checked(tmp_path, tamper(files), *ALONE)
        assert (code, told.splitlines()[-1]) == (1, f"misfit {named}"), tamper.__name__


def test_what_lies_there_twice_is_named(site: Site, case: str, tmp_path: Path) -> None:
    """Some programs unpack the first of two files of a name, the script reads the last."""
    files = unpacked(taken(site, case))
    [name] = [name for name in files if name.startswith("evidence/")]
    twice = files | {f"{name[:-1]}*": b"other"}
    content = packed(twice).replace(f"{name[:-1]}*".encode(), name.encode())
    (tmp_path / "twice.zip").write_bytes(content)
    (tmp_path / "verify.py").write_bytes(files["verify.py"])
    call = [sys.executable, *ALONE, "verify.py", "twice.zip"]
    done = subprocess.run(call, env={}, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, f"misfit {name}\n")


def test_entries_of_another_case_are_named(site: Site, case: str, tmp_path: Path) -> None:
    files = unpacked(taken(site, case))
    other = entries(unpacked(taken(site, dispatched(site))))
    assert checked(tmp_path, with_entries(files, other), *ALONE) == (1, "misfit entry 1\n")


# Who gets it, and what is not in it


def test_it_is_on_the_record_and_the_record_is_in_it(site: Site, case: str) -> None:
    last = entries(unpacked(taken(site, case, "auditor")))[-1]
    body = json.loads(last["body"])
    assert (body["verb"], body["facts"]) == ("hand_out", {"reason": REASON})
    assert body["actor"] == site.office["auditor"].person
    assert last["hash"] == case_of(site, case).head
    assert REASON in site.as_("leader").get(f"/console/cases/{case}").text


def test_without_a_reason_nothing_leaves(site: Site, case: str) -> None:
    path = f"/console/cases/{case}"
    page = site.as_("leader").get(path).send(f"{path}/file", reason="看")
    assert page.status == 422
    assert "请写明导出理由（4 至 500 字）" in page.text
    assert 'href="#hand_out-reason"' in page.html
    query = select(Entry.id).where(Entry.verb == "hand_out")
    assert site.ask(lambda session: session.scalars(query).all()) == []


@pytest.mark.parametrize("name", ["operator", "handler", "reviewer"])
def test_others_are_not_offered_it_and_refused(site: Site, name: str) -> None:
    path = f"/console/cases/{dispatched(site)}"
    assert not site.as_(name).get(path).offers(f"{path}/file")
    assert site.as_(name).post(f"{path}/file", reason=REASON).status == 403


def test_who_is_recused_does_not_get_it(site: Site) -> None:
    number = dispatched(site, unit=site.office.units["school"])
    person, unit = site.office["supervisor"].person, site.office.units["school"]
    site.do(
        lambda session: session.add(
            Recusal(user_id=person, unit_id=unit, reason="亲属", since=site.now)
        )
    )
    path = f"/console/cases/{number}/file"
    assert site.as_("supervisor").post(path, reason=REASON).status == 404


def test_nobody_who_reported_is_in_it_nor_what_they_said(site: Site, kept: Kept) -> None:
    number = received(site)
    on_case(site, "handler", number, "accept")
    files = unpacked(taken(site, number))
    everything = said(kept.sheet) + b"".join(files.values()).decode()
    assert everything.count(number) > 5
    for secret in ("张三", PHONE, case_of(site, number).matter):
        assert secret not in everything


def test_the_paper_tells_the_case_in_chinese_whatever_the_page_is_in(
    site: Site, case: str, kept: Kept
) -> None:
    visit = site.as_("supervisor")
    visit.get(f"/console/cases/{case}?lang=en")
    last = entries(unpacked(taken(site, case)))[-1]
    told = kept.sheet
    assert isinstance(told, Report)
    cover = dict(told.facts)
    assert (cover["状态"], cover["末条校验值"]) == ("办理中", last["hash"])
    parts = {part.title: part for part in told.sections}
    assert list(parts) == ["来件", "问题项 1", "时限", "办理记录", "证据"]
    assert dict(parts["问题项 1"].facts)["核查结论"] == "属实"
    assert ("核查期限（第 1 项）", "2026-03-03 10:00") in [row[:2] for row in parts["时限"].rows]
    assert [row[0] for row in parts["办理记录"].rows][1:] == [str(n) for n in range(1, 10)]
    assert parts["证据"].rows[1][-1] == DIGEST


def test_the_script_is_the_one_that_is_published(site: Site, case: str) -> None:
    files = unpacked(taken(site, case))
    for name in ("verify.py", "VERIFY.md"):
        assert files[name] == (CARRIED / name).read_bytes()
