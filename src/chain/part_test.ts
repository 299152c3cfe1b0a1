import { strictEqual, throws } from "node:assert/strict";
import { test } from "node:test";
import { messageText, undeliverableBody } from "./message.ts";
import { commitDigest, commitInput, commitPart } from "./part.ts";
import type { HashHex } from "./entry.ts";

const salt = Uint8Array.from({ length: 16 }, (_, i) => i);

test("commitPart() tells salts and bytes apart", () => {
  const seen = new Set<string>();
  for (let bit = 0; bit < 128; bit++) {
    const other = salt.slice();
    other[bit >> 3]! ^= 1 << (bit & 7);
    seen.add(commitPart(new Uint8Array([1, 2, 3]), other));
  }
  for (let byte = 0; byte < 256; byte++) seen.add(commitPart(new Uint8Array([byte]), salt));
  strictEqual(seen.size, 128 + 256);
});

test("commitInput() gives the same for text, its bytes and its digest", () => {
  const text = "Grüße, 世界";
  const bytes = new TextEncoder().encode(text);
  const commitment = commitPart(bytes, salt);
  strictEqual(commitInput({ text, salt }), commitment);
  strictEqual(commitInput({ bytes, salt }), commitment);
});

test("commitments refuse salts and digests of another length", () => {
  for (const length of [0, 15, 17, 32]) {
    throws(() => commitPart(new Uint8Array(), new Uint8Array(length)), RangeError, `salt of ${length}`);
  }
  for (const length of [0, 31, 33]) {
    throws(() => commitDigest(new Uint8Array(length), salt), RangeError, `digest of ${length}`);
  }
  throws(() => commitInput({ digest: "A".repeat(64) as HashHex, salt }), RangeError);
});

test("commitDigest() takes a salt that is a view into a larger buffer", () => {
  const all = new Uint8Array(64).fill(9);
  all.set(salt, 20);
  strictEqual(commitPart(new Uint8Array([1]), all.subarray(20, 36)), commitPart(new Uint8Array([1]), salt));
});

test("undeliverableBody() is what the specification says, to the byte", () => {
  const body = undeliverableBody("nobody", "no_actor", '{"note": "hi"}');
  strictEqual(body, '{"to":"nobody","reason":"no_actor","body":{"note": "hi"}}');
  strictEqual(
    messageText({ type: "undeliverable", from: "bank/teller-3" }, body),
    '{"type":"undeliverable","from":"bank/teller-3","body":{"to":"nobody","reason":"no_actor","body":{"note": "hi"}}}',
  );
  throws(() => undeliverableBody("outside", "no_actor", "1"), TypeError);
});
