/**
 * What the judge, and the checker in Python, say of replies that were deferred:
 * honest ones, also where the responder's chain is pruned, and claims of what
 * cannot have been.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { deepEqual, equal } from "node:assert/strict";
import { chainHash, type HashHex, replyFunction, requestFunction, requestId } from "../../src/chain/mod.ts";
import { createBundle, openEvidence } from "../../src/store/mod.ts";
import { verify } from "../../src/verify/mod.ts";
import {
  beginActor,
  beginSample,
  keyframe,
  node,
  type Sample,
  type Scribe,
  signerOf,
  vkeyOf,
} from "./evidence_log.ts";

const checker = fileURLToPath(new URL("../conformance/theater_check.py", import.meta.url));
const hasPython = spawnSync("python3", ["--version"]).status === 0;

/** Judges a bundle twice. @returns the codes of its faults */
function judge(write: (sample: Sample) => void): string[] {
  const folder = mkdtempSync(join(tmpdir(), "theater-replies-"));
  try {
    const path = join(folder, "bundle.db");
    const store = createBundle(path, { node, createdMs: 0 });
    write(beginSample(store));
    store.close();
    const evidence = openEvidence(path);
    const { verdict } = verify(evidence);
    evidence.close();
    if (hasPython) {
      const { status, stdout } = spawnSync("python3", [checker, path]);
      equal(status, verdict.exit, `the checker in Python: ${stdout}`);
    }
    return verdict.levels.flatMap(({ faults }) => faults.map(({ code }) => code));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const ended = { kind: "return", outcome: "ok", effects: 0, fuel: 9 } as const;

/** `asker` asks `bank` in its turn 2; `bank` defers in `deferredIn`, replies in `repliedIn`, to `token`. */
function deferredReply(
  { deferredIn, repliedIn, token, prune = false }: {
    readonly deferredIn: 2 | 4;
    readonly repliedIn: 2 | 4;
    readonly token: string;
    readonly prune?: boolean;
  },
): (sample: Sample) => void {
  return (sample) => {
    const own = sample.chain(".node");
    own.write({ kind: "genesis", origin: `${node}/.node` }, '{"theater":"0.1.0"}');
    own.write({ kind: "key", key: vkeyOf(1), since: 0 }, '{"theater":"0.1.0"}');
    const asker = sample.chain("asker");
    beginActor(asker, node);
    asker.write({ kind: "receive", turn: 2, type: "request", from: "outside", keyed: false }, "1");
    const asked = asker.write(
      { kind: "call", turn: 2, call: 0, function: requestFunction, outcome: "returned", bodied: true },
      '["bank",null,9]',
      `[{"ok":"${requestId(2, 0)}"}]`,
      { said: "7", salt: "asked" },
    );
    asker.write({ ...ended, turn: 2, calls: 1, effects: 1 }, "0", "0");

    const bank = sample.chain("bank");
    beginActor(bank, node);
    const cause = { cause_origin: `${node}/asker`, cause_seq: asked.seq, cause: asked.hash };
    const take = (turn: number) => {
      bank.write({ kind: "receive", turn, type: "request", from: "asker", keyed: false, ...cause }, {
        said: "7",
        salt: "asked",
      });
    };
    const other = (turn: number) => {
      bank.write({ kind: "receive", turn, type: "request", from: "outside", keyed: false }, "2");
    };
    let replied = { seq: 0, hash: asked.hash };
    let firstSeq = 0;
    for (const turn of [2, 4] as const) {
      if (turn === deferredIn) take(turn);
      else other(turn);
      if (turn === 2) firstSeq = bank.head().size - 1;
      if (turn === repliedIn) {
        replied = bank.write(
          { kind: "call", turn, call: 0, function: replyFunction, outcome: "returned", bodied: true },
          `["${token}",null]`,
          '[{"ok":null}]',
          { said: "8", salt: "replied" },
        );
      }
      const calls = turn === repliedIn ? 1 : 0;
      const end = { ...ended, turn, calls, effects: calls };
      bank.write(turn === deferredIn ? { ...end, deferred: true } : end, '{"n":1}', "null");
      if (turn === 2) keyframe(bank, 1, 3, '{"n":1}');
    }
    asker.write(
      {
        kind: "receive",
        turn: 3,
        type: "reply",
        from: "bank",
        keyed: false,
        request: requestId(2, 0),
        outcome: "ok",
        cause_origin: `${node}/bank`,
        cause_seq: replied.seq,
        cause: replied.hash,
      },
      { said: "8", salt: "replied" },
    );
    asker.write({ ...ended, turn: 3, calls: 0 }, "0", "0");
    if (prune) bank.write({ kind: "prune", before: 7 }, "old");
    sample.seal(signerOf(1));
    if (!prune) return;
    for (let seq = firstSeq; seq < 7; seq++) {
      const text = sample.store.entry("bank", seq)?.text ?? "";
      sample.store.commit([{ write: "prune", address: "bank", seq, hash: chainHash(text) }]);
    }
  };
}

test("a deferred reply is judged by the turn that its token names", () => {
  deepEqual(judge(deferredReply({ deferredIn: 2, repliedIn: 4, token: requestId(2, 0) })), []);
  deepEqual(judge(deferredReply({ deferredIn: 2, repliedIn: 2, token: requestId(2, 0) })), []);
  deepEqual(judge(deferredReply({ deferredIn: 2, repliedIn: 4, token: requestId(3, 0) })), ["wrong_request"]);
});

test("a deferred reply stays right when the turn that deferred it is pruned", () => {
  deepEqual(judge(deferredReply({ deferredIn: 2, repliedIn: 4, token: requestId(2, 0), prune: true })), []);
});

test("nobody replies to a request before the turn that it opens", () => {
  deepEqual(judge(deferredReply({ deferredIn: 4, repliedIn: 2, token: requestId(4, 0) })), ["wrong_request"]);
});

/** A log of a chain `audit` whose turn 2 is pruned, and what comes after it. */
function prunedTurn(
  after: (audit: Scribe, pruned: { readonly seq: number; readonly hash: HashHex }) => void,
) {
  return (sample: Sample) => {
    const own = sample.chain(".node");
    own.write({ kind: "genesis", origin: `${node}/.node` }, '{"theater":"0.1.0"}');
    own.write({ kind: "key", key: vkeyOf(1), since: 0 }, '{"theater":"0.1.0"}');
    beginActor(sample.chain("bank"), node);
    const audit = sample.chain("audit");
    beginActor(audit, node);
    const firstSeq = audit.head().size;
    const message = { kind: "receive", turn: 2, type: "request", from: "outside", keyed: false } as const;
    const pruned = audit.write(message, said);
    audit.write({ ...ended, turn: 2, calls: 0 }, "0", "0");
    const before = audit.head().size;
    keyframe(audit, 1, 3, "0");
    after(audit, pruned);
    audit.write({ kind: "prune", before }, "old");
    sample.seal(signerOf(1));
    for (let seq = firstSeq; seq < before; seq++) {
      const text = sample.store.entry("audit", seq)?.text ?? "";
      sample.store.commit([{ write: "prune", address: "audit", seq, hash: chainHash(text) }]);
    }
  };
}

const said = { said: '{"pay":9}', salt: "said" };

test("what is pruned is no witness of what another actor sent", () => {
  const claimed = (from: string) =>
    prunedTurn((audit, { seq, hash }) => {
      const cause = { cause_seq: seq, cause: hash };
      audit.write({ kind: "receive", turn: 4, type: "request", from, keyed: false, ...cause }, said);
      audit.write({ ...ended, turn: 4, calls: 0 }, "0", "0");
    });
  deepEqual(judge(claimed("bank")), ["cause_differs"]);
  deepEqual(judge(claimed("outside")), []);
  deepEqual(judge(claimed("audit")), []);
});

test("a call that is pruned has one reply at most which nobody gave", () => {
  const timeouts = (count: number) =>
    prunedTurn((audit, { seq, hash }) => {
      for (let turn = 4; turn < 4 + count; turn++) {
        audit.write({
          kind: "receive",
          turn,
          type: "reply",
          from: "bank",
          keyed: false,
          request: requestId(2, turn),
          outcome: "timeout",
          cause_seq: seq,
          cause: hash,
        }, "null");
        audit.write({ ...ended, turn, calls: 0 }, "0", "0");
      }
    });
  deepEqual(judge(timeouts(1)), []);
  deepEqual(judge(timeouts(2)), ["request_spent"]);
});
