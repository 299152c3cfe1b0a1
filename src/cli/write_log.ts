import type { WritePorts } from "../bundle/mod.ts";
import { cacheFolder, randomBytes } from "../platform/mod.ts";
import type { LogStore } from "../store/mod.ts";
import { chooseLog } from "./read_log.ts";

/**
 * Opens a log that nobody else has open, hands it to `use`, and closes it again.
 * What an earlier process left half done is finished first.
 *
 * @param db as given with `--db`
 * @throws {StoreError} `in_use` when a house has it open
 */
export async function writeLog<T>(
  db: string | undefined,
  folder: string,
  use: (store: LogStore, path: string) => T | Promise<T>,
): Promise<T> {
  const path = await chooseLog(db, folder);
  const [{ openLog }, { finishErasures }] = await Promise.all([
    import("../store/mod.ts"),
    import("../bundle/mod.ts"),
  ]);
  const store = openLog(path);
  try {
    finishErasures(store, path);
    return await use(store, path);
  } finally {
    store.close();
  }
}

/** What it takes to write to a log, with the machinery that runs turns again. Loaded only when needed. */
export async function withWritePorts<T>(
  nowMs: () => number,
  use: (ports: WritePorts) => Promise<T>,
): Promise<T> {
  const [{ createLoader, recordedSetup }, { startReplaying }] = await Promise.all([
    import("../runtime/mod.ts"),
    import("../worker/mod.ts"),
  ]);
  const load = createLoader(cacheFolder());
  return await use({
    replay: {
      start: startReplaying,
      load: (log, actor, keyframe) => recordedSetup(log, actor, keyframe, load),
    },
    nowMs,
    salt: () => randomBytes(16),
  });
}
