import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import { equal, throws } from "node:assert/strict";
import { test } from "node:test";
import {
  CodecError,
  encodeUtf8,
  sha256,
  SHA256_BYTES,
  sha256Hex,
  sha256Text,
  sha256TextHex,
  toHex,
} from "./mod.ts";

// FIPS 180-4 examples.
const vectors = [
  ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  [
    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
  ],
] as const;

for (const [text, digest] of vectors) {
  test(`SHA-256 of "${text}"`, () => {
    const bytes = encodeUtf8(text);
    equal(sha256Hex(bytes), digest);
    equal(toHex(sha256(bytes)), digest);
    equal(toHex(sha256Text(text)), digest);
    equal(sha256TextHex(text), digest);
    for (let cut = 0; cut <= bytes.length; cut++) {
      equal(sha256Hex(bytes.subarray(0, cut), bytes.subarray(cut)), digest, `cut at ${cut}`);
    }
  });
}

test("sha256() returns a plain array that owns its memory", () => {
  const digest = sha256();
  equal(Object.getPrototypeOf(digest), Uint8Array.prototype);
  equal(digest.length, SHA256_BYTES);
  equal(digest.buffer.byteLength, SHA256_BYTES);
});

test("sha256Text() hashes UTF-8 and refuses lone surrogates", () => {
  equal(sha256TextHex("é😀\u0000"), sha256Hex(encodeUtf8("é😀\u0000")));
  throws(() => sha256Text("\ud800"), CodecError);
  throws(() => sha256TextHex("\ud800"), CodecError);
});

test("an independent SHA-256 gives the same for every length around its blocks, however it is fed", () => {
  const seed = Math.floor(Math.random() * 2 ** 32);
  let state = seed;
  const byte = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24;
  const lengths = [...Array(260).keys(), 511, 512, 513, 4095, 4096, 65_537];
  for (const length of lengths) {
    const bytes = Uint8Array.from({ length }, byte);
    const cut = length === 0 ? 0 : byte() % (length + 1);
    const wanted = toHex(nobleSha256(bytes));
    const where = `${length} bytes, cut at ${cut}, seed ${seed}`;
    equal(sha256Hex(bytes), wanted, where);
    equal(toHex(sha256(bytes.subarray(0, cut), bytes.subarray(cut))), wanted, where);
    const text = Array.from(bytes, (each) => String.fromCharCode(each * 7)).join("");
    equal(sha256TextHex(text), toHex(nobleSha256(encodeUtf8(text))), where);
  }
});
