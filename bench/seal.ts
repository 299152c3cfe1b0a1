/**
 * What a seal costs, by itself; and what the nodes of a tree cost in SQLite as
 * tiles of 256, as they are kept, and as a row each.
 *
 *     deno run -A --no-prompt bench/seal.ts
 *     bun bench/seal.ts
 *
 * @module
 */

import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatOrigin } from "../src/address/mod.ts";
import { chainHash } from "../src/chain/mod.ts";
import {
  createTileNodeReader,
  createTreeBuilder,
  type Hash,
  hashFromBytes,
  hashToBytes,
  leafHash,
  type NodeReader,
  proveInclusion,
} from "../src/merkle/mod.ts";
import { openDatabase } from "../src/platform/mod.ts";
import { createSealer, openNode, type SealerPorts } from "../src/seal/mod.ts";
import { openLog, type Write } from "../src/store/mod.ts";
import { printTable } from "./table.ts";

const about = '{"theater":"bench"}';

/** Milliseconds of each step of seals, by turns over some actors. */
async function benchSteps(): Promise<void> {
  const rows: string[][] = [];
  for (const [actors, entries] of [[1, 1], [1, 5_000], [100, 20], [1_000, 2]] as const) {
    const folder = mkdtempSync(join(tmpdir(), "theater-bench-"));
    const store = openLog(join(folder, "theater.db"));
    const node = openNode({ store, dataFolder: join(folder, "data"), nowMs: Date.now, about });
    node.begin();
    const spent = { grow: 0, commit: 0, sign: 0, head: 0 };
    const timed = <T>(step: keyof typeof spent, work: () => T): T => {
      const from = performance.now();
      try {
        return work();
      } finally {
        spent[step] += performance.now() - from;
      }
    };
    const ports: SealerPorts = {
      reader: store,
      signed: node.signed,
      commit: (writes) => Promise.resolve(timed("commit", () => store.commit(writes))),
      origin: node.origin,
      signerFor(size) {
        const signer = node.signerFor(size);
        return signer && { key: signer.key, sign: (text) => timed("sign", () => signer.sign(text)) };
      },
      async writeHead(note) {
        const from = performance.now();
        await node.writeHead(note);
        spent.head += performance.now() - from;
      },
      failed: console.error,
      everyMs: 1e9,
    };
    const sealer = createSealer(ports);
    const rounds = 20;
    let total = 0;
    const salt = new Uint8Array(16);
    for (let round = 0; round < rounds + 2; round++) {
      const writes: Write[] = [];
      for (let k = 0; k < actors; k++) {
        const address = `a${k}`;
        const size = store.actor(address)?.size ?? 0;
        if (round === 0) writes.push({ write: "create", address, origin: formatOrigin(store.node, address) });
        for (let i = 0; i < entries; i++) {
          const text = `{"of":"${address}","seq":${size + i},"padding":"${"x".repeat(200)}"}`;
          const part = { status: "present", salt, bytes: salt } as const;
          writes.push({
            write: "append",
            address,
            seq: size + i,
            text,
            hash: chainHash(text),
            parts: [part],
          });
        }
      }
      store.commit(writes);
      sealer.committed(writes);
      if (round === 2) {
        spent.commit =
          spent.sign =
          spent.head =
          total =
            0; // The first two warm up.
      }
      const from = performance.now();
      await sealer.seal();
      total += performance.now() - from;
      store.commit(sealer.waiting());
    }
    spent.grow = total - spent.commit - spent.sign - spent.head;
    const each = (ms: number) => (ms / rounds).toFixed(2);
    rows.push([
      String(actors),
      String(actors * entries),
      each(spent.grow),
      (spent.grow / rounds / actors / entries * 1000).toFixed(1),
      each(spent.commit),
      each(spent.sign),
      each(spent.head),
      each(total),
    ]);
    await sealer.stop();
    node.close();
    store.close();
    rmSync(folder, { recursive: true });
  }
  printTable(
    ["actors", "entries", "trees ms", "µs an entry", "commit ms", "sign ms", "head ms", "seal ms"],
    rows,
  );
}

/** How the nodes of a tree can be kept. */
interface Layout {
  readonly name: string;
  /** Grows a tree over the leaves, with a commit after each batch; returns a reader of its nodes. */
  fill(path: string, leaves: readonly Hash[], batch: number): { readonly reader: NodeReader; close(): void };
}

const tiles: Layout = {
  name: "tiles of 256",
  fill(path, leaves, batch) {
    const database = openDatabase(path);
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    database.exec(
      "CREATE TABLE tile (tree INTEGER, level INTEGER, idx INTEGER, hashes BLOB, PRIMARY KEY (tree, level, idx)) STRICT, WITHOUT ROWID",
    );
    const insert = database.prepare("INSERT INTO tile VALUES (1, ?, ?, ?)");
    const partial: Uint8Array[] = [];
    const builder = createTreeBuilder(undefined, (level, index, hash) => {
      if (level % 8 !== 0) return;
      const bytes = partial[level / 8] ??= new Uint8Array(8192);
      bytes.set(hashToBytes(hash), index % 256 * 32);
      if (index % 256 === 255) insert.run(level / 8, Math.floor(index / 256), bytes);
    });
    for (let at = 0; at < leaves.length; at += batch) {
      database.transaction(() => leaves.slice(at, at + batch).forEach((leaf) => builder.push(leaf)));
    }
    const one = database.prepare<{ hashes: Uint8Array }>(
      "SELECT hashes FROM tile WHERE tree = 1 AND level = ? AND idx = ?",
    );
    const count = leaves.length;
    const reader = createTileNodeReader({
      tile: (level, index) => {
        const width = Math.min(256, Math.floor(count / 256 ** level) - 256 * index);
        return width === 256 ? one.get(level, index)?.hashes : partial[level]?.subarray(0, width * 32);
      },
    });
    return { reader, close: () => database.close() };
  },
};

const rowEach: Layout = {
  name: "a row a node",
  fill(path, leaves, batch) {
    const database = openDatabase(path);
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    database.exec(
      "CREATE TABLE node (tree INTEGER, level INTEGER, idx INTEGER, hash BLOB, PRIMARY KEY (tree, level, idx)) STRICT, WITHOUT ROWID",
    );
    const insert = database.prepare("INSERT INTO node VALUES (1, ?, ?, ?)");
    const builder = createTreeBuilder(undefined, (level, index, hash) => {
      insert.run(level, index, hashToBytes(hash));
    });
    for (let at = 0; at < leaves.length; at += batch) {
      database.transaction(() => leaves.slice(at, at + batch).forEach((leaf) => builder.push(leaf)));
    }
    const one = database.prepare<{ hash: Uint8Array }>(
      "SELECT hash FROM node WHERE tree = 1 AND level = ? AND idx = ?",
    );
    const reader: NodeReader = {
      node(level, index) {
        const row = one.get(level, index);
        return row && hashFromBytes(row.hash);
      },
    };
    return { reader, close: () => database.close() };
  },
};

/** Fills a tree in each layout and proves leaves of it. */
function benchLayouts(): void {
  const count = 300_000;
  const leaves = Array.from({ length: count }, (_, i) => leafHash(String(i)));
  const rows: string[][] = [];
  for (const layout of [tiles, rowEach]) {
    const folder = mkdtempSync(join(tmpdir(), "theater-bench-"));
    const path = join(folder, "tree.db");
    const from = performance.now();
    const { reader, close } = layout.fill(path, leaves, 2_000);
    const filled = performance.now();
    const proofs = 300;
    for (let k = 0; k < proofs; k++) proveInclusion(reader, k * 997 % count, count);
    const proved = performance.now();
    close();
    rows.push([
      layout.name,
      ((filled - from) / count * 1000).toFixed(2),
      (statSync(path).size / count).toFixed(1),
      ((proved - filled) / proofs).toFixed(2),
    ]);
    rmSync(folder, { recursive: true });
  }
  printTable([`${count} leaves`, "µs a leaf", "bytes a leaf", "ms a proof"], rows);
}

if (import.meta.main) {
  await benchSteps();
  benchLayouts();
}
