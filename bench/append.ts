/**
 * Entries appended per second through the store, beside two plain SQLite loops
 * that write the same bytes: what the log costs over its disk.
 *
 * `heap` is the least that SQLite can do: one blob a row, and no way to find it
 * again but by reading all. `keyed` has the columns of the log and one key, so
 * that an entry can be found.
 *
 * A turn is a `receive` and a `return` of a counter: about 250 bytes of entry
 * each, three parts, one of them derivable. Run it with `deno run -A
 * bench/append.ts` or `bun bench/append.ts`; `--actors 100` for many chains.
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chainHash } from "../src/chain/mod.ts";
import {
  commandArguments,
  openDatabase,
  randomBytes,
  runtime,
  type SqlValue,
  systemClock,
  writeOut,
} from "../src/platform/mod.ts";
import { openLog, type StoredPart, type Write } from "../src/store/mod.ts";

type Append = Extract<Write, { write: "append" }>;

const groups = [1, 10, 100, 1000];
const rounds = 3;

function hex(bytes: number): string {
  return Array.from(randomBytes(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function entryOf(address: string, seq: number): Append {
  const turn = seq >> 1;
  const prev = hex(32);
  const text = seq % 2 === 0
    ? `{"from":"outside","keyed":false,"kind":"receive","parts":["${
      hex(32)
    }"],"prev":"${prev}","seq":${seq},` +
      `"time":1700000000000,"turn":${turn},"type":"request","v":1}`
    : `{"calls":0,"effects":0,"fuel":12345,"kind":"return","outcome":"ok","parts":["${hex(32)}","${
      hex(32)
    }"],` +
      `"prev":"${prev}","seq":${seq},"time":1700000000000,"turn":${turn},"v":1}`;
  const said: StoredPart = {
    status: "present",
    salt: randomBytes(16),
    bytes: new TextEncoder().encode('{"type":"add","n":1}'),
  };
  const parts: StoredPart[] = seq % 2 === 0 ? [said] : [{ status: "derivable", salt: randomBytes(16) }, said];
  return { write: "append", address, seq, text, hash: chainHash(text), parts };
}

/** Turns of some actors by turns, as a host with that many busy actors would write them. */
function makeWork(count: number, actors: number): Append[] {
  const sizes = new Array<number>(actors).fill(0);
  return Array.from({ length: count }, (_, i) => {
    const actor = Math.floor(i / 2) % actors;
    const seq = sizes[actor] ?? 0;
    sizes[actor] = seq + 1;
    return entryOf(`actor-${actor}`, seq);
  });
}

/** Calls `commit` with groups of `size`; returns entries a second. */
function measure(work: readonly Append[], size: number, commit: (group: readonly Append[]) => void): number {
  const began = systemClock.monotonicNs();
  for (let i = 0; i < work.length; i += size) commit(work.slice(i, i + size));
  return work.length / (Number(systemClock.monotonicNs() - began) / 1e9);
}

function runStore(path: string, work: readonly Append[], size: number, actors: number): number {
  const store = openLog(path, { nodeName: "bench" });
  store.commit(Array.from({ length: actors }, (_, i): Write => {
    const address = `actor-${i}`;
    return { write: "create", address, origin: `${store.node}/${address}` };
  }));
  const rate = measure(work, size, (group) => void store.commit(group));
  store.close();
  return rate;
}

function joined(parts: readonly StoredPart[]): Uint8Array {
  const pieces = parts.flatMap(({ salt, bytes }) => [salt ?? new Uint8Array(0), bytes ?? new Uint8Array(0)]);
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** A loop over one prepared statement. */
function runLoop(
  path: string,
  table: string,
  size: number,
  work: readonly Append[],
  rowOf: (of: Append) => SqlValue[],
) {
  const database = openDatabase(path);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  database.exec(`CREATE TABLE plain (id INTEGER PRIMARY KEY, ${table}) STRICT`);
  const columns = rowOf(entryOf("", 0)).map(() => "?");
  const insert = database.prepare(`INSERT INTO plain VALUES (NULL, ${columns.join(", ")})`);
  const rate = measure(work, size, (group) =>
    database.transaction(() => {
      for (const append of group) insert.run(...rowOf(append));
    }));
  database.close();
  return rate;
}

const runHeap = (path: string, work: readonly Append[], size: number) =>
  runLoop(path, "entry TEXT, parts BLOB", size, work, ({ text, parts }) => [text, joined(parts)]);

const runKeyed = (path: string, work: readonly Append[], size: number) =>
  runLoop(
    path,
    "actor TEXT, seq INTEGER, entry TEXT, salt_0 BLOB, part_0 BLOB, salt_1 BLOB, part_1 BLOB, UNIQUE (actor, seq)",
    size,
    work,
    ({ address, seq, text, parts: [first, second] }) => [
      address.slice("actor-".length),
      seq,
      text,
      first?.salt ?? null,
      first?.bytes ?? null,
      second?.salt ?? null,
      second?.bytes ?? null,
    ],
  );

const [flag, value] = commandArguments();
const actors = flag === "--actors" ? Number(value) : 1;
const folder = mkdtempSync(join(tmpdir(), "theater-bench-"));
const fixed = (n: number) => Math.round(n).toLocaleString("en").padStart(10);

await writeOut(`${runtime.name} ${runtime.version}, ${actors} actor(s), best of ${rounds}\n`);
await writeOut(
  "group    log /s   keyed /s    heap /s   of keyed   of heap   bytes a turn (log, keyed, heap)\n",
);
for (const size of groups) {
  const count = size === 1 ? 2000 : 20_000;
  const runs = [
    (path: string, work: readonly Append[]) => runStore(path, work, size, actors),
    (path: string, work: readonly Append[]) => runKeyed(path, work, size),
    (path: string, work: readonly Append[]) => runHeap(path, work, size),
  ];
  const rates = runs.map(() => 0);
  const bytes = runs.map(() => 0);
  for (let round = 0; round < rounds; round++) {
    const work = makeWork(count, actors);
    for (const [i, run] of runs.entries()) {
      const path = join(folder, `${i}-${round}.db`);
      rates[i] = Math.max(rates[i] ?? 0, run(path, work));
      bytes[i] = statSync(path).size / (count / 2);
      rmSync(path);
    }
  }
  const [log = 0, keyed = 0, heap = 0] = rates;
  const percent = (of: number) => `${Math.round(log / of * 100)} %`.padStart(8);
  const line = [
    `${size}`.padStart(5),
    ...rates.map(fixed),
    "",
    percent(keyed),
    percent(heap),
    "",
    ...bytes.map(fixed),
  ];
  await writeOut(line.join(" ") + "\n");
}
rmSync(folder, { recursive: true });
