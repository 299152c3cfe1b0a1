/** Recordings of released versions: each must replay here, whatever it was recorded on. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { replayLog } from "../../src/cli/replay_log.ts";
import { sha256Hex } from "../../src/codec/mod.ts";
import { openDatabase } from "../../src/platform/mod.ts";
import { openEvidence, openLogReader } from "../../src/store/mod.ts";
import { verify } from "../../src/verify/mod.ts";
import { goldenRecordings } from "../../tools/record_golden.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const scriptComponent = readFileSync(join(here, "../../src/script/script_component.wasm"));
const temporary = mkdtempSync(join(tmpdir(), "theater-recordings-"));
process.on("exit", () => rmSync(temporary, { recursive: true, force: true }));

/** The bytes of a component that recordings leave out. */
function componentBytes(sha256: string): Uint8Array {
  if (sha256Hex(scriptComponent) === sha256) return scriptComponent;
  const path = join(here, "components", `${sha256}.wasm`);
  ok(existsSync(path), `${path} is not there: the script component of a recording must be kept`);
  return readFileSync(path);
}

/** Unpacks a recording and puts the component back that was left out. */
function unpack(file: string): string {
  const path = join(temporary, file.replace(/\.gz$/, ""));
  writeFileSync(path, gunzipSync(readFileSync(join(here, file))));
  const database = openDatabase(path);
  const named = database.prepare<{ component: string }>(
    `SELECT DISTINCT json_extract(CAST(part_1 AS TEXT), '$.component') AS component FROM entry
     WHERE json_extract(entry, '$.kind') = 'keyframe'`,
  ).all();
  const there = database.prepare("SELECT 1 FROM blob WHERE sha256 = ?");
  for (const { component } of named) {
    if (there.get(component) !== undefined) continue;
    database.prepare("INSERT INTO blob (sha256, bytes) VALUES (?, ?)").run(
      component,
      componentBytes(component),
    );
  }
  database.close();
  return path;
}

test("there are recordings of both engines", () => {
  const engines = new Set(goldenRecordings().map(({ engine }) => engine.replace(/ .*/, "")));
  deepEqual([...engines].sort(), ["javascriptcore", "v8"]);
});

for (const { file, engine, turns, heads } of goldenRecordings()) {
  test(`${file}, recorded on ${engine}, replays to its recorded heads`, { timeout: 120_000 }, async () => {
    const path = unpack(file);
    const evidence = openEvidence(path);
    const { verdict } = verify(evidence);
    evidence.close();
    equal(verdict.exit, 0, JSON.stringify(verdict.levels.flatMap((level) => level.faults)));
    const reader = openLogReader(path);
    try {
      deepEqual(Object.fromEntries(reader.actors().map(({ address, head }) => [address, head])), heads);
      const chains = await replayLog(reader);
      deepEqual(chains.flatMap((chain) => chain.divergences), []);
      deepEqual(chains.flatMap((chain) => chain.passedOver), []);
      equal(chains.reduce((sum, { reproduced }) => sum + reproduced, 0), turns);
    } finally {
      reader.close();
    }
  });
}
