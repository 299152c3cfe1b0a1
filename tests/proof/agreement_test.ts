/**
 * The checker in Python, which shares no code with Theater, says the same of
 * bundles, whole and damaged.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import process from "node:process";
import { test } from "node:test";
import { deepEqual, equal } from "node:assert/strict";
import { openDatabase } from "../../src/platform/mod.ts";
import { openEvidence, StoreError } from "../../src/store/mod.ts";
import { EvidenceError, verify } from "../../src/verify/mod.ts";
import { writeSmallBundle } from "./evidence_log.ts";
import { seededRandom } from "../../src/chain/testing_chain.ts";

const checker = fileURLToPath(new URL("../conformance", import.meta.url));
const hasPython = spawnSync("python3", ["--version"]).status === 0;

/** What Theater says: an exit code. */
function theaterSays(path: string): number {
  try {
    const evidence = openEvidence(path);
    const { verdict } = verify(evidence);
    evidence.close();
    return verdict.exit;
  } catch (error) {
    if (error instanceof StoreError || error instanceof EvidenceError) return 2;
    throw error;
  }
}

/** What the other checker says of many files at once. */
function pythonSays(paths: readonly string[]): { code: number; said: string }[] {
  const program =
    "import sys,io,contextlib,json\nsys.path.insert(0, sys.argv[1])\nimport theater_check\nfound = []\n" +
    "for path in sys.argv[2:]:\n out = io.StringIO()\n with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):\n" +
    "  code = theater_check.main(['', path])\n found.append({'code': code, 'said': out.getvalue()})\nprint(json.dumps(found))";
  const { stdout, stderr } = spawnSync("python3", ["-c", program, checker, ...paths], { maxBuffer: 1 << 26 });
  if (stdout.length === 0) throw new Error(String(stderr));
  return JSON.parse(String(stdout));
}

const columns: readonly (readonly [table: string, column: string])[] = [
  ["entry", "entry"],
  ["entry", "status"],
  ["entry", "salts"],
  ["entry", "part_0"],
  ["entry", "part_1"],
  ["entry", "part_2"],
  ["entry", "part_3"],
  ["pruned", "hash"],
  ["seal", "root"],
  ["checkpoint", "note"],
  ["blob", "bytes"],
  ["blob", "sha256"],
  ["actor", "address"],
  ["actor", "origin"],
  ["actor", "head"],
  ["log", "node"],
  ["state", "bytes"],
];

test(
  "both checkers say the same of a bundle and of its mutants",
  { skip: !hasPython, timeout: 300_000 },
  () => {
    const seed = Number(process.env["THEATER_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
    const random = seededRandom(seed);
    const folder = mkdtempSync(join(tmpdir(), "theater-agreement-"));
    try {
      const whole = join(folder, "whole.db");
      writeSmallBundle(whole);
      const paths = [whole];
      const names = ["whole"];
      for (let i = 0; i < 150; i++) {
        const path = join(folder, `${i}.db`);
        copyFileSync(whole, path);
        names.push(mutate(path, random));
        paths.push(path);
      }
      const said = pythonSays(paths);
      equal(said[0]?.code, 0, said[0]?.said);
      const differences = paths.flatMap((path, i) => {
        const theater = theaterSays(path);
        return theater === said[i]?.code ? [] : [`${names[i]}: theater ${theater}, python ${said[i]?.said}`];
      });
      deepEqual(differences, [], `seed ${seed}: ${differences.join("\n")}`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

/** Changes one byte, or takes a row away, somewhere. @returns what was done */
function mutate(path: string, random: () => number): string {
  const below = (n: number) => Math.floor(random() * n);
  const database = openDatabase(path);
  try {
    database.exec("PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF");
    if (below(8) === 0) {
      const table = ["entry", "pruned", "seal", "checkpoint", "blob", "actor"][below(6)] ?? "entry";
      const count = Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.["n"]);
      const at = below(count);
      const sql = table === "pruned"
        ? `DELETE FROM pruned WHERE seq = (SELECT seq FROM pruned LIMIT 1 OFFSET ${at})`
        : `DELETE FROM ${table} WHERE rowid = (SELECT rowid FROM ${table} LIMIT 1 OFFSET ${at})`;
      database.exec(sql);
      return sql;
    }
    for (;;) {
      const [table, column] = columns[below(columns.length)] ?? ["entry", "entry"];
      const rows = database.prepare(`SELECT * FROM ${table}`).all();
      const row = rows[below(rows.length)];
      const value = row?.[column];
      if (row === undefined || typeof value !== "string" && !(value instanceof Uint8Array)) continue;
      const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value.slice();
      if (bytes.length === 0) continue;
      const at = below(bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ 1 << below(8);
      const put = typeof value === "string" ? "CAST(? AS TEXT)" : "?";
      database.prepare(`UPDATE ${table} SET ${column} = ${put} WHERE ${column} = ?`).run(bytes, value);
      return `${table}.${column} byte ${at} of ${JSON.stringify(Object.values(row)[0])}`;
    }
  } finally {
    database.close();
  }
}
