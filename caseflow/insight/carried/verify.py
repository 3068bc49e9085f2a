"""Check a case file (案卷): python3 verify.py CASE.zip [PUBLIC-KEY]

Python's standard library is all it needs. With the office's public key, got elsewhere than from
this file, it checks the signature too; that takes the package `cryptography`.
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


file = zipfile.ZipFile(sys.argv[1])
case = json.loads(file.read("manifest.json"))

# 1 and 2: the chain, from nothing to the hash that stands on the cover
hashes = [""]
brought: set[str] = set()
for n, entry in enumerate(map(json.loads, file.open("entries.jsonl")), 1):
    body = json.loads(entry["body"])
    hashes.append(sha256(f"{hashes[-1]}\n{entry['body']}".encode()))
    said = body["case"], body["n"], entry["prev"], entry["hash"]
    check(said == (case["case"], n, *hashes[-2:]), f"entry {n}")
    evidence = body["facts"].get(BROUGHT.get(body["verb"]), [])
    brought.update([evidence] if isinstance(evidence, str) else evidence)
check(hashes[-1] == case["head"], f"entry {len(hashes)}")

# 3: what the office signed
anchored = "no anchor"
for anchor in map(json.loads, file.open("anchors.jsonl")):
    n, heads, anchored = anchor["entry"], file.read(anchor["heads"]), f"anchor {anchor['n']}"
    line = f"{case['case']} {n} {hashes[n] if n < len(hashes) else 'cut off'}"
    check(line in heads.decode().split("\n"), f"entry {n}, of which {anchored} says otherwise")
    check(f"\nheads {sha256(heads)}\n" in anchor["statement"], anchored)
    if len(sys.argv) > 2:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(sys.argv[2]))
        key.verify(bytes.fromhex(anchor["signature"]), anchor["statement"].encode())
    anchored += f" to entry {n}, {'signed' if len(sys.argv) > 2 else 'signature not checked'}"

# 4: evidence as entries name it, all else as the manifest does; none missing, none twice
expected = {name: one for name, one in case["files"].items() if not name.startswith("evidence/")}
expected |= {f"evidence/{one}": one for one in brought}
for name in sorted(name for name in file.namelist() if name != "manifest.json"):
    unsuffixed = name.partition(".")[0] if name.startswith("evidence/") else name
    check(expected.pop(unsuffixed, None) == sha256(file.read(name)), name)
check(not expected, f"{', '.join(expected)}, which is missing")
print(f"ok {case['case']}, {len(hashes) - 1} entries, head {hashes[-1]}, {anchored}")
