/**
 * Records the first days of the bookshop, for `ledger_test.ts`: the accounts, the
 * first postings, some that are wrong, and the balances. Run it again when what
 * is recorded should be something else:
 *
 *     deno run -A --no-prompt examples/ledger/record.ts
 *     bun examples/ledger/record.ts
 *
 * What is said is the same every time; times and salts are new, so the file is another.
 *
 * @module
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { loadManifest, openLog, openLogReader, openTheater } from "../../mod.ts";
import { exportBundle } from "../../src/bundle/mod.ts";

/** How many lines of `postings.jsonl` are sent. */
const lines = 75;

const here = fileURLToPath(new URL("./", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "theater-ledger-"));
try {
  const log = join(folder, "log.db");
  const tree = await loadManifest(join(here, "theater.toml"), { readText: (path) => readFile(path, "utf8") });
  const theater = await openTheater({ tree, store: openLog(log, { nodeName: "bookshop" }) });
  const postings = readFileSync(join(here, "postings.jsonl"), "utf8").split("\n").slice(0, lines);
  const [last = "{}"] = postings.slice(-1);
  const wrong = [
    last.replace('"amount":', '"amount":1'), // Its lines do not add up.
    last.replace(/"account":"[^"]*"/, '"account":"asset:attic"'),
    '{"op":"close"}',
    "null",
  ];
  for (
    const body of [...postings, ...wrong, '{"op":"balance","account":"asset:cash"}', '{"op":"balances"}']
  ) {
    await theater.send({ to: theater.root, body, wait: "response" });
  }
  await theater.stop();
  const reader = openLogReader(log);
  const bundle = join(folder, "ledger.db");
  exportBundle(reader, bundle, { addresses: [theater.root], withhold: [], closure: false, force: false });
  reader.close();
  const packed = gzipSync(readFileSync(bundle), { level: 9 });
  writeFileSync(join(here, "ledger.db.gz"), packed);
  console.log(`ledger.db.gz: ${packed.length} bytes`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
