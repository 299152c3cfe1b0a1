#!/usr/bin/env python3
"""Writes tests/vectors/note/theater.json from docs/format/merkle.md and notes.md alone.

Shares no code with Theater; the standard library only. Ed25519 is written out here (RFC 8032 section 5.1),
slow and not for secrets.

    make_note_vectors.py             writes the file
    make_note_vectors.py --print     prints the examples of the documents
"""

import base64
import hashlib
import hmac
import json
import pathlib
import sys

OUT = pathlib.Path(__file__).resolve().parents[1] / "vectors/note/theater.json"

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def add(a, b):
    (x1, y1), (x2, y2) = a, b
    t = D * x1 * x2 * y1 * y2
    return ((x1 * y2 + x2 * y1) * pow(1 + t, -1, P) % P, (y1 * y2 + x1 * x2) * pow(1 - t, -1, P) % P)


def multiply(n, point):
    result = (0, 1)
    while n:
        if n & 1:
            result = add(result, point)
        point = add(point, point)
        n >>= 1
    return result


def base_point():
    y = 4 * pow(5, -1, P) % P
    x2 = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if x * x % P != x2:
        x = x * pow(2, (P - 1) // 4, P) % P
    return (P - x if x & 1 else x, y)


B = base_point()


def encode(point):
    x, y = point
    return (y | (x & 1) << 255).to_bytes(32, "little")


def little(data):
    return int.from_bytes(data, "little")


def secret(seed):
    digest = hashlib.sha512(seed).digest()
    scalar = little(digest[:32]) & ((1 << 254) - 8) | 1 << 254
    return scalar, digest[32:]


def public_key(seed):
    return encode(multiply(secret(seed)[0], B))


def sign(seed, message):
    scalar, prefix = secret(seed)
    public = encode(multiply(scalar, B))
    r = little(hashlib.sha512(prefix + message).digest()) % L
    point = encode(multiply(r, B))
    k = little(hashlib.sha512(point + public + message).digest()) % L
    return point + ((r + k * scalar) % L).to_bytes(32, "little")


def sha256(data):
    return hashlib.sha256(data).digest()


def b64(data):
    return base64.b64encode(data).decode()


# Merkle trees.


def leaf(entry):
    return sha256(b"\x00" + entry)


def root(hashes):
    if not hashes:
        return sha256(b"")
    if len(hashes) == 1:
        return hashes[0]
    k = split(len(hashes))
    return sha256(b"\x01" + root(hashes[:k]) + root(hashes[k:]))


def split(n):
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def path(m, hashes):
    if len(hashes) == 1:
        return []
    k = split(len(hashes))
    if m < k:
        return path(m, hashes[:k]) + [root(hashes[k:])]
    return path(m - k, hashes[k:]) + [root(hashes[:k])]


# Keys and notes.


def key_id(name, kind, public):
    return sha256(name.encode() + b"\n" + bytes([kind]) + public)[:4]


def vkey(name, kind, public):
    return f"{name}+{key_id(name, kind, public).hex()}+{b64(bytes([kind]) + public)}"


def actor_seed(node_seed, origin):
    pseudorandom = hmac.digest(bytes(32), node_seed, "sha256")
    info = b"theater/actor-key/v1\x00" + origin.encode()
    return hmac.digest(pseudorandom, info + b"\x01", "sha256")


def signature_line(name, seed, text):
    return f"\u2014 {name} {b64(key_id(name, 1, public_key(seed)) + sign(seed, text.encode()))}\n"


def cosignature_line(name, seed, text, time):
    signature = sign(seed, f"cosignature/v1\ntime {time}\n{text}".encode())
    payload = key_id(name, 4, public_key(seed)) + time.to_bytes(8, "big") + signature
    return f"\u2014 {name} {b64(payload)}\n"


def checkpoint(origin, hashes, *extensions):
    return "".join(f"{line}\n" for line in [origin, len(hashes), b64(root(hashes)), *extensions])


def proof_file(index, hashes, signed, extra=None):
    lines = ["c2sp.org/tlog-proof@v1"]
    if extra is not None:
        lines.append(f"extra {b64(extra)}")
    lines.append(f"index {index}")
    lines += [b64(each) for each in path(index, hashes)]
    return "".join(f"{line}\n" for line in lines) + "\n" + signed


NODE = "home~00112233445566778899aabbccddeeff"  # No plus sign, as the name of a key has none.
ACTOR = f"{NODE}/counter"
WITNESS = "witness.example/w1"
NODE_SEED = bytes(range(32))
WITNESS_SEED = bytes(range(32, 64))
ENTRIES = [f"entry {n}" for n in range(5)]


def main():
    hashes = [leaf(each.encode()) for each in ENTRIES]
    seed = actor_seed(NODE_SEED, ACTOR)
    actor_text = checkpoint(ACTOR, hashes)
    actor_note = actor_text + "\n" + signature_line(ACTOR, seed, actor_text)
    node_hashes = [leaf(b"another actor's checkpoint"), leaf(actor_text.encode())]
    node_text = checkpoint(NODE, node_hashes)
    node_note = node_text + "\n" + signature_line(NODE, NODE_SEED, node_text)
    cosigned = node_note + cosignature_line(WITNESS, WITNESS_SEED, node_text, 1679315147)
    extended_text = checkpoint(NODE, node_hashes, "an extension", "\u00fcnd noch eine")
    extended = extended_text + "\n" + signature_line(NODE, NODE_SEED, extended_text)
    empty_text = checkpoint(NODE, [])
    node_vkey = vkey(NODE, 1, public_key(NODE_SEED))
    witness_vkey = vkey(WITNESS, 4, public_key(WITNESS_SEED))
    vectors = {
        "source": "tests/conformance/make_note_vectors.py",
        "keys": [
            {"seedHex": s.hex(), "publicKeyHex": public_key(s).hex(), "name": name, "vkey": vkey(name, 1, public_key(s)),
             "cosignerVkey": vkey(name, 4, public_key(s))}
            for name, s in [(NODE, NODE_SEED), (WITNESS, WITNESS_SEED), ("\u00fcber", bytes(32)), ("a", b"\xff" * 32)]
        ],
        "actorSeeds": [
            {"nodeSeedHex": s.hex(), "origin": origin, "seedHex": actor_seed(s, origin).hex(),
             "publicKeyHex": public_key(actor_seed(s, origin)).hex()}
            for s in (NODE_SEED, WITNESS_SEED) for origin in (ACTOR, f"{NODE}/bank/teller-3", "")
        ],
        "checkpoints": [
            {"text": text, "origin": text.split("\n")[0], "size": size, "rootHex": root(tree).hex(),
             "extensions": text.split("\n")[3:-1]}
            for text, size, tree in [(actor_text, 5, hashes), (node_text, 2, node_hashes),
                                     (extended_text, 2, node_hashes), (empty_text, 0, [])]
        ],
        "notes": [
            {"note": actor_note, "vkeys": [vkey(ACTOR, 1, public_key(seed))], "timesSeconds": [None]},
            {"note": node_note, "vkeys": [node_vkey], "timesSeconds": [None]},
            {"note": cosigned, "vkeys": [node_vkey, witness_vkey], "timesSeconds": [None, 1679315147]},
            {"note": cosigned, "vkeys": [witness_vkey], "timesSeconds": [1679315147]},
            {"note": extended, "vkeys": [node_vkey], "timesSeconds": [None]},
        ],
        "proofs": [
            {"proof": proof_file(index, hashes, actor_note, extra), "entry": ENTRIES[index],
             "vkeys": [vkey(ACTOR, 1, public_key(seed))], "index": index,
             "extraHex": None if extra is None else extra.hex()}
            for index, extra in [(0, None), (1, None), (2, b"extra"), (3, None), (4, bytes([0, 255]))]
        ] + [
            {"proof": proof_file(1, node_hashes, cosigned), "entry": actor_text, "vkeys": [node_vkey], "index": 1,
             "extraHex": None},
        ],
    }
    lines = []
    for key, value in vectors.items():
        if isinstance(value, list):
            rows = ",\n".join("  " + json.dumps(each, ensure_ascii=False) for each in value)
            lines.append(f"{json.dumps(key)}: [\n{rows}\n]")
        else:
            lines.append(f"{json.dumps(key)}: {json.dumps(value)}")
    if "--print" in sys.argv:
        print("root of entry 0..4", root(hashes).hex())
        for each in hashes:
            print(each.hex())
        print("path of entry 2", [each.hex() for each in path(2, hashes)])
        print(node_vkey, witness_vkey, cosigned, proof_file(2, hashes, actor_note), sep="\n")
        print("actor seed", seed.hex(), vkey(ACTOR, 1, public_key(seed)))
        return
    OUT.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


if __name__ == "__main__":
    main()
