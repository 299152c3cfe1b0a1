/**
 * Records a run in which everything occurs, and keeps it in `tests/recordings`
 * for all later versions to replay; under either runtime, once a release:
 *
 *     deno run -A --no-prompt tools/record_golden.ts
 *     bun tools/record_golden.ts
 *
 * A blob of more than 64 kB is left out, as it stands in the repository already:
 * see `tests/recordings/README.md`.
 *
 * @module
 */

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { openDatabase, runtime } from "../src/platform/mod.ts";
import { replayBehaviour, theaterVersion } from "../src/runtime/mod.ts";
import { openLogReader } from "../src/store/mod.ts";
import { recordEverything } from "../tests/system/record_everything.ts";

/** What is known of a recording apart from itself. */
export interface GoldenRecording {
  readonly file: string;
  readonly theater: string;
  readonly engine: string;
  /** Number in `docs/replay-behaviour.md`. */
  readonly behaviour: number;
  readonly turns: number;
  /** Chain hash of the last entry of each chain. */
  readonly heads: Readonly<Record<string, string>>;
}

const folder = fileURLToPath(new URL("../tests/recordings/", import.meta.url));
const listPath = join(folder, "recordings.json");
const blobBytesMax = 64 * 1024;

/** All recordings that are kept. */
export function goldenRecordings(): readonly GoldenRecording[] {
  return existsSync(listPath) ? JSON.parse(readFileSync(listPath, "utf8")) : [];
}

async function record(): Promise<void> {
  const temporary = mkdtempSync(join(tmpdir(), "theater-golden-"));
  try {
    await recordEverything(temporary);
    const path = join(temporary, ".theater", "theater.db");
    const database = openDatabase(path);
    database.prepare("DELETE FROM blob WHERE length(bytes) > ?").run(blobBytesMax);
    database.exec("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)");
    database.close();
    const file = `${theaterVersion}-${runtime.name}.db.gz`;
    writeFileSync(join(folder, file), gzipSync(readFileSync(path), { level: 9 }));
    const reader = openLogReader(path);
    const actors = reader.actors();
    reader.close();
    const recording: GoldenRecording = {
      file,
      theater: theaterVersion,
      engine: `${runtime.engine} ${runtime.engineVersion}`,
      behaviour: replayBehaviour,
      turns: actors.reduce((sum, { turns }) => sum + turns, 0),
      heads: Object.fromEntries(actors.map(({ address, head }) => [address, head])),
    };
    const others = goldenRecordings().filter((each) => each.file !== file);
    const all = [...others, recording].sort((a, b) => (a.file < b.file ? -1 : 1));
    writeFileSync(listPath, `${JSON.stringify(all, undefined, 2)}\n`);
    console.log(`${file}: ${recording.turns} turns`);
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

if (import.meta.main) await record();
