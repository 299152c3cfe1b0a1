/**
 * The ledger of today, held against what was recorded: `deno test -A examples/ledger`
 * or `bun test ./examples/ledger`. Change `ledger.ts` and see what this says.
 *
 * @module
 */

import { equal } from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { assertReplay, replay } from "../../mod.ts";

const here = fileURLToPath(new URL("./", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "theater-ledger-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const bundle = join(folder, "ledger.db");
writeFileSync(bundle, gunzipSync(readFileSync(join(here, "ledger.db.gz")))); // `record.ts` makes it.

test("the ledger does what it did when it was recorded", { timeout: 120_000 }, async () => {
  const result = await replay(bundle, { against: join(here, "ledger.ts") });
  assertReplay(result);
  equal(result.compared, result.turns);
});

test("a ledger that takes postings which do not add up is found out", { timeout: 120_000 }, async () => {
  const careless = readFileSync(join(here, "ledger.ts"), "utf8").replace("sum !== 0", "sum > 1e15");
  writeFileSync(join(folder, "careless.ts"), careless);
  const result = await replay(bundle, { against: join(folder, "careless.ts") });
  equal(result.verdict, "different");
  equal(result.counts.outcome, 1); // It was refused, and now it is not.
});
