/**
 * Theater as a library: run actors from a manifest, and read what was recorded.
 *
 * The command line (`cli.ts`) is made of the same. Everything that is exported
 * here is documented in its room below `src/`; the format of a log is specified
 * in `docs/format/`.
 *
 * @example Run an actor and ask it something
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { loadManifest, openLog, openTheater } from "./mod.ts";
 *
 * const tree = await loadManifest("examples/hello/theater.toml", {
 *   readText: (path) => readFile(path, "utf8"),
 * });
 * const theater = await openTheater({ tree, store: openLog("hello.db") });
 * const answer = await theater.send({ to: theater.root, body: '{"name":"Ada"}', wait: "response" });
 * await theater.stop();
 * ```
 *
 * @example Check a log, entry by entry
 * ```ts
 * import { createChainChecker, openLogReader } from "./mod.ts";
 *
 * const log = openLogReader("hello.db");
 * for (const { address } of log.actors()) {
 *   const checker = createChainChecker();
 *   for (const { text } of log.entries(address)) checker.next(text);
 * }
 * log.close();
 * ```
 *
 * @example Test new code against what was recorded, in `deno test` or `bun test`
 * ```ts
 * import { test } from "node:test";
 * import { assertReplay, replay } from "./mod.ts";
 *
 * test("the new counter does what the old one did", async () => {
 *   assertReplay(await replay("bundle.db", { against: "counter.ts" }));
 * });
 * ```
 * @module
 */

export type { Answer } from "./src/actor/mod.ts";
export {
  ChainError,
  chainHash,
  commitPart,
  createChainChecker,
  type Entry,
  parseEntry,
  type PartRole,
  partRoles,
} from "./src/chain/mod.ts";
export { loadManifest, type Manifest, ManifestError, type ManifestTree } from "./src/manifest/mod.ts";
export {
  assertReplay,
  type FoundDifference,
  RegressionError,
  type RegressionFault,
  replay,
  ReplayAssertionError,
  type ReplayedActor,
  type ReplayedTurn,
  type ReplayOptions,
  type ReplayResult,
  type StaleDifference,
} from "./src/regression/mod.ts";
export {
  openTheater,
  type OutsideMessage,
  RuntimeError,
  type Theater,
  type TheaterOptions,
  theaterVersion,
} from "./src/runtime/mod.ts";
export {
  type ActorRow,
  type LogReader,
  type LogStore,
  openLog,
  openLogReader,
  type StoredEntry,
  type StoredPart,
  StoreError,
} from "./src/store/mod.ts";
