import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLogReader } from "./sqlite_reader.ts";
import { openLog } from "./sqlite_store.ts";
import { testStore } from "./store_conformance.ts";

testStore("sqlite", () => {
  const folder = mkdtempSync(join(tmpdir(), "theater-store-"));
  const path = join(folder, "theater.db");
  return {
    openLog: () => openLog(path),
    openLogReader: () => openLogReader(path),
    remove: () => rmSync(folder, { recursive: true }),
  };
});
