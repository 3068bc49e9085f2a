"""Check a case file (案卷): python3 verify.py CASE.zip

Python's standard library is all it needs; with the package `cryptography` it checks signatures too.
VERIFY.md says what each step is for, so that anybody can write their own.
"""

import hashlib
import json
import sys
import zipfile


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def misfits(file: zipfile.ZipFile):
    told = json.loads(file.read("manifest.json"))
    hashes: dict = {}
    handed_in: set = set()
    yield from in_chain(file, told, hashes, handed_in)
    yield from in_anchors(file, told, hashes)
    yield from in_files(file, told, handed_in)


def in_chain(file: zipfile.ZipFile, told: dict, hashes: dict, handed_in: set):
    before = ""
    for n, line in enumerate(file.open("entries.jsonl"), 1):
        entry = json.loads(line)
        body = json.loads(entry["body"])
        hashes[n] = sha256(f"{before}\n{entry['body']}".encode())
        expected = (told["case"], n, before, hashes[n])
        if (body["case"], body["n"], entry["prev"], entry["hash"]) != expected:
            yield f"entry {n}"
        if body["verb"] == "hand_in":
            handed_in.add(body["facts"].get("sha256"))
        before = hashes[n]
    if (told["entries"], told["head"]) != (len(hashes), before):
        yield f"entry {len(hashes) + 1}"


def in_anchors(file: zipfile.ZipFile, told: dict, hashes: dict):
    if not file.read("anchors.jsonl"):
        print("no anchor: the history proves itself only as far as somebody kept its last hash")
    for anchor in map(json.loads, file.open("anchors.jsonl")):
        heads, n = file.read(anchor["heads"]), anchor["entry"]
        if f"{told['case']} {n} {hashes.get(n)}" not in heads.decode().split("\n"):
            yield f"entry {n}, of which anchor {anchor['n']} says otherwise"
        if f"\nheads {sha256(heads)}\n" not in anchor["statement"] or not is_signed(anchor):
            yield f"anchor {anchor['n']}"


def in_files(file: zipfile.ZipFile, told: dict, handed_in: set):
    names = file.namelist()
    missing = handed_in - {None} - {name[9:73] for name in names}
    yield from (f"evidence {one}, which is missing" for one in missing)
    for name in sorted({*names, *told["files"]} - {"manifest.json"}):
        digest = sha256(file.read(name)) if names.count(name) == 1 else "none, or several"
        fits = told["files"].get(name) == digest
        if name.startswith("evidence/"):  # entries of older versions name no digest
            fits &= name[9:73] == digest and bool({digest, None} & handed_in)
        if not fits:
            yield name


def is_signed(anchor: dict) -> bool:
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        print("signature of anchor not checked: the package cryptography is not here")
        return True
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(anchor["public_key"]))
        key.verify(bytes.fromhex(anchor["signature"]), anchor["statement"].encode())
    except (InvalidSignature, ValueError):  # another key's, or no signature at all
        return False
    print(f"anchor {anchor['n']}, to entry {anchor['entry']}: signed by {anchor['public_key']}")
    return True


if __name__ == "__main__":
    with zipfile.ZipFile(sys.argv[1]) as case_file:
        for misfit in misfits(case_file):
            sys.exit(f"misfit {misfit}")
        manifest = json.loads(case_file.read("manifest.json"))
    print("ok", manifest["case"], manifest["entries"], "entries, head", manifest["head"])
