/**
 * The store: the log on disk, behind a port. It keeps what it is given, all of a
 * commit or nothing, and judges nothing about its meaning save that entries of a
 * chain follow each other.
 *
 * It trusts the disk no further than it must: a file is looked at before it is
 * used, and what is damaged, newer or not a log is refused with the reason.
 * Readers recompute hashes; nothing here is evidence. Layer L2.
 *
 * @example
 * ```ts
 * import { openLog, openLogReader } from "./src/store/mod.ts";
 *
 * const log = openLog("theater.db");
 * log.commit([{ write: "create", address: "counter", origin: `${log.node}/counter` }]);
 * log.close();
 * openLogReader("theater.db").actors(); // [{ address: "counter", size: 0, … }]
 * ```
 * @module
 */

export type {
  ActorRow,
  ActorStatus,
  CheckpointRow,
  EntryRange,
  KeyRow,
  LeafRow,
  LogKind,
  LogReader,
  LogStore,
  MailRow,
  PartStatus,
  PrunedRow,
  RequestRow,
  RestartRow,
  SealRow,
  StateRow,
  StoredCause,
  StoredEntry,
  StoredOutcome,
  StoredPart,
  StoredRecord,
  TimerRow,
  UnsealedRow,
  Write,
} from "./store.ts";
export { nodeTree, tileHashes } from "./store.ts";
export { type LogHolder, StoreError, type StoreFault } from "./store_error.ts";
export { type CommitQueue, createCommitQueue } from "./group_commit.ts";
export { createMemoryLog, type MemoryLog } from "./memory_store.ts";
export { takeWriterLock, type WriterLock } from "./writer_lock.ts";
export { schemaVersion } from "./schema.ts";
export { type OpenEvidence, openEvidence } from "./evidence.ts";
export { openLogReader } from "./sqlite_reader.ts";
export { createBundle, type CreateBundleOptions, openLog, type OpenLogOptions } from "./sqlite_store.ts";
