import { setImmediate } from "node:timers";
import type { LogStore, Write } from "./store.ts";

/** What a commit may hold by default, before the rest waits for the next: bounds memory in the WAL and the pause of the event loop. */
const commitBytesMax = 4 * 1024 * 1024;

/** Lists of writes that wait to be committed together, in order. */
export interface CommitQueue {
  /**
   * Adds a list of writes, which is committed whole, after all that were added
   * before it.
   *
   * @returns once it is durable: the positions of its own `mail` writes. Rejects
   * if its commit failed, or one before it while it waited: it may rest on what
   * was then not written, so the caller goes on from what is committed
   */
  enqueue(writes: readonly Write[]): Promise<readonly number[]>;
  /** Commits all that waits, now. Does not throw: the promises tell. */
  flush(): void;
  /** How many lists wait. */
  readonly depth: number;
  /** About how many bytes wait. */
  readonly bytes: number;
}

interface Waiting {
  readonly writes: readonly Write[];
  readonly bytes: number;
  resolve(positions: readonly number[]): void;
  reject(reason: unknown): void;
}

/** About how much a write adds to a commit. */
function bytesOf(write: Write): number {
  const row = 64;
  switch (write.write) { // No default: a new write fails to compile here.
    case "append":
      return row + write.text.length +
        write.parts.reduce((sum, part) => sum + 16 + (part.bytes?.length ?? 0), 0);
    case "restore":
      return row + write.text.length +
        write.parts.reduce((sum, part) => sum + 16 + (part.bytes?.length ?? 0), 0);
    case "blob":
    case "state":
    case "fill-part":
      return row + write.bytes.length;
    case "mail":
      return row + write.mail.body.length;
    case "timer":
      return row + write.timer.body.length;
    case "tile":
      return row + write.hashes.length;
    case "checkpoint":
      return row + write.note.length;
    case "lineage":
      return row + write.proof.length;
    case "seal":
    case "leaf":
    case "erase-part":
    case "prune":
    case "append-pruned":
    case "state-gone":
    case "key-gone":
    case "blob-gone":
    case "create":
    case "status":
    case "mail-taken":
    case "timer-gone":
    case "request":
    case "request-gone":
    case "restart":
    case "restarts-gone":
    case "key":
      return row;
  }
}

/**
 * Gathers what is enqueued during one turn of the event loop into one commit,
 * and so into one fsync.
 *
 * While the disk works, messages pile up; they are all heard before the next
 * commit, so batches grow by themselves with the load. Alone in the loop, a
 * list waits 2 to 6 µs (measured), which is nothing beside the fsync.
 *
 * @param options `bytesMax`: the rest waits for the next commit; `soon`: calls once what has happened by now
 * was heard, the event loop's own by default
 */
export function createCommitQueue(
  store: Pick<LogStore, "commit">,
  options: { readonly bytesMax?: number; readonly soon?: (work: () => void) => void } = {},
): CommitQueue {
  const { bytesMax = commitBytesMax, soon = setImmediate } = options;
  let waiting: Waiting[] = [];
  let waitingBytes = 0;
  let scheduled = false;

  /** Takes from the front what fits; one list at least. */
  const takeBatch = (): Waiting[] => {
    let bytes = 0;
    let count = 0;
    for (const item of waiting) {
      if (count > 0 && bytes + item.bytes > bytesMax) break;
      bytes += item.bytes;
      count += 1;
    }
    const batch = waiting.slice(0, count);
    waiting = waiting.slice(count);
    waitingBytes -= bytes;
    return batch;
  };

  const commitBatch = () => {
    const batch = takeBatch();
    let positions: readonly number[];
    try {
      positions = store.commit(batch.flatMap(({ writes }) => writes));
    } catch (error) {
      const lost = [...batch, ...waiting];
      waiting = [];
      waitingBytes = 0;
      for (const { reject } of lost) reject(error);
      return;
    }
    let taken = 0;
    for (const { writes, resolve } of batch) {
      const mails = writes.reduce((count, { write }) => write === "mail" ? count + 1 : count, 0);
      resolve(positions.slice(taken, taken + mails));
      taken += mails;
    }
  };

  const schedule = () => {
    if (scheduled || waiting.length === 0) return;
    scheduled = true;
    soon(() => {
      scheduled = false;
      if (waiting.length > 0) commitBatch();
      schedule();
    });
  };

  return {
    enqueue(writes) {
      const bytes = writes.reduce((sum, write) => sum + bytesOf(write), 0);
      return new Promise((resolve, reject) => {
        waiting.push({ writes, bytes, resolve, reject });
        waitingBytes += bytes;
        schedule();
      });
    },
    flush() {
      while (waiting.length > 0) commitBatch();
    },
    get depth() {
      return waiting.length;
    },
    get bytes() {
      return waitingBytes;
    },
  };
}
