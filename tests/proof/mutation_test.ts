/**
 * Every byte of the evidence of a small bundle flipped, every row dropped,
 * doubled and swapped: none of it may verify with the same claims.
 *
 * @module
 */

import { test } from "node:test";
import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseVerifierKey } from "../../src/note/mod.ts";
import { type Database, openDatabase } from "../../src/platform/mod.ts";
import { createBundle, StoreError } from "../../src/store/mod.ts";
import { createEvidence } from "../../src/store/evidence.ts";
import { EvidenceError, verify } from "../../src/verify/mod.ts";
import {
  beginActor,
  beginSample,
  node,
  signerOf,
  vkeyOf,
  writeSmallBundle,
  writeTurns,
} from "./evidence_log.ts";

/** What the judge says: all of it, or that the file cannot be checked. */
type Outcome = { readonly exit: number; readonly claims: string };

const trust = { keys: [parseVerifierKey(vkeyOf(1))] };

function judge(database: Database): Outcome {
  try {
    const { verdict } = verify(createEvidence(database), trust);
    return { exit: verdict.exit, claims: JSON.stringify(verdict) };
  } catch (error) {
    if (error instanceof StoreError || error instanceof EvidenceError) {
      return { exit: 2, claims: error.message };
    }
    throw error;
  }
}

/** A bundle that is changed and changed back. */
interface Patient {
  readonly database: Database;
  readonly whole: Outcome;
  /** What the judge says after `change`, which is taken back. */
  after(change: () => void): Outcome;
}

function withBundle(write: (path: string) => void, use: (patient: Patient) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "theater-mutation-"));
  try {
    const path = join(folder, "bundle.db");
    write(path);
    const database = openDatabase(path);
    // What a stranger can write: rows that our own writer could not.
    database.exec(
      "PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF",
    );
    const whole = judge(database);
    const after = (change: () => void) => {
      database.exec("SAVEPOINT mutant");
      change();
      const outcome = judge(database);
      database.exec("ROLLBACK TO mutant; RELEASE mutant");
      return outcome;
    };
    use({ database, whole, after });
    deepEqual(judge(database), whole, "the bundle is what it was");
    database.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What evidence there is: tables, what tells their rows, and the columns that are hashed or signed. */
const evidence: readonly { readonly table: string; readonly columns: readonly string[] }[] = [
  { table: "log", columns: ["node", "kind"] },
  { table: "actor", columns: ["address", "origin", "head"] },
  { table: "entry", columns: ["entry", "status", "salts", "part_0", "part_1", "part_2", "part_3"] },
  { table: "pruned", columns: ["hash"] },
  { table: "seal", columns: ["root"] },
  { table: "tile", columns: ["hashes"] },
  { table: "leaf", columns: ["hash"] },
  { table: "checkpoint", columns: ["note"] },
  { table: "blob", columns: ["sha256", "bytes"] },
  { table: "state", columns: ["bytes"] },
];

const rowsOf = (database: Database, table: string) =>
  database.prepare(`SELECT * FROM ${table}`).all().map((row) => ({ ...row }));

/** The WHERE that finds a row by its key. */
const keys: Readonly<Record<string, readonly string[]>> = {
  log: ["id"],
  actor: ["id"],
  entry: ["id"],
  pruned: ["actor", "seq"],
  seal: ["idx"],
  tile: ["tree", "level", "idx"],
  leaf: ["idx"],
  checkpoint: ["size"],
  blob: ["sha256"],
  state: ["actor"],
};
const where = (table: string) => (keys[table] ?? []).map((key) => `${key} = ?`).join(" AND ");

test("every byte of the evidence that is flipped is found", { timeout: 600_000 }, () => {
  withBundle(writeSmallBundle, ({ database, whole, after }) => {
    equal(whole.exit, 0, whole.claims);
    let mutants = 0;
    let uncovered = 0;
    const survivors: string[] = [];
    for (const { table, columns } of evidence) {
      for (const row of rowsOf(database, table)) {
        for (const column of columns) {
          const value = row[column];
          if (value === null || value === undefined) continue;
          const isText = typeof value === "string";
          const bytes = isText ? new TextEncoder().encode(value) : value as Uint8Array;
          const put = database.prepare(
            `UPDATE ${table} SET ${column} = ${isText ? "CAST(? AS TEXT)" : "?"} WHERE ${where(table)}`,
          );
          for (let at = 0; at < bytes.length; at++) {
            const flipped = bytes.slice();
            flipped[at] = flipped[at]! ^ 1 << (at + mutants) % 8;
            const outcome = after(() =>
              put.run(flipped, ...(keys[table] ?? []).map((key) => row[key] ?? null))
            );
            mutants += 1;
            if (outcome.exit !== 0) continue;
            // The salt of a state that is not kept: the verdict says that replay was not asked to give it back.
            if (column === "salts" && String(row["status"])[Math.floor(at / 16)] === "d") uncovered += 1;
            else {survivors.push(
                `${table}.${column} byte ${at} of ${JSON.stringify(row[keys[table]?.[0] ?? ""])}`,
              );}
          }
        }
      }
    }
    console.log(
      `flipped: ${mutants} mutants, ${survivors.length} survivors, ${uncovered} in salts of states not replayed`,
    );
    deepEqual(survivors, []);
    equal(uncovered, 16);
    ok(mutants > 10_000);
  });
});

test("every row that is dropped, doubled or swapped is found", { timeout: 600_000 }, () => {
  withBundle(writeSmallBundle, ({ database, whole, after }) => {
    let mutants = 0;
    let otherClaims = 0;
    const survivors: string[] = [];
    const check = (name: string, change: () => void) => {
      const { exit, claims } = after(change);
      mutants += 1;
      if (exit !== 0) return;
      if (claims === whole.claims) survivors.push(name);
      else otherClaims += 1;
    };
    for (const { table } of evidence) {
      const rows = rowsOf(database, table);
      if (rows.length === 0) continue;
      const names = Object.keys(rows[0] ?? {});
      const own = keys[table] ?? [];
      const place = table === "entry" ? ["id", "actor", "seq"] : own;
      const key = (row: Record<string, unknown>) => own.map((name) => row[name] as number | string);
      const insert = database.prepare(
        `INSERT INTO ${table} (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`,
      );
      const remove = database.prepare(`DELETE FROM ${table} WHERE ${where(table)}`);
      for (const [i, row] of rows.entries()) {
        // A state that is kept whole is no evidence: it can be left out.
        if (table !== "state") check(`drop ${table} ${key(row)}`, () => remove.run(...key(row)));
        // Doubled under the next free place, at the end and in every other chain.
        for (const [name, value] of Object.entries(nextPlaces(database, table))) {
          const copy: Record<string, unknown> = { ...row, ...(table === "entry" ? { id: 1000 } : {}) };
          copy[name] = value;
          if (table === "blob" || table === "log" || table === "state" || table === "actor") continue;
          check(
            `double ${table} ${key(row)} as ${name} ${value}`,
            () => insert.run(...names.map((each) => copy[each] as string)),
          );
        }
        // Swapped with each that follows: all but the place.
        for (const other of rows.slice(i + 1)) {
          const content = names.filter((name) => !place.includes(name));
          if (content.every((name) => String(row[name]) === String(other[name]))) continue;
          check(`swap ${table} ${key(row)} and ${key(other)}`, () => {
            remove.run(...key(row));
            remove.run(...key(other));
            const put = (from: Record<string, unknown>, to: Record<string, unknown>) =>
              insert.run(...names.map((name) => (place.includes(name) ? to[name] : from[name]) as string));
            put(row, other);
            put(other, row);
          });
        }
      }
    }
    console.log(
      `rows: ${mutants} mutants, ${survivors.length} survivors, ${otherClaims} verified with other claims`,
    );
    deepEqual(survivors, []);
    ok(mutants > 500);
  });
});

/** Places behind the last row of a table, by the column that says so. */
function nextPlaces(database: Database, table: string): Readonly<Record<string, number>> {
  const next = (column: string) =>
    Number(database.prepare(`SELECT max(${column}) + 1 AS next FROM ${table}`).get()?.["next"]);
  switch (table) {
    case "entry":
    case "pruned":
      return { seq: next("seq"), actor: 99 };
    case "seal":
    case "leaf":
      return { idx: next("idx") };
    case "tile":
      return { idx: next("idx"), level: 1 };
    case "checkpoint":
      return { size: next("size") };
    default:
      return { none: 0 };
  }
}

test("parts that change places, and statuses that lie, are found", () => {
  withBundle(writeSmallBundle, ({ database, whole, after }) => {
    const survivors: string[] = [];
    for (const row of rowsOf(database, "entry")) {
      const status = String(row["status"]);
      for (const [i, letter] of [...status].entries()) {
        for (const other of "pdwex") {
          if (other === letter) continue;
          const lie = status.slice(0, i) + other + status.slice(i + 1);
          const bare = after(() =>
            database.prepare("UPDATE entry SET status = ? WHERE id = ?").run(lie, row["id"]!)
          );
          const withoutBytes = after(() => {
            const salts = (row["salts"] as Uint8Array).slice();
            if (other !== "d") salts.fill(0, 16 * i, 16 * i + 16);
            database.prepare(`UPDATE entry SET status = ?, salts = ?, part_${i} = NULL WHERE id = ?`)
              .run(lie, salts, row["id"]!);
          });
          // A bundle may withhold, a state may be derivable; then the verdict says so.
          for (const outcome of [bare, withoutBytes]) {
            if (outcome.exit === 0 && outcome.claims === whole.claims) survivors.push(`${row["id"]} ${lie}`);
          }
          if (other === "e") notEqual(withoutBytes.exit, 0, `entry ${row["id"]} ${lie}`);
        }
      }
    }
    deepEqual(survivors, []);
  });
});

test("tiles that are flipped, dropped, moved or added are found", () => {
  const write = (path: string) => {
    const store = createBundle(path, { node, createdMs: 0 });
    const sample = beginSample(store);
    const own = sample.chain(".node");
    own.write({ kind: "genesis", origin: `${node}/.node` }, '{"theater":"0.1.0"}');
    own.write({ kind: "key", key: vkeyOf(1), since: 0 }, '{"theater":"0.1.0"}');
    const chain = sample.chain("counter");
    store.commit([{
      write: "blob",
      sha256: sha256OfComponent,
      bytes: new TextEncoder().encode("component"),
    }]);
    writeTurns(chain, beginActor(chain, node), 128);
    sample.seal(signerOf(1));
    store.close();
  };
  withBundle(write, ({ database, whole, after }) => {
    equal(whole.exit, 0, whole.claims);
    const tile = database.prepare("SELECT hashes FROM tile").get()?.["hashes"] as Uint8Array;
    const put = database.prepare("UPDATE tile SET hashes = ?");
    for (let at = 0; at < tile.length; at += 487) { // All of them: see checked_tree_test.ts
      const flipped = tile.slice();
      flipped[at]! ^= 1;
      equal(after(() => put.run(flipped)).exit, 1, `byte ${at}`);
    }
    equal(after(() => database.exec("DELETE FROM tile")).exit, 1);
    equal(after(() => database.exec("UPDATE tile SET tree = 0")).exit, 1);
    equal(after(() => database.exec("INSERT INTO tile SELECT tree, 1, 0, hashes FROM tile")).exit, 1);
    equal(after(() => database.exec("INSERT INTO tile SELECT 77, 0, 0, hashes FROM tile")).exit, 1);
  });
});

const sha256OfComponent = "6985ca1f4daa5a584a28eae043a239cb96689af1337ea13afb63e00c2bf512fa";
