import { deepEqual, equal, match, ok } from "node:assert/strict";
import {
  chmodSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { openDatabase } from "../platform/mod.ts";
import { openLogReader } from "./sqlite_reader.ts";
import { openLog } from "./sqlite_store.ts";
import type { LogStore } from "./store.ts";
import { snapshot } from "./store_conformance.ts";
import { StoreError, type StoreFault } from "./store_error.ts";
import { appendOf, bytesOf, createOf } from "./testing/writes.ts";

function inFolder(run: (folder: string, path: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "theater-open-"));
  try {
    run(folder, join(folder, "theater.db"));
  } finally {
    chmodSync(folder, 0o700);
    rmSync(folder, { recursive: true });
  }
}

function faultOf(work: () => unknown): StoreFault {
  try {
    work();
  } catch (error) {
    if (error instanceof StoreError) return error.fault;
    throw error;
  }
  throw new Error("it was not refused");
}

/** A log with two chains, closed. */
function makeLog(path: string, entries = 50): void {
  const store = openLog(path);
  store.commit([createOf("a"), createOf("b")]);
  for (let seq = 0; seq < entries; seq++) store.commit([appendOf("a", seq), appendOf("b", seq)]);
  store.close();
}

/** Does something to the file behind the back of the store. */
function tamper(path: string, sql: string): void {
  const database = openDatabase(path);
  database.exec(sql);
  database.close();
}

test("a new log and its folder are their owner's alone, and named as told", () =>
  inFolder((folder) => {
    const path = join(folder, "deep", "er", "theater.db");
    const store = openLog(path, { nodeName: "bank-1" });
    match(store.node, /^bank-1~[0-9a-f]{32}$/);
    store.commit([createOf("a")]);
    if (process.platform !== "win32") {
      equal(statSync(join(folder, "deep")).mode & 0o777, 0o700);
      for (const name of readdirSync(join(folder, "deep", "er"))) {
        equal(statSync(join(folder, "deep", "er", name)).mode & 0o077, 0, name);
      }
    }
    store.close();
    const again = openLog(path, { nodeName: "other" });
    equal(again.node, store.node);
    again.close();
    const next = openLog(join(folder, "next.db"), { nodeName: "bank-1" });
    ok(next.node !== store.node, "two logs of one node name share an origin");
    next.close();
    deepEqual(readdirSync(join(folder, "deep", "er")), ["theater.db", "theater.db-lock"]);
  }));

for (const nodeName of ["", "Bank", "a b", "x".repeat(33), "a+b", "a/b", "a.b"]) {
  test(`a node cannot be named ${JSON.stringify(nodeName)}`, () =>
    inFolder((_folder, path) => {
      try {
        openLog(path, { nodeName }).close();
      } catch (error) {
        ok(error instanceof TypeError, String(error));
        return;
      }
      throw new Error("it was not refused");
    }));
}

const refusals: readonly (readonly [string, StoreFault["code"], (path: string) => void])[] = [
  ["text", "not_a_log", (path) => writeFileSync(path, "once upon a time ".repeat(1000))],
  ["a short text", "not_a_log", (path) => writeFileSync(path, "once")],
  ["a database of another program", "not_a_log", (path) => tamper(path, "CREATE TABLE t (x)")],
  ["a log of a newer version", "newer_version", (path) => {
    makeLog(path);
    tamper(path, "PRAGMA user_version = 99");
  }],
  ["a log with a table more", "damaged", (path) => {
    makeLog(path);
    tamper(path, "CREATE TABLE t (x)");
  }],
  ["a log with a trigger", "damaged", (path) => {
    makeLog(path);
    tamper(path, "CREATE TRIGGER t AFTER INSERT ON entry BEGIN DELETE FROM mail; END");
  }],
  ["a log without its row", "damaged", (path) => {
    makeLog(path);
    tamper(path, "DELETE FROM log");
  }],
  ["a log that was cut off in its header", "damaged", (path) => {
    makeLog(path);
    truncateSync(path, 60);
  }],
  ["a log that was cut off in its schema", "damaged", (path) => {
    makeLog(path);
    truncateSync(path, 4096);
  }],
];
for (const [what, code, make] of refusals) {
  test(`a file that is ${what} is refused as ${code}, by writer and reader, and left as it is`, () =>
    inFolder((_folder, path) => {
      make(path);
      const before = statSync(path);
      const writing = faultOf(() => openLog(path));
      equal(writing.code, code, JSON.stringify(writing));
      const reading = faultOf(() => openLogReader(path));
      equal(reading.code, code, JSON.stringify(reading));
      equal(statSync(path).size, before.size);
      // The lock was given back.
      equal(faultOf(() => openLog(path)).code, code);
    }));
}

const damages: readonly (readonly [string, string])[] = [
  ["whose last entry is gone", "DELETE FROM entry WHERE actor = 1 AND seq = 49"],
  [
    "that has an entry too many",
    "INSERT INTO entry SELECT NULL, actor, 50, entry, status, salts, part_0, part_1, part_2, part_3 FROM entry WHERE actor = 1 AND seq = 49",
  ],
  [
    "whose last entry was changed",
    "UPDATE entry SET entry = replace(entry, '49', '94') WHERE actor = 2 AND seq = 49",
  ],
  ["whose head was changed", "UPDATE actor SET head = replace(hex(zeroblob(32)), '0', 'f') WHERE id = 2"],
];
for (const [what, sql] of damages) {
  test(`a log ${what} is refused to the writer as damaged`, () =>
    inFolder((_folder, path) => {
      makeLog(path);
      tamper(path, sql);
      const fault = faultOf(() => openLog(path));
      equal(fault.code, "damaged");
      ok(fault.code === "damaged" && /\b[ab]\b/.test(fault.found), JSON.stringify(fault));
    }));
}

test("a log with a page overwritten is damaged, and says so when it is read", () =>
  inFolder((_folder, path) => {
    makeLog(path, 2000);
    const file = openSync(path, "r+");
    const pages = Math.floor(statSync(path).size / 4096);
    // All but the first pages, which hold the schema, and one in the end.
    for (let page = 40; page < pages; page++) {
      writeSync(file, new Uint8Array(4096).fill(page), 0, 4096, page * 4096);
    }
    closeSync(file);
    equal(faultOf(() => openLog(path).close()).code, "damaged");
    const reader = openLogReader(path);
    equal(faultOf(() => [...reader.records("a")]).code, "damaged");
    reader.close();
  }));

test("a log that does not exist is not made by a reader", () =>
  inFolder((folder, path) => {
    equal(faultOf(() => openLogReader(path)).code, "not_found");
    deepEqual(readdirSync(folder), []);
  }));

test("a file of no bytes becomes a log when it is opened for writing, and is none before", () =>
  inFolder((_folder, path) => {
    writeFileSync(path, "");
    equal(faultOf(() => openLogReader(path)).code, "not_a_log");
    const store = openLog(path);
    equal(store.actors().length, 0);
    store.close();
    openLogReader(path).close();
  }));

function mayWriteAnywhere(): boolean {
  return process.getuid?.() === 0 || process.platform === "win32";
}

test("a log in a folder that cannot be written is refused to the writer and open to the reader", (context) => {
  if (mayWriteAnywhere()) return context.skip("the superuser may write anywhere");
  inFolder((folder, path) => {
    makeLog(path);
    chmodSync(path, 0o400);
    rmSync(`${path}-lock`);
    chmodSync(folder, 0o500);
    const fault = faultOf(() => openLog(path));
    ok(["read_only", "cannot_open"].includes(fault.code), JSON.stringify(fault));
    const reader = openLogReader(path);
    equal(reader.actor("a")?.size, 50);
    reader.close();
    deepEqual(readdirSync(folder), ["theater.db"]);
  });
});

test("a disk that is full refuses the commit, loses nothing, and takes the next that fits", () =>
  inFolder((_folder, path) => {
    const store = openLog(path, { bytesMax: 400_000 });
    store.commit([createOf("a")]);
    let seq = 0;
    const fill = (): StoreFault | undefined => {
      try {
        while (true) {
          store.commit([appendOf("a", seq, { parts: ["x".repeat(10_000)] }), {
            write: "state",
            address: "a",
            seq,
            bytes: bytesOf(`${seq}`),
          }]);
          seq += 1;
        }
      } catch (error) {
        if (error instanceof StoreError) return error.fault;
        throw error;
      }
    };
    equal(fill()?.code, "full");
    ok(seq > 10, `it took only ${seq}`);
    equal(store.actor("a")?.size, seq);
    deepEqual(store.state("a"), { seq: seq - 1, bytes: bytesOf(`${seq - 1}`) });
    // Half of the commit would have fitted; it is not there.
    equal(store.entry("a", seq), undefined);
    const before = snapshot(store);
    equal(fill()?.code, "full");
    deepEqual(snapshot(store), before);
    store.close();
    const roomy = openLog(path);
    deepEqual(snapshot(roomy), before);
    roomy.commit([appendOf("a", seq, { parts: ["x".repeat(10_000)] })]);
    equal(roomy.actor("a")?.size, seq + 1);
    roomy.close();
  }));

test("a writer that was replaced writes no more", () =>
  inFolder((_folder, path) => {
    const store = openLog(path);
    store.commit([createOf("a")]);
    // As if the lock had been deleted, and another writer had come.
    rmSync(`${path}-lock`);
    const other = openLog(path);
    const fault = faultOf(() => store.commit([appendOf("a", 0)]));
    equal(fault.code, "fenced");
    equal(other.actor("a")?.size, 0);
    other.commit([appendOf("a", 0)]);
    store.close();
    other.commit([appendOf("a", 1)]);
    other.close();
  }));

test("a log that another program keeps locked is busy, and writable when that one lets go", () =>
  inFolder((_folder, path) => {
    const store = openLog(path, { timeoutMs: 10 });
    store.commit([createOf("a")]);
    const other = openDatabase(path);
    other.exec("BEGIN IMMEDIATE");
    const fault = faultOf(() => store.commit([appendOf("a", 0)]));
    equal(fault.code, "busy");
    other.exec("ROLLBACK");
    other.close();
    store.commit([appendOf("a", 0)]);
    store.close();
  }));

test("a WAL that was left behind is taken in, and one without its end loses whole commits only", () =>
  inFolder((folder, path) => {
    const store = openLog(path);
    store.commit([createOf("a"), createOf("b")]);
    for (let seq = 0; seq < 30; seq++) store.commit([appendOf("a", seq), appendOf("b", seq)]);
    // What a crash leaves: the file as it is and its WAL.
    const crashed = (name: string, walBytes: number): LogStore => {
      mkdirSync(join(folder, name));
      const copy = join(folder, name, "theater.db");
      copyFileSync(path, copy);
      copyFileSync(`${path}-wal`, `${copy}-wal`);
      truncateSync(`${copy}-wal`, walBytes);
      return openLog(copy);
    };
    const { size } = statSync(`${path}-wal`);
    const whole = crashed("whole", size);
    deepEqual(snapshot(whole), snapshot(store));
    whole.close();
    for (let cut = 1; cut < 20; cut++) {
      const torn = crashed(`torn-${cut}`, size - cut * 1000);
      const lengths = torn.actors().map((actor) => actor.size);
      equal(lengths[0], lengths[1]);
      ok((lengths[0] ?? 0) < 30, `${cut * 1000} bytes were cut off and nothing is gone`);
      equal([...torn.records("a")].length, lengths[0]);
      torn.close();
    }
    store.close();
  }));

test("views show people what the bytes say", () =>
  inFolder((_folder, path) => {
    const store = openLog(path);
    const time = Date.UTC(2026, 0, 2, 3, 4, 5, 67);
    const entry = (seq: number, fields: object, parts: Parameters<typeof appendOf>[2] = {}) =>
      appendOf("teller", seq, { ...parts, text: JSON.stringify({ v: 1, seq, time, ...fields }) });
    const derivable = { status: "derivable" } as const;
    store.commit([
      createOf("teller"),
      entry(0, { kind: "keyframe", turn: 0 }, { parts: ["null", "{}", "{}", "{}"] }),
      entry(1, { kind: "receive", turn: 1, type: "request", from: "outside", keyed: true }, {
        parts: ['{"add":1}', "k1"],
      }),
      entry(2, { kind: "call", turn: 1, call: 0, function: "theater:host/log#write", outcome: "returned" }, {
        parts: ['["info","é"]', "null"],
      }),
      entry(3, { kind: "return", turn: 1, outcome: "ok", calls: 1 }, { parts: [derivable, '{"sum":1}'] }),
      entry(4, { kind: "receive", turn: 2, type: "send", from: "bank", keyed: false }, {
        parts: ['{"add":-9}'],
      }),
      entry(5, { kind: "return", turn: 2, outcome: "err", calls: 0 }, { parts: ["overdrawn"] }),
      entry(6, { kind: "receive", turn: 3, type: "send", from: "bank", keyed: false }, { parts: ["{}"] }),
      entry(7, { kind: "trap", turn: 3, code: "unreachable" }, { parts: ["it fell"] }),
      entry(8, { kind: "receive", turn: 4, type: "send", from: "bank", keyed: false }, { parts: ["{}"] }),
      { write: "state", address: "teller", seq: 3, bytes: bytesOf('{"total":1}') },
    ]);
    store.close();
    const database = openDatabase(path, { readOnly: true });
    const rows = (sql: string) => database.prepare(sql).all().map((row) => Object.values(row));
    deepEqual(rows("SELECT address, entries, status, waiting, timers FROM actors"), [[
      "teller",
      9,
      "running",
      0,
      0,
    ]]);
    deepEqual(rows("SELECT seq, turn, call, function, outcome, arguments, result, body FROM calls"), [
      [2, 1, 0, "theater:host/log#write", "returned", '["info","é"]', "null", null],
    ]);
    deepEqual(rows('SELECT seq, turn, type, "from", body, key, outcome, response, reason FROM messages'), [
      [1, 1, "request", "outside", '{"add":1}', "k1", "ok", '{"sum":1}', null],
      [4, 2, "send", "bank", '{"add":-9}', null, "err", null, "overdrawn"],
      [6, 3, "send", "bank", "{}", null, "trap", null, "it fell"],
      [8, 4, "send", "bank", "{}", null, null, null, null],
    ]);
    deepEqual(rows("SELECT seq, state FROM states"), [[0, "null"], [3, '{"total":1}']]);
    deepEqual(rows("SELECT kind, time, parts FROM entries WHERE seq IN (3, 7)"), [
      ["return", "2026-01-02T03:04:05.067Z", "dp"],
      ["trap", "2026-01-02T03:04:05.067Z", "p"],
    ]);
    deepEqual(rows("SELECT reason FROM entries WHERE kind = 'trap'"), [["unreachable"]]);
    database.close();
  }));
