import { equal, ok, throws } from "node:assert/strict";
import { test } from "node:test";
import { fromHex, toBase64, toHex } from "../codec/mod.ts";
import {
  createVerifierKey,
  formatVerifierKey,
  isKeyName,
  keyId,
  NoteError,
  type NoteFault,
  parseVerifierKey,
} from "./mod.ts";
import { loadVectors, refused } from "./testing/vectors.ts";

const example = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

test("the example of the standard is read and written", () => {
  const key = parseVerifierKey(example);
  equal(key.name, "example.com/foo");
  equal(key.id, "530d903a");
  equal(key.type, "ed25519");
  equal(key.publicKey.length, 32);
  equal(formatVerifierKey(key), example);
});

interface OwnKey {
  readonly name: string;
  readonly publicKeyHex: string;
  readonly vkey: string;
  readonly cosignerVkey: string;
}

test("our own vectors: both types of each key", () => {
  for (const { name, publicKeyHex, vkey, cosignerVkey } of loadVectors<{ keys: OwnKey[] }>("theater").keys) {
    const publicKey = fromHex(publicKeyHex);
    for (const [type, text] of [["ed25519", vkey], ["cosignature", cosignerVkey]] as const) {
      const key = createVerifierKey(name, type, publicKey);
      equal(formatVerifierKey(key), text);
      equal(formatVerifierKey(parseVerifierKey(text)), text);
      equal(keyId(name, type, publicKey), key.id);
    }
  }
});

const publicKey = parseVerifierKey(example).publicKey;
const smallOrder = fromHex("01".padEnd(64, "0"));
const withKey = (type: number, key: Uint8Array, id = "00000000") => {
  return `a+${id}+${toBase64(Uint8Array.of(type, ...key))}`;
};

const refusals: [string, string, NoteFault["code"]][] = [
  ["nothing", "", "syntax"],
  ["a name alone", "example.com/foo", "syntax"],
  ["no key", "example.com/foo+530d903a", "syntax"],
  ["an empty key", "example.com/foo+530d903a+", "syntax"],
  ["an empty name", example.slice("example.com/foo".length), "syntax"],
  ["a name with a space", example.replace("/", " "), "syntax"],
  ["a name with a no-break space", example.replace("/", "\u00a0"), "syntax"],
  ["an id in capitals", example.replace("530d903a", "530D903A"), "syntax"],
  ["an id that is too short", example.replace("530d903a", "530d903"), "syntax"],
  ["a newline behind", `${example}\n`, "syntax"],
  ["a tab", example.replace("/", "\t"), "control_character"],
  ["a lone surrogate", example.replace("/", "\ud800"), "not_utf8"],
  ["padding that is missing", withKey(1, publicKey.subarray(1)).replace(/=+$/, ""), "syntax"],
  ["base64 of another alphabet", example.replace("AekyeRrm", "Aeky-Rrm"), "syntax"],
  ["another id", example.replace("530d903a", "530d903b"), "key_id_mismatch"],
  ["another name", example.replace("foo", "bar"), "key_id_mismatch"],
  ["an unknown type", withKey(2, publicKey), "key_type_unknown"],
  ["ML-DSA", withKey(6, new Uint8Array(1312)), "key_type_unknown"],
  ["a key of 31 bytes", withKey(1, publicKey.subarray(1)), "key_refused"],
  ["a key of 33 bytes", withKey(4, new Uint8Array(33)), "key_refused"],
  ["a key of small order", withKey(1, smallOrder, keyId("a", "ed25519", smallOrder)), "key_refused"],
  ["5,000 characters", "a".repeat(5000), "too_large"],
];

for (const [name, text, code] of refusals) {
  test(`parseVerifierKey() refuses ${name}`, () => refused(() => parseVerifierKey(text), code));
}

test("every character of a verifier key counts", () => {
  for (let at = 0; at < example.length; at++) {
    for (const other of ["A", "b", "0", "+", " "]) {
      if (example[at] === other) continue;
      refused(() => parseVerifierKey(example.slice(0, at) + other + example.slice(at + 1)));
    }
  }
});

test("createVerifierKey() refuses names and keys that no note can have", () => {
  for (const name of ["", "a b", "a+b", "a\nb", "a\u2003b", "a\u0000b", "a\ud800"]) {
    equal(isKeyName(name), false);
    refused(() => createVerifierKey(name, "ed25519", publicKey), "syntax");
  }
  for (const name of ["a", "über", "example.com/log~1", "😀", "\u200b"]) ok(isKeyName(name));
  refused(() => createVerifierKey("a", "ed25519", smallOrder), "key_refused");
});

test("a key is copied, so that nobody changes it later", () => {
  const bytes = publicKey.slice();
  const key = createVerifierKey("a", "ed25519", bytes);
  bytes.fill(0);
  equal(toHex(key.publicKey), toHex(publicKey));
});

test("the error says what is wrong with the key", () => {
  throws(() => createVerifierKey("a", "ed25519", smallOrder), (error) => {
    return error instanceof NoteError &&
      error.message === "Cannot accept the key a as it is unsafe: wanted an Ed25519 public key, " +
          "got a point of small order, under which anybody can sign";
  });
});
