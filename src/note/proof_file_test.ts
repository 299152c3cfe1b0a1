import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { encodeUtf8, fromHex, toHex } from "../codec/mod.ts";
import { emptyRoot, leafHash, MerkleError, type TreeHead, verifyGrowth } from "../merkle/mod.ts";
import {
  checkpointOf,
  formatProofFile,
  NoteError,
  type NoteFault,
  openCheckpoint,
  parseCheckpoint,
  parseNote,
  parseProofFile,
  parseVerifierKey,
  type ProofFile,
  verifyProofFile,
} from "./mod.ts";
import { loadVectors, refused } from "./testing/vectors.ts";

interface ProofVector {
  readonly desc: string;
  readonly entry: string;
  readonly vkey: string;
  readonly proof: string;
  readonly ok: boolean;
}

const cases = loadVectors<{ cases: ProofVector[] }>("proof-files").cases;

for (const { desc, entry, vkey, proof, ok } of cases) {
  test(`the proof file: ${desc}`, () => {
    const check = () => verifyProofFile(proof, leafHash(entry), [parseVerifierKey(vkey)]);
    if (!ok) {
      throws(check, (error) => error instanceof NoteError || error instanceof MerkleError);
      return;
    }
    const verified = check();
    const file = parseProofFile(encodeUtf8(proof));
    equal(verified.index, file.index);
    deepEqual(verified.checkpoint.size, checkpointOf(file).size);
    equal(formatProofFile(file), proof);
  });
}

interface OwnProof {
  readonly proof: string;
  readonly entry: string;
  readonly vkeys: string[];
  readonly index: number;
  readonly extraHex: string | null;
}

test("our own proof files are verified", () => {
  for (
    const { proof, entry, vkeys, index, extraHex } of loadVectors<{ proofs: OwnProof[] }>("theater").proofs
  ) {
    const verified = verifyProofFile(proof, leafHash(entry), vkeys.map(parseVerifierKey));
    equal(verified.index, index);
    equal(verified.extra === undefined ? null : toHex(verified.extra), extraHex);
    equal(formatProofFile(parseProofFile(proof)), proof);
  }
});

test("the example in docs/format/notes.md is verified with the key that stands there", () => {
  const page = readFileSync(new URL("../../docs/format/notes.md", import.meta.url), "utf8");
  const example = /```\n(c2sp\.org\/tlog-proof@v1\n[^`]*)```/.exec(page)?.[1] ?? "";
  const vkey = /`(home~[^+`]*\/counter\+[^`]*)`/.exec(page)?.[1] ?? "";
  equal(verifyProofFile(example, leafHash("entry 2"), [parseVerifierKey(vkey)]).index, 2);
});

const good = cases.find(({ desc }) => desc === "with extra") ?? { proof: "", entry: "", vkey: "" };
const proof = good.proof;
const [, , indexLine = "", firstHash = ""] = proof.split("\n");

const refusals: [string, string | Uint8Array, NoteFault["code"]][] = [
  ["nothing", "", "syntax"],
  ["the header alone", "c2sp.org/tlog-proof@v1\n", "syntax"],
  ["a blank line alone", "\n\n", "syntax"],
  ["another version", proof.replace("@v1", "@v2"), "syntax"],
  ["a space behind the header", proof.replace("@v1", "@v1 "), "syntax"],
  ["no index", proof.replace(`${indexLine}\n`, ""), "syntax"],
  ["an index before the extra data", proof.replace(/(extra .*)\n(index .*)\n/, "$2\n$1\n"), "syntax"],
  ["extra data twice", proof.replace(/(extra .*\n)/, "$1$1"), "syntax"],
  ["empty extra data", proof.replace(/extra .*/, "extra "), "syntax"],
  ["extra data that is no base64", proof.replace(/extra .*/, "extra !"), "syntax"],
  ["extra data with bits in the padding", proof.replace(/extra .*/, "extra AB=="), "syntax"],
  ["an index in hex", proof.replace("index 10", "index 0x10"), "syntax"],
  ["an index with a leading zero", proof.replace("index 10", "index 010"), "syntax"],
  ["an index with a sign", proof.replace("index 10", "index +10"), "syntax"],
  ["an index without a space", proof.replace("index 10", "index10"), "syntax"],
  ["an index past 2^53 - 1", proof.replace("index 10", "index 9007199254740992"), "number_too_large"],
  ["a hash of 31 bytes", proof.replace(firstHash, `${"A".repeat(40)}AA==`), "syntax"],
  ["a hash with bits in the padding", proof.replace(firstHash, `${"A".repeat(42)}B=`), "syntax"],
  ["a hash with a space", proof.replace(firstHash, `${firstHash} `), "syntax"],
  ["64 hashes", proof.replace(firstHash, `${firstHash}\n`.repeat(61).trimEnd()), "too_many"],
  ["a million hashes", proof.replace(firstHash, `${firstHash}\n`.repeat(40_000).trimEnd()), "too_many"],
  ["no checkpoint", `${proof.slice(0, proof.indexOf("\n\n"))}\n\n`, "syntax"],
  ["a checkpoint without a signature", proof.slice(0, proof.indexOf("\n\n—") + 2), "syntax"],
  ["a note that is no checkpoint", proof.replace("\n15\n", "\nfifteen\n"), "syntax"],
  ["a line before the header", `\n${proof}`, "syntax"],
  ["a carriage return", proof.replaceAll("\n", "\r\n"), "control_character"],
  ["no UTF-8", Uint8Array.of(0x80), "not_utf8"],
  ["more than two million bytes", proof + "a".repeat(2_000_000), "too_large"],
  ["a note of more than a million bytes", proof + "a".repeat(1_000_000), "too_large"],
];

for (const [name, input, code] of refusals) {
  test(`parseProofFile() refuses ${name}`, () => refused(() => parseProofFile(input), code));
}

test("formatProofFile() writes nothing that would be refused", () => {
  const file = parseProofFile(proof);
  refused(() => formatProofFile({ ...file, index: -1 }), "syntax");
  refused(() => formatProofFile({ ...file, extra: new Uint8Array(0) }), "syntax");
  refused(() => formatProofFile({ ...file, signedCheckpoint: "" }), "syntax");
  const [hash] = file.path;
  ok(hash !== undefined);
  const long: ProofFile = { ...file, path: Array.from({ length: 64 }, () => hash) };
  refused(() => formatProofFile(long), "too_many");
});

test("every byte of a proof file counts", () => {
  const keys = [parseVerifierKey(good.vkey)];
  const leaf = leafHash(good.entry);
  const bytes = encodeUtf8(proof);
  const extra = proof.indexOf("extra ") + "extra ".length;
  const extraEnd = proof.indexOf("\n", extra);
  let mutants = 0;
  for (let at = 0; at < bytes.length; at++) {
    if (at >= extra && at < extraEnd) continue; // Nobody has signed these.
    for (const change of [1, 2, 0x20, 0x80]) {
      const changed = bytes.slice();
      changed[at] = (changed[at] ?? 0) ^ change;
      throws(() => verifyProofFile(changed, leaf, keys), (error) => {
        return error instanceof NoteError || error instanceof MerkleError;
      }, `byte ${at} ^ ${change}`);
      mutants += 1;
    }
  }
  ok(mutants > 1500);
});

test("a proof file with a line dropped, doubled or moved is refused", () => {
  const keys = [parseVerifierKey(good.vkey)];
  const leaf = leafHash(good.entry);
  const lines = proof.split("\n").slice(0, -1);
  const join = (parts: readonly string[]) => parts.map((line) => `${line}\n`).join("");
  for (const [at, line] of lines.entries()) {
    const variants = [lines.toSpliced(at, 0, line)];
    if (!line.startsWith("extra ")) variants.push(lines.toSpliced(at, 1));
    const next = lines[at + 1];
    if (next !== undefined) variants.push(lines.with(at, next).with(at + 1, line));
    for (const variant of variants) {
      // The signature twice is the same signature; all else is something else.
      if (line.startsWith("— ") && variant.length > lines.length) {
        verifyProofFile(join(variant), leaf, keys);
        continue;
      }
      throws(() => verifyProofFile(join(variant), leaf, keys), (error) => {
        return error instanceof NoteError || error instanceof MerkleError;
      }, join(variant));
    }
  }
});

interface WitnessRequests {
  readonly logVkey: string;
  readonly requests: { why: string; body: string; specStatus: number }[];
}

const witnessed = loadVectors<WitnessRequests>("witness-requests");

test("what a witness would answer to a log", () => {
  const keys = [parseVerifierKey(witnessed.logVkey)];
  let known: TreeHead = { size: 0, root: emptyRoot };
  for (const { why, body, specStatus } of witnessed.requests) {
    const blank = body.indexOf("\n\n");
    const [old = "", ...hashes] = body.slice(0, blank).split("\n");
    const signed = body.slice(blank + 2);
    let status = 200;
    try {
      // The rest of the request is written like the head of a proof file.
      const head = ["c2sp.org/tlog-proof@v1", old.replace("old", "index"), ...hashes].join("\n");
      const { path } = parseProofFile(`${head}\n\n${signed}`);
      const { origin } = parseCheckpoint(parseNote(signed).text);
      const checkpoint = keys.some(({ name }) => name === origin) ? openCheckpoint(signed, keys) : undefined;
      if (checkpoint === undefined) status = 404;
      else if (old !== `old ${known.size}`) status = 409;
      else {
        verifyGrowth(known, checkpoint, path);
        known = checkpoint;
      }
    } catch (error) {
      if (error instanceof NoteError) status = 403;
      else if (error instanceof MerkleError) status = 422;
      else throw error;
    }
    equal(status, specStatus, why);
  }
  equal(known.size, 5);
});

test("the extra data is not signed, and can be anything", () => {
  const file = parseProofFile(proof);
  const changed = formatProofFile({ ...file, extra: fromHex("00ff") });
  const verified = verifyProofFile(changed, leafHash(good.entry), [parseVerifierKey(good.vkey)]);
  equal(toHex(verified.extra ?? new Uint8Array()), "00ff");
});
