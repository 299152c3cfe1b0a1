/**
 * Files of strangers: whatever their bytes are, opening and judging them ends
 * with a verdict or with an error that has a code.
 *
 * @module
 */

import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { equal, ok } from "node:assert/strict";
import { seededRandom } from "../../src/chain/testing_chain.ts";
import { openDatabase } from "../../src/platform/mod.ts";
import { openEvidence, StoreError } from "../../src/store/mod.ts";
import { EvidenceError, verify } from "../../src/verify/mod.ts";
import { writeSmallBundle } from "./evidence_log.ts";

/** An exit code, or the code of the error. Anything else that is thrown fails the test. */
function outcomeOf(path: string): string {
  try {
    const evidence = openEvidence(path);
    try {
      const { verdict } = verify(evidence);
      JSON.stringify(verdict);
      return `exit ${verdict.exit}`;
    } finally {
      evidence.close();
    }
  } catch (error) {
    if (error instanceof StoreError || error instanceof EvidenceError) return error.fault.code;
    throw error;
  }
}

function inFolder(work: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "theater-fuzz-"));
  try {
    work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const seed = Number(process.env["THEATER_SEED"] ?? Math.floor(Math.random() * 2 ** 31));

test(`files of random bytes are judged or refused (seed ${seed})`, () => {
  const random = seededRandom(seed);
  const below = (n: number) => Math.floor(random() * n);
  inFolder((folder) => {
    const whole = join(folder, "whole.db");
    writeSmallBundle(whole);
    const bytes = new Uint8Array(readFileSync(whole));
    const path = join(folder, "garbage.db");
    const outcomes = new Map<string, number>();
    for (let i = 0; i < 300; i++) {
      let garbage: Uint8Array;
      switch (i % 4) {
        case 0: // Nothing that SQLite would know.
          garbage = Uint8Array.from({ length: below(5000) }, () => below(256));
          break;
        case 1: // A bundle that was cut off.
          garbage = bytes.slice(0, below(bytes.length));
          break;
        case 2: // A bundle with a page of garbage.
          garbage = bytes.slice();
          garbage.set(Uint8Array.from({ length: 4096 }, () => below(256)), 4096 * below(bytes.length / 4096));
          break;
        default: // A bundle with a few bytes that are wrong, anywhere in the file.
          garbage = bytes.slice();
          for (let n = 0; n <= below(8); n++) garbage[below(garbage.length)] = below(256);
      }
      writeFileSync(path, garbage);
      let outcome: string;
      try {
        outcome = outcomeOf(path);
      } catch (error) {
        throw new Error(`seed ${seed}, file ${i}: ${error instanceof Error ? error.stack : error}`);
      }
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      if (i % 4 < 3 && garbage.length < bytes.length) {
        ok(outcome !== "exit 0", `seed ${seed}, file ${i} verified`);
      }
    }
    console.log(`seed ${seed}:`, Object.fromEntries([...outcomes].sort()));
    equal(outcomeOf(whole), "exit 0");
  });
});

/** What a stranger can do to a file with the sqlite3 shell, and what becomes of it. */
const hostile: readonly (readonly [sql: string, outcome: string])[] = [
  ["CREATE TRIGGER t AFTER INSERT ON entry BEGIN DELETE FROM entry; END", "damaged"],
  ["CREATE VIEW more AS SELECT load_extension('x')", "damaged"],
  ["CREATE TABLE more (x)", "damaged"],
  ["DROP VIEW states", "damaged"],
  ["ALTER TABLE entry ADD COLUMN more TEXT", "damaged"],
  ["PRAGMA user_version = 99", "newer_version"],
  ["PRAGMA user_version = 1", "damaged"],
  ["PRAGMA user_version = -7", "not_a_log"],
  ["PRAGMA application_id = 7", "not_a_log"],
  ["DELETE FROM log", "damaged"],
  ["UPDATE log SET node = 'x'", "exit 1"],
  ["UPDATE log SET kind = 'other'", "damaged"],
  ["UPDATE actor SET size = 9223372036854775807", "unreadable"],
  ["UPDATE entry SET seq = 9007199254740993 WHERE seq = 9", "exit 2"],
  ["UPDATE seal SET idx = 9007199254740993 WHERE idx = 6", "exit 2"],
  ["UPDATE entry SET entry = entry || char(0) || 'x' WHERE seq = 3", "exit 1"],
  ["UPDATE checkpoint SET note = note || char(0) || 'x'", "exit 1"],
  ["UPDATE entry SET part_0 = zeroblob(5000000) WHERE seq = 2", "exit 1"],
  ["UPDATE entry SET salts = CAST(salts || 'x' AS BLOB) WHERE seq = 3", "exit 1"],
  ["UPDATE entry SET salts = x'' WHERE status = 'de'", "exit 1"],
  ["UPDATE entry SET part_3 = x'00' WHERE seq = 0", "exit 1"],
  ["UPDATE entry SET status = '' WHERE seq = 0", "exit 1"],
  ["UPDATE entry SET status = status || 'p' WHERE seq = 0", "exit 1"],
  ["DELETE FROM entry", "exit 1"],
  ["DELETE FROM actor", "exit 1"],
  ["DELETE FROM seal; DELETE FROM checkpoint", "exit 2"],
  [
    "UPDATE entry SET entry = replace(entry, '\"v\":1', '\"v\":2') WHERE seq = 1; DELETE FROM seal; DELETE FROM pruned",
    "exit 1",
  ],
];

for (const [sql, outcome] of hostile) {
  test(`a bundle after "${sql.slice(0, 70)}" ends with ${outcome}`, () => {
    inFolder((folder) => {
      const path = join(folder, "hostile.db");
      writeSmallBundle(path);
      const database = openDatabase(path);
      database.exec(
        "PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF; PRAGMA journal_mode = DELETE",
      );
      database.exec(sql);
      database.close();
      equal(outcomeOf(path), outcome);
    });
  });
}

test("a folder, an empty file and no file at all are refused with a code", () => {
  inFolder((folder) => {
    const empty = join(folder, "empty.db");
    writeFileSync(empty, "");
    equal(outcomeOf(empty), "not_a_log");
    equal(outcomeOf(join(folder, "nothing.db")), "not_found");
    ok(["cannot_open", "io", "not_a_log"].includes(outcomeOf(folder)));
    const whole = join(folder, "whole.db");
    writeSmallBundle(whole);
    const copy = join(folder, "a name? with # and %20.db");
    copyFileSync(whole, copy);
    equal(outcomeOf(copy), "exit 0");
  });
});
