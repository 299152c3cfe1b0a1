/**
 * What the judge says of bundles that are right, and of those that are wrong in
 * one way.
 *
 * @module
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { deepEqual, equal, match } from "node:assert/strict";
import { sendFunction } from "../../src/chain/mod.ts";
import {
  cosignedMessage,
  createSigningKey,
  createVerifierKey,
  formatVerifierKey,
  parseCheckpoint,
  parseNote,
  parsePolicy,
  parseVerifierKey,
  type Signer,
} from "../../src/note/mod.ts";
import { openDatabase } from "../../src/platform/mod.ts";
import { createBundle, openEvidence } from "../../src/store/mod.ts";
import { type Trust, type Verdict, verify } from "../../src/verify/mod.ts";
import {
  beginActor,
  beginSample,
  node,
  type Sample,
  signerOf,
  vkeyOf,
  writeSmallSample,
  writeTurns,
} from "./evidence_log.ts";

/** Writes a bundle, changes it by hand, and judges it. */
function judge(
  write: (sample: Sample) => void,
  { sql, trust }: { sql?: string; trust?: Trust } = {},
): Verdict {
  const folder = mkdtempSync(join(tmpdir(), "theater-verify-"));
  try {
    const path = join(folder, "bundle.db");
    const store = createBundle(path, { node, createdMs: 0 });
    write(beginSample(store));
    store.close();
    if (sql !== undefined) {
      const database = openDatabase(path);
      database.exec("PRAGMA foreign_keys = OFF");
      database.exec(sql);
      database.close();
    }
    const evidence = openEvidence(path);
    const { verdict } = verify(evidence, trust);
    evidence.close();
    return verdict;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const codesOf = ({ levels }: Verdict) => levels.flatMap(({ faults }) => faults.map(({ code }) => code));
const keysOf = (...numbers: readonly number[]): Trust => ({
  keys: numbers.map((n) => parseVerifierKey(vkeyOf(n))),
});
const sinceOf = (text: string): Trust => {
  const note = parseNote(text);
  return { keys: [], since: { note, checkpoint: parseCheckpoint(note.text) } };
};

/** The checkpoint of a size of the small sample. */
function checkpointOf(size: number, write = writeSmallSample): string {
  let note = "";
  judge((sample) => {
    write(sample);
    note = sample.store.checkpoint(size)?.note ?? "";
  });
  return note;
}

test("without trust the verdict is on consistency only, and says so", () => {
  const verdict = judge(writeSmallSample);
  deepEqual(codesOf(verdict), []);
  equal(verdict.exit, 0);
  equal(verdict.headline, "internally consistent, signer unverified");
  deepEqual(verdict.levels.map(({ level, status }) => `${level} ${status}`), [
    "entries ok",
    "trees ok",
    "signatures unchecked",
    "continuity unchecked",
    "replay unchecked",
  ]);
  deepEqual(verdict.coverage, {
    parts: { present: 41, derivable: 1, withheld: 2, erased: 1, pruned: 0 },
    prunedEntries: 2,
    unsealedEntries: 0,
    unsignedLeaves: 0,
    absentLeaves: 0,
    absentSenders: { messages: 0, senders: 0 },
    absentBlobs: 0,
    absentNews: 0,
    uncheckedForks: 0,
    unsignedForks: 0,
    erasuresOpen: 0,
    abandoned: null,
    turnsNotReplayed: 10,
  });
});

test("a key vouches for what it signed, and for the key that it handed over to", () => {
  for (const trust of [keysOf(1), keysOf(2), keysOf(1, 2)]) {
    const verdict = judge(writeSmallSample, { trust });
    equal(verdict.exit, 0, JSON.stringify(codesOf(verdict)));
    match(verdict.headline, /^verified: signed by home~0123456789abcdef0123456789abcdef\+[0-9a-f]{8}/);
    equal(verdict.coverage.unsignedLeaves, 0);
  }
});

test("another key than that of the signer is policy not met", () => {
  const verdict = judge(writeSmallSample, { trust: keysOf(3) });
  deepEqual([verdict.exit, verdict.headline, codesOf(verdict)], [3, "policy not met", ["not_trusted"]]);
  equal(judge(writeSmallSample, { trust: keysOf(1), sql: "DELETE FROM checkpoint" }).exit, 3);
});

/** A node whose second key nobody that was trusted has handed over to. */
function forgedRotation(sample: Sample): void {
  const own = sample.chain(".node");
  own.write({ kind: "genesis", origin: `${node}/.node` }, '{"theater":"0.1.0"}');
  own.write({ kind: "key", key: vkeyOf(1), since: 0 }, '{"theater":"0.1.0"}');
  sample.seal(signerOf(1));
  own.write({ kind: "key", key: vkeyOf(2), since: 1 }, '{"theater":"0.1.0"}');
  sample.seal(signerOf(2));
}

test("a key that names itself is not trusted by way of the key before", () => {
  equal(judge(forgedRotation).exit, 0);
  const verdict = judge(forgedRotation, { trust: keysOf(1) });
  deepEqual([verdict.exit, codesOf(verdict)], [3, ["not_trusted"]]);
  equal(judge(forgedRotation, { trust: keysOf(2) }).exit, 0);
});

test("a retired key that names itself again signs nothing more", () => {
  const write = (sample: Sample) => {
    const own = sample.chain(".node");
    own.write({ kind: "genesis", origin: `${node}/.node` }, '{"theater":"0.1.0"}');
    own.write({ kind: "key", key: vkeyOf(1), since: 0 }, '{"theater":"0.1.0"}');
    sample.seal(signerOf(1));
    own.write({ kind: "key", key: vkeyOf(2), since: 2 }, '{"theater":"0.1.0"}');
    sample.seal(signerOf(1));
    own.write({ kind: "erase", target: 0, roles: ["about"] }, "asked for");
    sample.seal(signerOf(2));
    // From here on it is somebody who holds the log and the key that was retired.
    own.write({ kind: "key", key: vkeyOf(1), since: 3 }, '{"theater":"0.1.0"}');
    sample.seal(signerOf(1));
  };
  for (const trust of [undefined, keysOf(2), keysOf(1, 2)]) {
    const verdict = judge(write, trust === undefined ? {} : { trust });
    deepEqual([verdict.exit, codesOf(verdict).includes("key_again")], [1, true], verdict.headline);
  }
});

test("a retired key no longer signs", () => {
  const verdict = judge((sample) => {
    const own = sample.chain(".node");
    own.write({ kind: "genesis", origin: `${node}/.node` }, '{"theater":"0.1.0"}');
    own.write({ kind: "key", key: vkeyOf(1), since: 0 }, '{"theater":"0.1.0"}');
    own.write({ kind: "key", key: vkeyOf(2), since: 1 }, '{"theater":"0.1.0"}');
    sample.seal(signerOf(1));
    own.write({ kind: "erase", target: 0, roles: ["about"] }, "asked for");
    sample.seal(signerOf(1));
  });
  deepEqual([verdict.exit, codesOf(verdict)], [1, ["key_unknown"]]);
});

/** A witness that cosigns whatever it is shown. */
function witnessOf(number: number): Signer {
  const signing = createSigningKey(new Uint8Array(32).fill(number));
  const key = createVerifierKey(`witness.example/w${number}`, "cosignature", signing.publicKey);
  return {
    key,
    sign(text) {
      const signature = new Uint8Array(72);
      new DataView(signature.buffer).setBigUint64(0, 1_760_000_000n);
      signature.set(signing.sign(cosignedMessage(1_760_000_000, text)), 8);
      return { name: key.name, keyId: key.id, signature };
    },
  };
}

/** Two seals, of which only the first is witnessed. */
function witnessed(sample: Sample): void {
  const own = sample.chain(".node");
  own.write({ kind: "genesis", origin: `${node}/.node` }, '{"theater":"0.1.0"}');
  own.write({ kind: "key", key: vkeyOf(1), since: 0 }, '{"theater":"0.1.0"}');
  sample.seal(signerOf(1), witnessOf(8));
  own.write({ kind: "erase", target: 0, roles: ["about"] }, "asked for");
  sample.seal(signerOf(1));
}

const policies: readonly (readonly [policy: string, exit: number, codes: string[]])[] = [
  [`log ${vkeyOf(1)}\nquorum none\n`, 0, []],
  [`log ${vkeyOf(3)}\nquorum none\n`, 3, ["not_trusted"]],
  [`log ${vkeyOf(1)}\nwitness w ${formatVerifierKey(witnessOf(8).key)}\nquorum w\n`, 0, []],
  [`log ${vkeyOf(1)}\nwitness w ${formatVerifierKey(witnessOf(9).key)}\nquorum w\n`, 3, ["policy_unmet"]],
];

for (const [policy, exit, codes] of policies) {
  test(`a policy "${policy.replace(/\+\S+/g, "").replaceAll("\n", "; ")}" ends with ${exit}`, () => {
    const verdict = judge(witnessed, { trust: { keys: [], policy: parsePolicy(policy) } });
    deepEqual([verdict.exit, codesOf(verdict)], [exit, codes]);
    if (exit === 0) equal(verdict.coverage.unsignedLeaves, policy.includes("witness") ? 1 : 0);
  });
}

test("a saved checkpoint must be continued", () => {
  for (const size of [2, 4, 7]) {
    const verdict = judge(writeSmallSample, { trust: sinceOf(checkpointOf(size)) });
    equal(verdict.exit, 0, JSON.stringify(codesOf(verdict)));
    equal(
      verdict.headline,
      `internally consistent, signer unverified, and it continues your checkpoint of ${size} leaves`,
    );
  }
});

test("a log beside, behind or of another node than the saved checkpoint is refused", () => {
  const other = checkpointOf(2, forgedRotation);
  const beside = judge(writeSmallSample, { trust: sinceOf(other) });
  deepEqual([beside.exit, codesOf(beside)], [1, ["beside"]]);

  const ahead = checkpointOf(7);
  const bundle = judge(forgedRotation, { trust: sinceOf(ahead) });
  deepEqual([bundle.exit, codesOf(bundle)], [2, ["behind"]]);
  const log = judge(forgedRotation, { trust: sinceOf(ahead), sql: "UPDATE log SET kind = 'log'" });
  deepEqual([log.exit, codesOf(log)], [1, ["behind"]]);

  const stranger = ahead.replace(`${node}\n`, `away~${"0".repeat(32)}\n`);
  const another = judge(writeSmallSample, { trust: sinceOf(stranger) });
  deepEqual([another.exit, codesOf(another)], [1, ["other_node"]]);
});

/** `bank` sends to `audit`, who receives as often and with what is said. */
function sendAndReceive(
  sample: Sample,
  how: { to?: string; body?: string; salt?: string; times?: number; well?: boolean; absent?: boolean } = {},
): void {
  const { to = "audit", body = "1", salt = "s", times = 1, well = true, absent = false } = how;
  const bank = sample.chain("bank");
  const turn = beginActor(bank, node);
  bank.write({ kind: "receive", turn, type: "request", from: "outside", keyed: false }, "1");
  const call = {
    kind: "call",
    turn,
    call: 0,
    outcome: "returned",
    bodied: true,
    function: sendFunction,
  } as const;
  const sent = bank.write(call, `["${to}",null]`, '[{"ok":null}]', { said: "1", salt: "s" });
  const end = { turn, calls: 1, fuel: 1 } as const;
  if (well) bank.write({ kind: "return", outcome: "ok", effects: 1, ...end }, '{"n":1}', "1");
  else bank.write({ kind: "return", outcome: "err", effects: 1, ...end }, "no");
  const audit = sample.chain("audit");
  let next = beginActor(audit, node);
  for (let i = 0; i < times; i++) {
    audit.write({
      kind: "receive",
      turn: next,
      type: "send",
      from: absent ? "nobody" : "bank",
      keyed: false,
      cause_origin: `${node}/${absent ? "nobody" : "bank"}`,
      cause_seq: sent.seq,
      cause: sent.hash,
    }, { said: body, salt });
    audit.write({ kind: "return", outcome: "err", turn: next, calls: 0, effects: 0, fuel: 1 }, "no");
    next += 1;
  }
}

const causes:
  readonly (readonly [name: string, how: Parameters<typeof sendAndReceive>[1], codes: string[]])[] = [
    ["once", {}, []],
    ["twice", { times: 2 }, ["cause_spent"]],
    ["with another body", { body: "2" }, ["cause_differs"]],
    ["under another salt", { salt: "t" }, ["cause_differs"]],
    ["by another than it was sent to", { to: "other" }, ["cause_result"]],
    ["though its turn was refused", { well: false }, ["wrong_cause"]],
    ["from a sender that is not here", { absent: true }, []],
  ];

for (const [name, how, codes] of causes) {
  test(`a send that is received ${name}: ${codes.join() || "verified"}`, () => {
    const verdict = judge((sample) => sendAndReceive(sample, how));
    deepEqual(codesOf(verdict), codes);
    deepEqual(
      verdict.coverage.absentSenders,
      how?.absent ? { messages: 1, senders: 1 } : { messages: 0, senders: 0 },
    );
    if (codes.length > 0) {
      const [fault] = verdict.levels[0]?.faults ?? [];
      deepEqual([fault?.address, fault?.seq], ["audit", how?.times === 2 ? 7 : 5]);
    }
  });
}

const changes: readonly (readonly [sql: string, exit: number, codes: string[]])[] = [
  ["UPDATE entry SET status = 'e', part_0 = NULL, salts = zeroblob(16) WHERE id = 5", 1, ["part_missing"]],
  ["UPDATE entry SET entry = replace(entry, '\"v\":1', '\"v\":2') WHERE id = 30", 1, [
    "unknown_version",
    "seal_root",
  ]],
  ["DELETE FROM entry WHERE id = 30", 1, ["state_row", "row_differs", "row_differs", "seal_beyond"]],
  ["DELETE FROM seal WHERE idx = 6", 1, ["checkpoint_beyond"]],
  ["DELETE FROM pruned WHERE seq = 5", 1, ["entry_missing"]],
  ["UPDATE pruned SET hash = replace(hash, 'a', 'b') WHERE seq = 5", 1, ["seal_root"]],
  ["INSERT INTO leaf SELECT 7, hash FROM pruned LIMIT 1", 0, []],
  ["INSERT INTO leaf SELECT 7, hash FROM pruned LIMIT 1; UPDATE log SET kind = 'log'", 1, [
    "part_missing",
    "part_missing",
    "leaf_absent",
  ]],
  ["DELETE FROM blob", 0, []],
  ["UPDATE blob SET bytes = x'00'", 1, ["blob_hash"]],
  ["UPDATE state SET bytes = x'7b7d'", 1, ["state_row"]],
];

for (const [sql, exit, codes] of changes) {
  test(`after "${sql.slice(0, 76)}" the exit is ${exit}`, () => {
    const verdict = judge(writeSmallSample, { sql });
    deepEqual([verdict.exit, codesOf(verdict)], [exit, codes]);
  });
}

test("all faults are counted, and the first of each chain comes first", () => {
  const verdict = judge(writeSmallSample, { sql: "UPDATE entry SET salts = zeroblob(length(salts))" });
  const entries = verdict.levels[0];
  equal(entries?.faultCount, 42); // 41 present parts, and the salt of the state that is kept whole
  deepEqual([entries?.faults[0]?.address, entries?.faults[0]?.seq], [".node", 0]);
  match(verdict.headline, /^refuted: \.node, entry 0, part about \(part_commitment\)$/);
});

test("a key vouches for nothing where the chain of the node, which could retire it, is not there", () => {
  const write = (sample: Sample) => {
    beginActor(sample.chain("counter"), node);
    sample.seal(signerOf(1));
  };
  equal(judge(write).exit, 0);
  const verdict = judge(write, { trust: keysOf(1) });
  deepEqual([verdict.exit, codesOf(verdict)], [3, ["key_unknown"]]);
});

test("what comes after the last seal is counted, and a head that was given up named", () => {
  const verdict = judge((sample) => {
    const own = sample.chain(".node");
    own.write(
      { kind: "genesis", origin: `${node}/.node`, abandons: `9 ${"a".repeat(64)}` },
      '{"theater":"0.1.0"}',
    );
    own.write({ kind: "key", key: vkeyOf(1), since: 0 }, '{"theater":"0.1.0"}');
    const chain = sample.chain("counter");
    const turn = beginActor(chain, node);
    sample.seal(signerOf(1));
    writeTurns(chain, turn, 10);
  }, { trust: keysOf(1) });
  equal(verdict.coverage.unsealedEntries, 20);
  equal(verdict.coverage.abandoned, `9 ${"a".repeat(64)}`);
  equal(verdict.exit, 0, JSON.stringify(codesOf(verdict)));
  match(
    verdict.headline,
    /^verified up to its signed head only, signed by home~\S+; nobody vouches for the 20 entries after it$/,
  );
});
