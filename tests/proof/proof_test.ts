import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import {
  loadProof,
  makeProof,
  type Proof,
  ProofError,
  readProofJson,
  saveProof,
  verifyProof,
  writeProofJson,
} from "../../src/proof/mod.ts";
import { createSigner } from "../../src/note/mod.ts";
import { inPlace, openHouse } from "../../src/seal/testing/sealed_log.ts";
import { type LogStore, openLog, openLogReader } from "../../src/store/mod.ts";
import { writeLongLog, writeSample } from "../cli/sample_log.ts";
import { createRandom } from "../../src/store/testing/random.ts";
import { actorSigner, nodeSigner, sealLog } from "./sealed_log.ts";

const folder = mkdtempSync(join(tmpdir(), "theater-proof-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** For a machine that is busy. */
const slow = { timeout: 60_000 };

/** The sample log, sealed after it was written. */
const samplePath = join(folder, "sample.db");
writeSample(samplePath);
use(samplePath, sealLog);
const reader = openLogReader(samplePath);
const { node } = reader;
after(() => reader.close());
const keys = [nodeSigner(node).key];

function use(path: string, work: (store: LogStore) => void): void {
  const store = openLog(path);
  work(store);
  store.close();
}

function prove(from: number, to: number, show?: "none" | readonly ("body" | "key")[]): Proof {
  const address = "ledger";
  const signer = actorSigner(node, address);
  return makeProof(reader, { address, from, to, signer, ...(show !== undefined && { show }) });
}

test("every entry of the sample is proved and verified, one by one and all at once", () => {
  const size = reader.actor("ledger")?.size ?? 0;
  equal(size, 20);
  for (let seq = 0; seq < size; seq++) {
    const verdict = verifyProof(prove(seq, seq + 1), { keys });
    deepEqual(verdict.findings, [], `entry ${seq}`);
    equal(verdict.exit, 0);
    equal(verdict.entries[0]?.seq, seq);
  }
  const verdict = verifyProof(prove(0, size), { keys });
  deepEqual(verdict.findings, []);
  equal(verdict.entries.length, size);
  equal(verdict.chainSize, size);
  match(verdict.headline, /^verified: signed by sample/);
  ok(verdict.showsNot.some((line) => line.includes("conflicting")));
});

test("without a key the signer is unverified, and it says so", () => {
  const verdict = verifyProof(prove(6, 7));
  equal(verdict.headline, "internally consistent, signer unverified");
  equal(verdict.exit, 0);
  ok(verdict.showsNot.some((line) => line.startsWith("who signed")));
});

test("a key of somebody else does not vouch", () => {
  const other = createSigner(keys[0]!.name, new Uint8Array(32).fill(9));
  const verdict = verifyProof(prove(6, 7), { keys: [other.key] });
  equal(verdict.exit, 3);
  equal(verdict.findings[0]?.code, "no_known_signature");
});

test("parts are shown, or some of them, or none", () => {
  const all = prove(6, 7);
  deepEqual(all.entries[0]?.parts.map(({ role }) => role), ["body", "key"]);
  const some = prove(6, 7, ["key"]);
  deepEqual(some.entries[0]?.parts.map(({ role, position }) => [role, position]), [["key", 1]]);
  const none = prove(6, 7, "none");
  deepEqual(none.entries[0]?.parts, []);
  const verdict = verifyProof(none, { keys });
  equal(verdict.exit, 0);
  deepEqual(verdict.entries[0]?.parts, [{ role: "body", shown: false }, { role: "key", shown: false }]);
  ok(!JSON.stringify(none).includes("cash"));
  throws(() => prove(1, 2, ["body"]), (error) => code(error) === "no_such_part");
});

test("what cannot be proved is refused with its reason", () => {
  throws(() => prove(20, 21), (error) => code(error) === "no_such_entry");
  throws(() => prove(3, 3), (error) => code(error) === "no_such_entry");
  const path = join(folder, "grown.db");
  writeSample(path);
  use(path, (store) => {
    const signer = actorSigner(store.node, "ledger");
    const request = { address: "ledger", from: 3, to: 4, signer };
    throws(() => makeProof(store, request), (error) => code(error) === "unsealed");
    sealLog(store);
    makeProof(store, request);
    // Leaves that no checkpoint covers do not count.
    const [seal] = store.sealsOf("ledger");
    ok(seal !== undefined);
  });
});

test("a proof comes back from JSON and from a folder as it was", () => {
  for (const proof of [prove(6, 7), prove(0, 20), prove(2, 3, "none")]) {
    deepEqual(readProofJson(writeProofJson(proof)), proof);
    const name = join(folder, `saved-${proof.entries.length}-${proof.entries[0]?.parts.length}`);
    saveProof(name, proof);
    deepEqual(loadProof(name), proof);
    saveProof(`${name}.json`, proof);
    deepEqual(loadProof(`${name}.json`), proof);
  }
});

const refusals: readonly { name: string; change: (text: string) => string; code: string }[] = [
  { name: "no line end", change: (text) => text.slice(0, -1), code: "not_a_proof" },
  { name: "spaces", change: (text) => text.replace(":", ": "), code: "not_a_proof" },
  { name: "other JSON", change: () => "[]\n", code: "not_a_proof" },
  { name: "no JSON", change: () => "proof\n", code: "not_a_proof" },
  { name: "another format", change: (text) => text.replace("proof/v1", "proof/v2"), code: "unknown_format" },
  { name: "no format", change: () => '{"entries":[]}\n', code: "unknown_format" },
  { name: "no entries", change: () => '{"entries":[],"format":"theater/proof/v1"}\n', code: "bad_field" },
  {
    name: "a member more",
    change: (text) => text.replace('{"entries"', '{"a":1,"entries"'),
    code: "bad_field",
  },
  { name: "a short salt", change: (text) => text.replace(/"salt":"../, '"salt":"'), code: "bad_field" },
  {
    name: "an unknown role",
    change: (text) => text.replace('"role":"key"', '"role":"kez"'),
    code: "bad_field",
  },
  { name: "a part twice", change: (text) => text.replace('"position":1', '"position":0'), code: "bad_field" },
  { name: "position 4", change: (text) => text.replace('"position":1', '"position":4'), code: "bad_field" },
  {
    name: "an entry too long",
    change: (text) => text.replace(/"entry":"/, `"entry":"${"x".repeat(5000)}`),
    code: "too_large",
  },
];

for (const { name, change, code: wanted } of refusals) {
  test(`a proof in JSON with ${name} is refused`, () => {
    const text = writeProofJson(prove(6, 7));
    const changed = change(text);
    ok(changed !== text);
    throws(() => readProofJson(changed), (error) => code(error) === wanted);
  });
}

test("files that do not belong to a proof are refused", () => {
  const path = join(folder, "strange");
  saveProof(path, prove(6, 7));
  const broken: readonly (readonly [string, string | undefined, string])[] = [
    ["other.txt", "x", "file_unknown"],
    ["part-1-body.bin", "x", "bad_field"],
    ["salts.txt", "0 body 00\n", "bad_field"],
    ["salts.txt", "", "bad_field"],
    ["actor.vkey", "a", "bad_field"],
    ["entry.tlog-proof", undefined, "file_missing"],
    ["part-0-body.bin", undefined, "file_missing"],
  ];
  for (const [name, content, wanted] of broken) {
    const file = join(path, name);
    const had = readdirSync(path).includes(name) ? readFileSync(file) : undefined;
    if (content === undefined) rmSync(file);
    else writeFileSync(file, content);
    throws(() => loadProof(path), (error) => code(error) === wanted, name);
    if (had === undefined) rmSync(file);
    else writeFileSync(file, had);
  }
  loadProof(path);
});

test("no byte of a proof can be changed unseen", slow, () => {
  const proof = prove(6, 7);
  const text = writeProofJson(proof);
  const survivors: string[] = [];
  let mutants = 0;
  for (let at = 0; at < text.length; at++) {
    for (const to of new Set([text.charCodeAt(at) ^ 1, text.charCodeAt(at) ^ 0x20, 0x30])) {
      const mutant = text.slice(0, at) + String.fromCharCode(to) + text.slice(at + 1);
      if (mutant === text) continue;
      mutants += 1;
      let read: Proof;
      try {
        read = readProofJson(mutant);
      } catch (error) {
        ok(error instanceof ProofError, `byte ${at}: ${error}`);
        continue;
      }
      if (verifyProof(read, { keys }).exit === 0) survivors.push(`${at}: ${mutant.slice(at - 20, at + 20)}`);
    }
  }
  ok(mutants > 5000, `${mutants} mutants`);
  deepEqual(survivors, []);
});

test("any bytes at all give a verdict or a ProofError", slow, () => {
  const texts = [prove(6, 7), prove(0, 20), prove(2, 3, "none")].map(writeProofJson);
  const pieces = [
    "",
    "\n",
    "\n\n",
    "0",
    "-1",
    "1e9",
    '"',
    "\\",
    "\\n",
    "{",
    "[]",
    "null",
    "\u0000",
    "\ud800",
    "—",
    "A".repeat(99),
  ];
  for (let seed = 1; seed <= 1500; seed++) {
    const random = createRandom(seed);
    let text = texts[random.below(texts.length)] ?? "";
    for (let edits = random.below(4); edits >= 0; edits--) {
      const at = random.below(text.length);
      const end = random.below(3) === 0
        ? Math.min(text.length, at + random.below(200))
        : at + random.below(2);
      text = text.slice(0, at) + (pieces[random.below(pieces.length)] ?? "") + text.slice(end);
      // Strings inside are changed too, so that what they hold is reached behind the JSON.
      if (random.below(2) === 0) {
        text = text.replace(/[A-Za-z0-9+/]{4}/, () => ["AAAA", "\\n\\n", "1\\n"][random.below(3)] ?? "");
      }
    }
    try {
      verifyProof(readProofJson(text), { keys });
    } catch (error) {
      ok(error instanceof ProofError, `seed ${seed}: ${error instanceof Error ? error.stack : error}`);
    }
  }
});

test("any strings in the places of a proof give a verdict", slow, () => {
  const [entry] = prove(6, 7).entries;
  for (let seed = 1; seed <= 1500; seed++) {
    const random = createRandom(seed);
    const garble = (text: string): string => {
      const lines = text.split("\n");
      const at = random.below(lines.length);
      switch (random.below(5)) {
        case 0:
          return text;
        case 1:
          return lines.toSpliced(at, 1).join("\n");
        case 2:
          return lines.toSpliced(at, 0, lines[random.below(lines.length)] ?? "").join("\n");
        case 3:
          return lines.with(at, random.text()).join("\n");
        default:
          return text.slice(0, random.below(text.length));
      }
    };
    const garbled = {
      ...entry!,
      entry: garble(entry!.entry),
      entryProof: garble(entry!.entryProof),
      headProof: garble(entry!.headProof),
      actorKey: garble(entry!.actorKey ?? ""),
    };
    const same = JSON.stringify(garbled) === JSON.stringify(entry);
    const { exit } = verifyProof({ entries: [garbled] }, { keys });
    ok(same || exit !== 0, `seed ${seed} verifies`);
  }
});

test("things of two proofs do not go together", () => {
  const a = prove(6, 7).entries[0]!;
  const b = prove(7, 8).entries[0]!;
  const auditor = makeProof(reader, {
    address: "ledger/auditor",
    from: 3,
    to: 4,
    signer: actorSigner(node, "ledger/auditor"),
  }).entries[0]!;
  const mixed: readonly (readonly [string, Proof])[] = [
    ["the path of another entry", { entries: [{ ...a, entryProof: b.entryProof }] }],
    ["parts of another entry", { entries: [{ ...a, parts: b.parts }] }],
    ["the head of another actor", { entries: [{ ...a, headProof: auditor.headProof }] }],
    ["another actor", { entries: [{ ...a, entryProof: auditor.entryProof, headProof: auditor.headProof }] }],
    ["the key of another actor", { entries: [{ ...a, actorKey: auditor.actorKey! }] }],
    ["the order turned", { entries: [b, a] }],
    ["an entry twice", { entries: [a, a] }],
    ["two actors", { entries: [auditor, a] }],
  ];
  for (const [name, proof] of mixed) equal(verifyProof(proof, { keys }).exit, 1, name);
});

test("a key of the actor that is no key is a finding, also where the genesis names one", () =>
  inPlace(async (place) => {
    const house = openHouse(place);
    house.write("a", 2);
    await house.sealer.seal();
    await house.stop();
    const log = openLogReader(place.log);
    const signer = actorSigner(log.node, "a");
    for (const seq of [0, 1]) {
      const proof = makeProof(log, { address: "a", from: seq, to: seq + 1, signer });
      const entries = proof.entries.map((entry) => ({ ...entry, actorKey: "no key" }));
      equal(verifyProof({ ...proof, entries }).exit, 1, `entry ${seq}`);
    }
    log.close();
  }));

test("an entry of a newer version cannot be checked", () => {
  const [entry] = prove(6, 7).entries;
  const newer = { ...entry!, entry: entry!.entry.replace(/"v":1}$/, '"v":2}') };
  equal(verifyProof({ entries: [newer] }, { keys }).exit, 2);
});

test("entries of a long chain are proved out of tiles", slow, () => {
  const path = join(folder, "long.db");
  writeLongLog(path, 70_000);
  use(path, (store) => {
    sealLog(store);
    const signer = actorSigner(store.node, "busy");
    const known = [nodeSigner(store.node).key];
    for (const seq of [0, 1, 255, 256, 65_535, 65_536, 65_537, 69_887, 69_888, 70_000]) {
      const proof = makeProof(store, { address: "busy", from: seq, to: seq + 1, signer });
      deepEqual(verifyProof(proof, { keys: known }).findings, [], `entry ${seq}`);
    }
  });
});

function code(error: unknown): string | undefined {
  return error instanceof ProofError ? error.fault.code : String(error);
}
