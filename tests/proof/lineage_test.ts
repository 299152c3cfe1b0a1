/**
 * The proof that a fork carries of where it comes from: what it shows without the
 * chain of its parent, and that nothing of it can be changed.
 *
 * @module
 */

import { deepEqual, equal, ok } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { exportBundle } from "../../src/bundle/mod.ts";
import type { HashHex } from "../../src/chain/mod.ts";
import { readTreeHead } from "../../src/merkle/mod.ts";
import {
  createSigner,
  deriveActorSeed,
  formatVerifierKey,
  parseVerifierKey,
  signNote,
} from "../../src/note/mod.ts";
import { openDatabase } from "../../src/platform/mod.ts";
import {
  actorNodes,
  type ActorSigner,
  judgeLineage,
  makeLineage,
  readProofJson,
  writeProofJson,
} from "../../src/proof/mod.ts";
import { createBundle, openEvidence, openLogReader } from "../../src/store/mod.ts";
import { createEvidence } from "../../src/store/evidence.ts";
import { EvidenceError, type Fork, noTrust, verify } from "../../src/verify/mod.ts";
import { beginActor, beginSample, keyframe, node, signerOf, vkeyOf } from "./evidence_log.ts";

const folder = mkdtempSync(join(tmpdir(), "theater-lineage-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const about = '{"theater":"0.1.0"}';

function bankSigner(): ActorSigner {
  const origin = `${node}/bank`;
  const signer = createSigner(origin, deriveActorSeed(new Uint8Array(32).fill(1), origin));
  return { key: formatVerifierKey(signer.key), sign: (body) => signNote(body, [signer]) };
}

/** A log with `bank` and its fork `copy`, off a turn that refused; and the bundle of the fork alone. */
const made = (() => {
  const whole = join(folder, "whole.db");
  const store = createBundle(whole, { node, createdMs: 1 });
  const sample = beginSample(store);
  const own = sample.chain(".node");
  own.write({ kind: "genesis", origin: `${node}/.node` }, about);
  own.write({ kind: "key", key: vkeyOf(1), since: 0 }, about);
  const bank = sample.chain("bank");
  let turn = beginActor(bank, node);
  const request = { kind: "receive", type: "request", from: "outside", keyed: false } as const;
  const end = { calls: 0, effects: 0, fuel: 9 } as const;
  for (let n = 1; n <= 5; n++, turn++) {
    bank.write({ ...request, turn }, "1");
    bank.write(
      { kind: "return", outcome: "ok", turn, ...end },
      { said: `{"n":${n}}`, salt: `state ${n}` },
      "1",
    );
  }
  const stateSeq = bank.head().size - 1;
  bank.write({ ...request, turn }, "2");
  const refused = bank.write({ kind: "return", outcome: "err", turn, ...end }, "no");
  for (let n = 6; n <= 9; n++) {
    turn += 1;
    bank.write({ ...request, turn }, "1");
    bank.write({ kind: "return", outcome: "ok", turn, ...end }, `{"n":${n}}`, "1");
  }
  sample.seal(signerOf(1));
  const seq = refused.seq;
  const proof = makeLineage(store, { address: "bank", stateSeq, seq, signer: bankSigner() });
  const root = readTreeHead(actorNodes(store, "bank", seq + 1), seq + 1).root as string as HashHex;
  const copy = sample.chain("copy");
  copy.write(
    {
      kind: "genesis",
      origin: `${node}/copy`,
      fork_origin: `${node}/bank`,
      fork_seq: seq,
      fork_entry: refused.hash,
      fork_root: root,
    },
    about,
    { said: '{"n":5}', salt: "state 5" },
  );
  store.commit([{ write: "lineage", address: "copy", proof }]);
  sample.seal(signerOf(1));
  const path = join(folder, "copy.db");
  exportBundle(store, path, { addresses: ["copy"] });
  const state = JSON.parse(store.entry("copy", 0)?.text ?? "").parts[1] as HashHex;
  store.close();
  const fork: Fork = {
    origin: `${node}/copy`,
    parent: `${node}/bank`,
    seq,
    entry: refused.hash,
    root,
    state,
  };
  return { whole, path, proof, fork };
})();

function judgeFile(path: string) {
  const evidence = openEvidence(path);
  try {
    return verify(evidence, noTrust, undefined, judgeLineage).verdict;
  } finally {
    evidence.close();
  }
}

const trust = { keys: [parseVerifierKey(vkeyOf(1))] };

test("the bundle of a fork shows where it comes from without its parent", () => {
  const { exit, coverage, levels } = judgeFile(made.path);
  equal(exit, 0);
  equal(coverage.uncheckedForks, 0);
  equal(coverage.unsignedForks, 0);
  equal(levels[0]?.counts["forksProved"], 1);
  const reader = openLogReader(made.path);
  equal(reader.actor("bank"), undefined);
  reader.close();
});

test("beside its parent a fork needs no proof, and its proof is judged all the same", () => {
  const { exit, coverage, levels } = judgeFile(made.whole);
  deepEqual([exit, coverage.uncheckedForks, levels[0]?.counts["forksProved"]], [0, 0, 0]);
  const path = join(folder, "whole.db");
  const database = openDatabase(path);
  database.exec("SAVEPOINT mutant; UPDATE lineage SET proof = replace(proof, 'proof/v1', 'proof/v2')");
  const evidence = createEvidence(database);
  equal(verify(evidence, noTrust, undefined, judgeLineage).verdict.exit, 1);
  database.exec("ROLLBACK TO mutant; RELEASE mutant");
  database.close();
});

test("a proof that is missing, and one that nobody judges, leaves the fork unchecked", () => {
  const evidence = openEvidence(made.path);
  equal(verify(evidence).verdict.coverage.uncheckedForks, 1);
  const without = { ...evidence, lineage: () => undefined };
  const { exit, coverage } = verify(without, noTrust, undefined, judgeLineage).verdict;
  deepEqual([exit, coverage.uncheckedForks], [0, 1]);
  evidence.close();
});

test("a proof with a chain that is no fork is a stray", () => {
  const evidence = openEvidence(made.path);
  const stray = { ...evidence, lineage: (address: string) => address === ".node" ? made.proof : undefined };
  const { exit, levels } = verify(stray, noTrust, undefined, judgeLineage).verdict;
  evidence.close();
  deepEqual([exit, levels[0]?.faults[0]?.code], [1, "stray"]);
});

test("every byte of the proof that is flipped is found", { timeout: 600_000 }, () => {
  const database = openDatabase(made.path);
  database.exec("PRAGMA synchronous = OFF");
  const bytes = new TextEncoder().encode(made.proof);
  const put = database.prepare("UPDATE lineage SET proof = CAST(? AS TEXT)");
  const survivors: string[] = [];
  for (let at = 0; at < bytes.length; at++) {
    const flipped = bytes.slice();
    flipped[at] = flipped[at]! ^ 1 << at % 8;
    database.exec("SAVEPOINT mutant");
    put.run(flipped);
    let exit: number;
    try {
      exit = verify(createEvidence(database), noTrust, undefined, judgeLineage).verdict.exit;
    } catch (error) {
      if (!(error instanceof EvidenceError)) throw error;
      exit = 2;
    }
    database.exec("ROLLBACK TO mutant; RELEASE mutant");
    if (exit === 0) survivors.push(`byte ${at}: ${made.proof.slice(at - 20, at + 20)}`);
  }
  database.close();
  deepEqual(survivors, []);
  ok(bytes.length > 2000);
});

test("the proof alone, with the key of the parent's node, survives no flipped byte either", () => {
  equal(judgeLineage(made.fork, made.proof, trust).faults.length, 0);
  const bytes = new TextEncoder().encode(made.proof);
  const survivors: number[] = [];
  for (let at = 0; at < bytes.length; at++) {
    const flipped = bytes.slice();
    flipped[at] = flipped[at]! ^ 1 << (at + 3) % 8;
    const text = new TextDecoder().decode(flipped);
    if (judgeLineage(made.fork, text, trust).faults.length === 0) survivors.push(at);
  }
  deepEqual(survivors, []);
});

const others: readonly [field: keyof Fork, value: string | number][] = [
  ["parent", `${node}/audit`],
  ["seq", made.fork.seq - 2],
  ["entry", "0".repeat(64)],
  ["root", "1".repeat(64)],
  ["state", "2".repeat(64)],
];
for (const [field, value] of others) {
  test(`a fork that names another ${field} than its proof is found`, () => {
    const { faults } = judgeLineage({ ...made.fork, [field]: value } as Fork, made.proof, trust);
    deepEqual([...new Set(faults.map(({ code }) => code))], ["lineage_differs"]);
  });
}

test("a head that is signed by another key than those that are given is not enough", () => {
  const { faults } = judgeLineage(made.fork, made.proof, { keys: [parseVerifierKey(vkeyOf(2))] });
  deepEqual(
    faults.map(({ code, weight }) => [code, weight]),
    faults.map(() => ["lineage_untrusted", "policy"]),
  );
  ok(faults.length > 0);
});

test("a proof that leaves out an entry, or begins elsewhere, is found", () => {
  const { entries } = readProofJson(made.proof);
  equal(entries.length, 3);
  const [first, second, last] = entries as [typeof entries[0], typeof entries[0], typeof entries[0]];
  for (const cut of [[first, last], [second!, last], [first!, second!], [last!]]) {
    const text = writeProofJson({ entries: cut.flatMap((each) => each ?? []) });
    ok(judgeLineage(made.fork, text, trust).faults.length > 0, `${cut.length} entries`);
  }
});

test("a proof in which another state lies between is found", () => {
  const path = join(folder, "between.db");
  const store = createBundle(path, { node, createdMs: 1 });
  const sample = beginSample(store);
  const bank = sample.chain("bank");
  const turn = beginActor(bank, node);
  keyframe(bank, 1, turn, '{"n":0}');
  sample.seal(signerOf(1));
  const proof = makeLineage(store, { address: "bank", stateSeq: 4, seq: 6, signer: bankSigner() });
  store.close();
  const { faults } = judgeLineage(made.fork, proof, trust);
  ok(faults.some(({ code, wanted }) => code === "lineage_proof" && wanted.startsWith("no other state")));
});

test("the checker in Python finds flipped bytes of the proof too", { timeout: 120_000 }, () => {
  if (spawnSync("python3", ["--version"]).status !== 0) return;
  const checker = fileURLToPath(new URL("../conformance/theater_check.py", import.meta.url));
  const check = (path: string) => spawnSync("python3", [checker, path], { encoding: "utf8" });
  const whole = check(made.path);
  equal(whole.status, 0, whole.stdout + whole.stderr);
  ok(whole.stdout.includes("1 proved without"), whole.stdout);
  const bytes = new TextEncoder().encode(made.proof);
  const path = join(folder, "flipped.db");
  const step = Math.ceil(bytes.length / 30);
  const survivors: number[] = [];
  for (let at = 0; at < bytes.length; at += step) {
    copyFileSync(made.path, path);
    const flipped = bytes.slice();
    flipped[at] = flipped[at]! ^ 1;
    const database = openDatabase(path);
    database.prepare("UPDATE lineage SET proof = CAST(? AS TEXT)").run(flipped);
    database.close();
    if (check(path).status === 0) survivors.push(at);
  }
  deepEqual(survivors, []);
});
