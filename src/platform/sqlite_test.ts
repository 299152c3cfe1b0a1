import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type Database, DatabaseError, type DatabaseFaultCode, openDatabase } from "./sqlite.ts";

function inFolder(run: (path: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "theater-sqlite-"));
  try {
    run(join(folder, "t.db"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function withTable(path: string): Database {
  const database = openDatabase(path);
  database.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, x ANY) STRICT");
  return database;
}

test("values come back as they went in", () => {
  const database = withTable(":memory:");
  const values = [
    null,
    0,
    -1,
    Number.MAX_SAFE_INTEGER,
    1.5,
    "",
    "é😀",
    new Uint8Array(0),
    Uint8Array.of(0, 255),
  ];
  const insert = database.prepare("INSERT INTO t (x) VALUES (?)");
  for (const [i, value] of values.entries()) equal(Number(insert.run(value).lastInsertRowid), i + 1);
  deepEqual(database.prepare("SELECT x FROM t ORDER BY id").all().map(({ x }) => x), values);
  equal(database.prepare("SELECT x FROM t WHERE id = ?").get(99), undefined);
  database.close();
  database.close();
});

test("integers past 2^53 are refused both ways, unless asked for", () => {
  const database = withTable(":memory:");
  const insert = database.prepare("INSERT INTO t (x) VALUES (?)");
  throws(() => insert.run(2 ** 53), RangeError);
  insert.run(2n ** 53n + 1n);
  throws(() => database.prepare("SELECT x FROM t").all(), RangeError);
  deepEqual(database.prepare("SELECT x FROM t", { bigints: true }).all().map(({ x }) => x), [2n ** 53n + 1n]);
  database.close();
});

test("a text with a NUL is refused, as it would come back short", () => {
  const database = withTable(":memory:");
  throws(() => database.prepare("INSERT INTO t (x) VALUES (?)").run("a\0b"), RangeError);
  database.close();
});

test("a transaction is all or nothing, and its failure is passed on", () => {
  const database = withTable(":memory:");
  const insert = database.prepare("INSERT INTO t VALUES (?, 1)");
  const count = () => database.prepare("SELECT count(*) AS n FROM t").get()?.["n"];
  equal(database.transaction(() => (insert.run(1), insert.run(2), "done")), "done");
  const failure = new Error("mine");
  throws(() =>
    database.transaction(() => {
      insert.run(3);
      throw failure;
    }), (error) => error === failure);
  throws(() =>
    database.transaction(() => {
      insert.run(4);
      insert.run(1);
    }), DatabaseError);
  equal(count(), 2);
  database.transaction(() => insert.run(3));
  equal(count(), 3);
  database.close();
});

const faults: readonly (readonly [string, DatabaseFaultCode, (path: string) => void])[] = [
  ["a folder that is not there", "cannot_open", (path) => openDatabase(join(path, "no", "t.db"))],
  ["a file that is not there, to be read", "cannot_open", (path) => openDatabase(path, { readOnly: true })],
  ["text", "not_a_database", (path) => {
    writeFileSync(path, "once upon a time ".repeat(100));
    openDatabase(path).prepare("SELECT * FROM sqlite_schema").all();
  }],
  ["a write to what is open for reading", "read_only", (path) => {
    withTable(path).close();
    openDatabase(path, { readOnly: true }).prepare("INSERT INTO t VALUES (1, 1)").run();
  }],
  ["a table that is full", "full", (path) => {
    const database = withTable(path);
    database.exec("PRAGMA max_page_count = 3");
    database.prepare("INSERT INTO t VALUES (1, zeroblob(100000))").run();
  }],
  ["a lock of another", "busy", (path) => {
    withTable(path).exec("BEGIN IMMEDIATE");
    openDatabase(path).exec("BEGIN IMMEDIATE");
  }],
  ["a lock of another, in a transaction", "busy", (path) => {
    withTable(path).exec("BEGIN IMMEDIATE");
    openDatabase(path, { timeoutMs: 1 }).transaction(() => {});
  }],
  ["a key that is there", "constraint", (path) => {
    const insert = withTable(path).prepare("INSERT INTO t VALUES (1, 1)");
    insert.run();
    insert.run();
  }],
  [
    "a value of the wrong type",
    "constraint",
    (path) => withTable(path).prepare("INSERT INTO t VALUES ('x', 1)").run(),
  ],
  ["SQL that is none", "other", (path) => openDatabase(path).prepare("SELECTED")],
  ["a page that was overwritten", "damaged", (path) => {
    const database = withTable(path);
    for (let i = 0; i < 100; i++) database.prepare("INSERT INTO t (x) VALUES (zeroblob(500))").run();
    database.close();
    const file = openSync(path, "r+");
    for (let page = 2; page < 10; page++) writeSync(file, new Uint8Array(4096).fill(9), 0, 4096, page * 4096);
    closeSync(file);
    openDatabase(path).prepare("SELECT * FROM t").all();
  }],
];
for (const [what, code, run] of faults) {
  test(`${what} fails as ${code}`, () =>
    inFolder((path) =>
      throws(() => run(path), (error) => {
        ok(error instanceof DatabaseError, String(error));
        equal(error.fault.code, code, error.message);
        ok(error.fault.path.startsWith(path));
        return true;
      })
    ));
}

test("an untrusted database runs no code of its schema", () =>
  inFolder((path) => {
    const database = withTable(path);
    database.exec("CREATE VIEW v AS SELECT writefile('x', 'y')");
    database.close();
    const untrusted = openDatabase(path, { untrusted: true });
    throws(
      () => untrusted.exec("PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'x'"),
      DatabaseError,
    );
    equal(untrusted.prepare("PRAGMA trusted_schema").get()?.["trusted_schema"], 0);
    untrusted.close();
  }));

test("an immutable database is read without a file beside it", () =>
  inFolder((path) => {
    const database = withTable(path);
    database.exec("PRAGMA journal_mode = WAL; INSERT INTO t VALUES (1, 2)");
    database.close();
    const immutable = openDatabase(path, { readOnly: true, immutable: true });
    equal(immutable.prepare("SELECT x FROM t").get()?.["x"], 2);
    throws(() => openSync(`${path}-shm`, "r"));
    immutable.close();
  }));
