/**
 * Making and checking proofs of one entry in chains of a thousand, a million and
 * ten million entries.
 *
 * The tiles of the long chains are real and lie in a real log; their entries are
 * not, save those that are proved, as writing ten million of them would take
 * minutes and change nothing: a proof reads tiles, and the entries behind the
 * last full one.
 *
 * Run: `deno run -A bench/prove.ts [entries …]`, or with `bun`.
 *
 * @module
 */

import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { appendEntry, chainHash, type Draft } from "../src/chain/mod.ts";
import { encodeUtf8, sha256TextHex } from "../src/codec/mod.ts";
import {
  createTreeBuilder,
  type Hash,
  hashToBytes,
  leafHash,
  tileHeight,
  tileWidth,
} from "../src/merkle/mod.ts";
import {
  createSigner,
  deriveActorSeed,
  formatCheckpoint,
  formatVerifierKey,
  signNote,
} from "../src/note/mod.ts";
import { headBody, makeProof, verifyProof, writeProofJson } from "../src/proof/mod.ts";
import { type LogReader, openLog, openLogReader, type StoredEntry, type Write } from "../src/store/mod.ts";

const address = "busy";
const seed = new Uint8Array(32).fill(7);
const salt = new Uint8Array(16).fill(9);
const body = encodeUtf8('{"op":"post","from":"cash","to":"rent","cents":120000}');

/** The text of an entry of any number. */
function entryText(seq: number): string {
  const draft: Draft = {
    kind: "accept",
    time: 1_770_000_000_000,
    type: "send",
    from: "outside",
    keyed: false,
  };
  return appendEntry({ size: seq, hash: chainHash("before") }, draft, [{ bytes: body, salt }]).text;
}

/** A log with the tiles of a chain of `size` entries; `proved` are real. */
function makeLog(path: string, size: number, proved: ReadonlySet<number>): LogReader {
  const store = openLog(path, { nodeName: "bench" });
  const origin = `${store.node}/${address}`;
  store.commit([{ write: "create", address, origin }]);
  const edge = size - size % tileWidth;
  const tiles: Uint8Array[] = [];
  let writes: Write[] = [];
  const builder = createTreeBuilder(undefined, (level, index, hash) => {
    if (level % tileHeight !== 0) return;
    const tile = tiles[level / tileHeight] ??= new Uint8Array(tileWidth * 32);
    tile.set(hashToBytes(hash), (index % tileWidth) * 32);
    if (index % tileWidth !== tileWidth - 1) return;
    const place = { level: level / tileHeight, index: Math.floor(index / tileWidth) };
    writes.push({ write: "tile", tree: address, ...place, hashes: tile.slice() });
    if (writes.length < 1000) return;
    store.commit(writes);
    writes = [];
  });
  for (let seq = 0; seq < size; seq++) {
    builder.push(
      seq >= edge || proved.has(seq) ? chainHash(entryText(seq)) : sha256TextHex(`${seq}`) as Hash,
    );
  }
  const { root } = builder.head();
  const leaf = leafHash(headBody(origin, size, root));
  const text = formatCheckpoint({ origin: store.node, size: 1, root: leaf, extensions: [] });
  const note = signNote(text, [createSigner(store.node, seed)]);
  store.commit([...writes, { write: "seal", index: 0, address, size, root }, {
    write: "checkpoint",
    size: 1,
    note,
  }]);
  store.close();

  const reader = openLogReader(path);
  const entry = (seq: number): StoredEntry => ({ seq, text: entryText(seq) });
  return {
    ...reader,
    actor: (of) => {
      const row = reader.actor(of);
      return row && { ...row, size };
    },
    entry: (_, seq) => entry(seq),
    parts: () => [{ status: "present", salt, bytes: body }],
    *entries(_, { from = 0, to = size } = {}) {
      for (let seq = from; seq < to; seq++) yield entry(seq);
    },
  };
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}

const sizes = process.argv.slice(2).map(Number);
console.log(`${"entries".padStart(12)}  path  tiles  proof file  made in  checked in  tiles on disk`);
for (const size of sizes.length > 0 ? sizes : [1_000, 1_000_000, 10_000_000]) {
  const folder = mkdtempSync(join(tmpdir(), "theater-bench-"));
  try {
    const path = join(folder, "log.db");
    const proved = new Set(Array.from({ length: 21 }, (_, i) => Math.floor(i * (size - 1) / 20)));
    const log = makeLog(path, size, proved);
    const { node } = log;
    const origin = `${node}/${address}`;
    const signer = createSigner(origin, deriveActorSeed(seed, origin));
    const keys = [createSigner(node, seed).key];
    const made: number[] = [];
    const checked: number[] = [];
    let bytes = 0;
    let path_length = 0;
    let tilesRead = 0;
    for (const seq of proved) {
      let reads = 0;
      const counted: LogReader = {
        ...log,
        tile(...place) {
          reads += 1;
          return log.tile(...place);
        },
      };
      const start = performance.now();
      const proof = makeProof(counted, {
        address,
        from: seq,
        to: seq + 1,
        signer: { key: formatVerifierKey(signer.key), sign: (text) => signNote(text, [signer]) },
      });
      const end = performance.now();
      const verdict = verifyProof(proof, { keys });
      checked.push(performance.now() - end);
      made.push(end - start);
      if (verdict.exit !== 0) throw new Error(JSON.stringify(verdict.findings));
      bytes = Math.max(bytes, writeProofJson(proof).length);
      path_length = Math.max(
        path_length,
        (proof.entries[0]?.entryProof.split("\n\n")[0]?.split("\n").length ?? 0) - 2,
      );
      tilesRead = Math.max(tilesRead, reads);
    }
    log.close();
    console.log(
      [
        size.toLocaleString("en").padStart(12),
        String(path_length).padStart(4),
        String(tilesRead).padStart(5),
        `${bytes} B`.padStart(10),
        `${median(made).toFixed(1)} ms`.padStart(7),
        `${median(checked).toFixed(2)} ms`.padStart(10),
        `${(statSync(path).size / 1e6).toFixed(1)} MB`.padStart(13),
      ].join("  "),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
