"""Check a case file (案卷): python3 verify.py CASE.zip

Python's standard library is all it needs; with the package `cryptography` it checks signatures too.
VERIFY.md says what each step is for, so that anybody can write their own.
"""

import hashlib
import json
import sys
import zipfile

BROUGHT = {"hand_in": "sha256", "visit": "pictures", "answer_assistance": "files"}


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def check(fits, what):
    if not fits:
        sys.exit(f"misfit {what}")


def signed(anchor):
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(anchor["public_key"]))
        key.verify(bytes.fromhex(anchor["signature"]), anchor["statement"].encode())
        print(f"anchor {anchor['n']}, to entry {anchor['entry']}: signed by {anchor['public_key']}")
    except ImportError:
        print("signature of anchor not checked: the package cryptography is not here")
    except Exception:  # another key's, or no signature at all
        check(False, f"anchor {anchor['n']}")


file = zipfile.ZipFile(sys.argv[1])
case, names, hashes, brought = json.loads(file.read("manifest.json")), file.namelist(), [""], set()
for n, entry in enumerate(map(json.loads, file.open("entries.jsonl")), 1):  # the chain
    body = json.loads(entry["body"])
    hashes.append(sha256(f"{hashes[-1]}\n{entry['body']}".encode()))
    said = body["case"], body["n"], entry["prev"], entry["hash"]
    check(said == (case["case"], n, *hashes[-2:]), f"entry {n}")
    sums = body["facts"].get(BROUGHT.get(body["verb"]))
    brought |= set(sums if isinstance(sums, list) else filter(None, [sums]))
check((case["entries"], case["head"]) == (len(hashes) - 1, hashes[-1]), f"entry {len(hashes)}")
if not file.read("anchors.jsonl"):
    print("no anchor: the history proves itself only as far as somebody kept its last hash")
for anchor in map(json.loads, file.open("anchors.jsonl")):  # what the office signed
    heads, n, of = file.read(anchor["heads"]), anchor["entry"], f"anchor {anchor['n']}"
    line = f"{case['case']} {n} {hashes[n] if n < len(hashes) else None}"
    check(line in heads.decode().split("\n"), f"entry {n}, of which {of} says otherwise")
    check(f"\nheads {sha256(heads)}\n" in anchor["statement"], of)
    signed(anchor)
for one in brought - {name[9:73] for name in names}:  # the files
    check(False, f"evidence {one}, which is missing")
for name in sorted({*names, *case["files"]} - {"manifest.json"}):
    digest = sha256(file.read(name)) if names.count(name) == 1 else "none, or several"
    known = not name.startswith("evidence/") or digest == name[9:73] in brought
    check(known and case["files"].get(name) == digest, name)
print("ok", case["case"], case["entries"], "entries, head", case["head"])
