import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { openDatabase } from "../platform/mod.ts";
import { migrate } from "./schema.ts";
import { openLogReader } from "./sqlite_reader.ts";
import { createBundle, openLog } from "./sqlite_store.ts";
import { StoreError, type StoreFault } from "./store_error.ts";
import { openEvidence } from "./evidence.ts";
import type { LogReader } from "./store.ts";
import { appendOf, createOf, hashOf, replyOf, requestOf } from "./testing/writes.ts";

function inFolder(run: (folder: string, path: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "theater-schema-"));
  try {
    run(folder, join(folder, "theater.db"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function codeOf(work: () => unknown): StoreFault["code"] | "none" {
  try {
    work();
    return "none";
  } catch (error) {
    if (error instanceof StoreError) return error.fault.code;
    throw error;
  }
}

const node = `old~${"7".repeat(32)}`;

/** A log as version 1 left it, with one chain of three entries. */
function makeVersion1(path: string): void {
  const database = openDatabase(path);
  database.exec("PRAGMA journal_mode = WAL");
  database.transaction(() => {
    migrate(database, 1);
    database.prepare("INSERT INTO log VALUES (1, ?, ?)").run(node, 1_700_000_000_000);
    const texts = [0, 1, 2].map((seq) => appendOf("a", seq).text);
    const insert = database.prepare(
      "INSERT INTO entry (actor, seq, entry, status, salts, part_0) VALUES (1, ?, ?, 'p', zeroblob(16), x'00')",
    );
    database.prepare("INSERT INTO actor VALUES (1, 'a', ?, 3, ?, 1, 1, 100, 'resting')")
      .run(`${node}/a`, hashOf(texts[2] ?? ""));
    for (const [seq, text] of texts.entries()) insert.run(seq, text);
  });
  equal(database.prepare("PRAGMA user_version").get()?.["user_version"], 1);
  database.close();
}

test("a log of version 1 is refused by readers and brought up to date by the writer, with all it holds", () =>
  inFolder((_folder, path) => {
    makeVersion1(path);
    equal(codeOf(() => openLogReader(path)), "older_version");
    const store = openLog(path);
    equal(store.node, node);
    equal(store.kind, "log");
    deepEqual(
      [...store.entries("a")].map(({ text }) => text),
      [0, 1, 2].map((seq) => appendOf("a", seq).text),
    );
    store.commit([appendOf("a", 3), {
      write: "seal",
      index: 0,
      address: "a",
      size: 4,
      root: hashOf("root"),
    }]);
    store.close();
    const reader = openLogReader(path);
    equal(reader.sealed(), 1);
    reader.close();
  }));

/** A log as version 2 left it: two chains, and a message, a timer and a seal of one. */
function makeVersion2(path: string, kind: "log" | "bundle" = "log"): void {
  const database = openDatabase(path);
  database.transaction(() => {
    migrate(database, 2);
    database.prepare("INSERT INTO log VALUES (1, ?, ?, ?)").run(node, 1_700_000_000_000, kind);
    for (const [i, address] of ["a", "b"].entries()) {
      const { text } = appendOf(address, 0);
      database.prepare("INSERT INTO actor VALUES (?, ?, ?, 1, ?, 1, 1, 100, 'failed')")
        .run(i + 1, address, `${node}/${address}`, hashOf(text));
      database.prepare(
        "INSERT INTO entry (actor, seq, entry, status, salts, part_0) VALUES (?, 0, ?, 'p', zeroblob(16), x'00')",
      ).run(i + 1, text);
    }
    database.prepare(
      "INSERT INTO mail VALUES (7, 2, 'timer', 'b', x'31', zeroblob(16), ?, 5, ?, NULL, NULL, '9')",
    ).run(`${node}/b`, hashOf("x"));
    database.prepare("INSERT INTO timer VALUES (2, '9', 50, x'31', zeroblob(16), ?, 5, ?)")
      .run(`${node}/b`, hashOf("x"));
    database.prepare("INSERT INTO seal VALUES (0, 2, 1, ?)").run(hashOf("root"));
    database.exec("UPDATE writer SET mail_position = 7");
  });
  database.close();
}

test("a log of version 2 is read as it is, and brought up to date by the writer, with all it holds", () =>
  inFolder((_folder, path) => {
    makeVersion2(path);
    const tell = (reader: LogReader) => ({
      actors: reader.actors(),
      records: reader.actors().map(({ address }) => [...reader.records(address)]),
      mail: reader.mail("b"),
      timers: reader.timers(),
      seals: [...reader.seals()],
      requests: reader.requests(),
      restarts: reader.restarts("a"),
    });
    const reader = openLogReader(path);
    const before = tell(reader);
    equal(before.mail[0]?.timer, "9");
    reader.close();
    const evidence = openEvidence(path);
    equal(evidence.chains().length, 2);
    evidence.close();
    const store = openLog(path);
    deepEqual(tell(store), before);
    deepEqual(store.commit([{ write: "mail", address: "b", mail: replyOf("1", "5", "ok") }]), [8]);
    store.commit([
      { write: "status", address: "a", status: "asleep" },
      { write: "request", request: requestOf("a", "5", 10) },
      { write: "restart", restart: { supervisor: "a", child: "b", timeMs: 4 } },
    ]);
    store.close();
    const again = openLogReader(path);
    equal(again.actor("a")?.status, "asleep");
    deepEqual(again.mail("b").map(({ position }) => position), [7, 8]);
    deepEqual(again.requests(), [requestOf("a", "5", 10)]);
    again.close();
    const database = openDatabase(path);
    deepEqual(database.prepare("PRAGMA foreign_key_check").all(), []);
    database.close();
  }));

test("a bundle of version 2 stays one, and is read", () =>
  inFolder((_folder, path) => {
    makeVersion2(path, "bundle");
    equal(codeOf(() => openLog(path)), "bundle");
    const database = openDatabase(path);
    equal(database.prepare("PRAGMA user_version").get()?.["user_version"], 2);
    database.close();
    const reader = openLogReader(path);
    equal(reader.kind, "bundle");
    deepEqual(reader.requests("a"), []);
    reader.close();
  }));

test("every view can be read, of a log of any version", () =>
  inFolder((folder, path) => {
    makeVersion1(path);
    makeVersion2(join(folder, "two.db"));
    for (const each of [path, join(folder, "two.db"), join(folder, "new.db")]) {
      openLog(each).close();
      const database = openDatabase(each);
      const views = database.prepare<{ name: string }>("SELECT name FROM sqlite_schema WHERE type = 'view'")
        .all();
      deepEqual(
        views.map(({ name }) => name).sort(),
        ["actors", "calls", "entries", "messages", "seals", "states", "supervision"],
      );
      for (const { name } of views) database.prepare(`SELECT * FROM ${name}`).all();
      database.close();
    }
  }));

test("a log of version 1 with tables that are not its own is refused before anything is run on it", () =>
  inFolder((_folder, path) => {
    makeVersion1(path);
    const database = openDatabase(path);
    database.exec("CREATE TRIGGER t AFTER INSERT ON entry BEGIN DELETE FROM mail; END");
    database.close();
    equal(codeOf(() => openLog(path)), "damaged");
  }));

test("a bundle is one file of the log's schema, made once, read and never written to again", () =>
  inFolder((folder, path) => {
    const bundle = createBundle(path, { node, createdMs: 7 });
    equal(bundle.kind, "bundle");
    bundle.commit([createOf("a"), {
      write: "append-pruned",
      address: "a",
      seq: 0,
      hash: hashOf("x"),
      turns: 1,
    }]);
    bundle.commit([appendOf("a", 1)]);
    bundle.close();
    deepEqual(readdirSync(folder), ["theater.db"]);
    const reader = openLogReader(path);
    equal(reader.kind, "bundle");
    equal(reader.node, node);
    deepEqual([...reader.pruned("a")], [{ seq: 0, hash: hashOf("x") }]);
    equal(reader.actor("a")?.size, 2);
    reader.close();
    equal(codeOf(() => openLog(path)), "bundle");
    equal(codeOf(() => createBundle(path, { node, createdMs: 7 })), "exists");
    throws(() => createBundle(join(folder, "deep", "x.db"), { node: "no name", createdMs: 7 }), StoreError);
  }));

test("after scrub() nothing of what was erased or pruned is in the file or beside it", () =>
  inFolder((folder, path) => {
    const secret = "the eagle lands at midnight";
    const found = () =>
      readdirSync(folder).filter((name) => readFileSync(join(folder, name)).includes(secret));
    const store = openLog(path);
    store.commit([
      createOf("a"),
      ...[0, 1, 2].map((seq) => appendOf("a", seq, { parts: [`${secret} ${seq}`] })),
    ]);
    ok(found().length > 0);
    store.commit([
      { write: "erase-part", address: "a", seq: 0, part: 0 },
      { write: "prune", address: "a", seq: 1, hash: hashOf(appendOf("a", 1).text) },
      { write: "erase-part", address: "a", seq: 2, part: 0 },
    ]);
    store.scrub();
    deepEqual(found(), []);
    store.close();
    deepEqual(found(), []);
    ok(existsSync(path));
  }));
