/**
 * Judging a log without replay: every hash of entries, parts and trees computed
 * anew. Turns of four entries (a receive, two calls, a return), 500 bytes an
 * entry with its parts, in four chains.
 *
 * Run: `deno run -A bench/verify.ts [entries …]`, or with `bun`.
 *
 * @module
 */

import { mkdtempSync, rmSync, statSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { appendEntry, type ChainHead, type Draft, type PartInput } from "../src/chain/mod.ts";
import { encodeUtf8, sha256Hex } from "../src/codec/mod.ts";
import { createTreeBuilder, type Hash, hashToBytes, tileWidth } from "../src/merkle/mod.ts";
import { openEvidence, openLog, type StoredPart, type Write } from "../src/store/mod.ts";
import { verify } from "../src/verify/mod.ts";
import { printTable } from "./table.ts";

const chains = 4;
const batch = 2000;
const component = encodeUtf8("component");
const execution =
  '{"engine":"v8","jco":"1","replay":1,"rewriter":1,"runtime":"deno","schedule":1,"theater":"0.1.0"}';

/** What a part says; a state is derivable but for its salt. */
type Said = string | { readonly state: string };

/** Writes a sealed log of about so many entries. */
function writeLog(path: string, entries: number): void {
  const store = openLog(path, { nodeName: "bench" });
  store.commit([{ write: "blob", sha256: sha256Hex(component), bytes: component }]);
  for (let chain = 0; chain < chains; chain++) {
    const address = `actor-${chain}`;
    const origin = `${store.node}/${address}`;
    let head: ChainHead | undefined;
    const writes: Write[] = [{ write: "create", address, origin }];
    let tile: Hash[] = [];
    let level: Hash[] = [];
    const keep = (hashes: Hash[], hash: Hash, tileLevel: number, index: number): Hash[] => {
      hashes.push(hash);
      if (hashes.length < tileWidth) return hashes;
      const bytes = new Uint8Array(32 * tileWidth);
      hashes.forEach((each, at) => bytes.set(hashToBytes(each), 32 * at));
      writes.push({ write: "tile", tree: address, level: tileLevel, index, hashes: bytes });
      return [];
    };
    const tree = createTreeBuilder(undefined, (nodeLevel, index, hash) => {
      if (nodeLevel === 0) tile = keep(tile, hash, 0, Math.floor(index / tileWidth));
      if (nodeLevel === 8) level = keep(level, hash, 1, Math.floor(index / tileWidth));
    });
    const add = (draft: Draft, ...said: readonly Said[]) => {
      const parts: StoredPart[] = [];
      const inputs: PartInput[] = said.map((each) => {
        const salt = new Uint8Array(randomBytes(16));
        const bytes = encodeUtf8(typeof each === "string" ? each : each.state);
        parts.push(
          typeof each === "string" ? { status: "present", salt, bytes } : { status: "derivable", salt },
        );
        return { bytes, salt };
      });
      const { entry, text, hash, head: next } = appendEntry(head, draft, inputs);
      head = next;
      const turns = entry.kind === "receive" || entry.kind === "keyframe" ? { turns: entry.turn + 1 } : {};
      const activations = entry.kind === "keyframe" ? { activations: 1 } : {};
      writes.push({ write: "append", address, seq: entry.seq, text, hash, parts, ...turns, ...activations });
      tree.push(hash);
      if (writes.length >= batch) store.commit(writes.splice(0));
    };
    const time = 1_760_000_000_000;
    const end = { kind: "return", time, outcome: "ok", effects: 0, fuel: 1234 } as const;
    const call = { kind: "call", time, outcome: "returned", bodied: false } as const;
    add({ kind: "genesis", time, origin }, '{"theater":"0.1.0"}');
    add(
      { kind: "keyframe", time, activation: 0, reason: "start", turn: 0 },
      "null",
      `{"component":"${sha256Hex(component)}"}`,
      "{}",
      execution,
    );
    add({ ...end, turn: 0, calls: 0 }, "null");
    add({ kind: "receive", time, turn: 1, type: "init", from: "outside", keyed: false }, "{}");
    add({ ...end, turn: 1, calls: 0 }, '{"n":0}');
    for (let turn = 2; tree.head().size < entries / chains; turn++) {
      add(
        { kind: "receive", time, turn, type: "request", from: "outside", keyed: false },
        `{"op":"post","from":"cash","to":"rent","cents":${turn}}`,
      );
      add({ ...call, turn, call: 0, function: "theater:actor/clock@0.1.0#now" }, "[]", `["${time + turn}"]`);
      add(
        { ...call, turn, call: 1, function: "theater:actor/log@0.1.0#write" },
        `["info","posted ${turn} to the ledger"]`,
        "[]",
      );
      add({ ...end, turn, calls: 2 }, { state: `{"n":${turn}}` }, `{"ok":true,"n":${turn}}`);
    }
    const { size, root } = tree.head();
    store.commit([...writes, { write: "seal", index: chain, address, size, root }]);
  }
  store.close();
}

const sizes = process.argv.slice(2).map(Number);
const rows = (sizes.length > 0 ? sizes : [10_000, 100_000]).map((entries) => {
  const folder = mkdtempSync(join(tmpdir(), "theater-bench-"));
  try {
    const path = join(folder, "log.db");
    writeLog(path, entries);
    const startMs = performance.now();
    const evidence = openEvidence(path);
    const openMs = performance.now() - startMs;
    const { verdict } = verify(evidence);
    const wholeMs = performance.now() - startMs;
    evidence.close();
    if (verdict.exit !== 0) throw new Error(verdict.headline);
    const read = verdict.levels[0]?.counts["entries"] ?? 0;
    return [
      String(read),
      `${Math.round(statSync(path).size / 1e6)} MB`,
      `${Math.round(openMs)} ms`,
      `${Math.round(wholeMs)} ms`,
      String(Math.round(read / (wholeMs / 1000))),
      `${Math.round(process.memoryUsage().rss / 1e6)} MB`,
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
});
printTable(["entries", "log", "opened", "judged", "entries/s", "memory"], rows);
