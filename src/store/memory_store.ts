import { processId, systemClock } from "../platform/mod.ts";
import { planCommit } from "./plan_commit.ts";
import type {
  ActorRow,
  EntryRange,
  LogReader,
  LogStore,
  MailRow,
  StateRow,
  StoredPart,
  StoredRecord,
  TimerRow,
  Write,
} from "./store.ts";
import { StoreError } from "./store_error.ts";

/** A log in memory: the twin of a file, which outlives those who open it. */
export interface MemoryLog {
  /** As `openLog`. @throws {StoreError} `in_use` */
  openLog(): LogStore;
  /** As `openLogReader`. */
  openLogReader(): LogReader;
}

/** All that one actor has, apart from its row. */
interface Shelf {
  readonly records: StoredRecord[];
  state: StateRow | undefined;
  readonly mail: MailRow[];
  readonly timers: Map<string, TimerRow>;
  readonly keys: Map<string, number>;
}

/** The disk keeps a copy of what it is given, and so must we. */
function copyPart({ status, salt, bytes }: StoredPart): StoredPart {
  return {
    status,
    ...(salt === undefined ? {} : { salt: salt.slice() }),
    ...(bytes === undefined ? {} : { bytes: bytes.slice() }),
  };
}

function copyMail(mail: Omit<MailRow, "position">, position: number): MailRow {
  const { body, salt, key } = mail;
  return {
    ...mail,
    position,
    body: body.slice(),
    salt: salt.slice(),
    ...(key === undefined ? {} : { key: { bytes: key.bytes.slice(), salt: key.salt.slice() } }),
  };
}

function byAddress(a: { readonly address: string }, b: { readonly address: string }): number {
  return a.address < b.address ? -1 : a.address > b.address ? 1 : 0;
}

function byDueTime(a: TimerRow, b: TimerRow): number {
  return a.dueMs - b.dueMs || byAddress(a, b) || (a.timer < b.timer ? -1 : 1);
}

/**
 * Makes an empty log in memory.
 *
 * @param node `<name>~<32 hex digits>`
 */
export function createMemoryLog(node: string = `memory~${"0".repeat(32)}`): MemoryLog {
  const rows = new Map<string, ActorRow>();
  const shelves = new Map<string, Shelf>();
  const blobs = new Map<string, Uint8Array>();
  let mailPosition = 0;
  let openSinceMs: number | undefined;

  const shelfOf = (address: string): Shelf => {
    const shelf = shelves.get(address);
    if (shelf === undefined) throw new StoreError({ code: "unknown_actor", address });
    return shelf;
  };

  function apply(write: Write): number | undefined {
    switch (write.write) { // No default: a new write fails to compile here.
      case "create":
        shelves.set(write.address, {
          records: [],
          state: undefined,
          mail: [],
          timers: new Map(),
          keys: new Map(),
        });
        return;
      case "append": {
        const { seq, text, parts } = write;
        shelfOf(write.address).records.push({ seq, text, parts: parts.map(copyPart) });
        return;
      }
      case "blob":
        if (!blobs.has(write.sha256)) blobs.set(write.sha256, write.bytes.slice());
        return;
      case "state":
        shelfOf(write.address).state = { seq: write.seq, bytes: write.bytes.slice() };
        return;
      case "mail":
        mailPosition += 1;
        shelfOf(write.address).mail.push(copyMail(write.mail, mailPosition));
        return mailPosition;
      case "mail-taken": {
        const { mail } = shelfOf(write.address);
        const at = mail.findIndex(({ position }) => position === write.position);
        if (at >= 0) mail.splice(at, 1);
        return;
      }
      case "timer": {
        const { timer } = write;
        const copy = { ...timer, body: timer.body.slice(), salt: timer.salt.slice() };
        shelfOf(timer.address).timers.set(timer.timer, copy);
        return;
      }
      case "timer-gone":
        shelfOf(write.address).timers.delete(write.timer);
        return;
      case "key":
        shelfOf(write.address).keys.set(write.key.toString(), write.seq);
        return;
      case "status":
        return; // In the row of the actor.
    }
  }

  function* records(address: string, range: EntryRange = {}): Generator<StoredRecord> {
    const all = shelves.get(address)?.records ?? [];
    const from = Math.max(0, range.from ?? 0);
    const to = Math.min(all.length, range.to ?? all.length);
    for (let i = 0; i < to - from; i++) {
      const record = all[range.backwards ? to - 1 - i : from + i];
      if (record !== undefined) yield record;
    }
  }

  const reader: LogReader = {
    node,
    actors: () => [...rows.values()].sort(byAddress),
    actor: (address) => rows.get(address),
    *entries(address, range) {
      for (const { seq, text } of records(address, range)) yield { seq, text };
    },
    records,
    entry(address, seq) {
      const record = shelves.get(address)?.records[seq];
      return record && { seq, text: record.text };
    },
    parts: (address, seq) => shelves.get(address)?.records[seq]?.parts ?? [],
    blob: (sha256) => blobs.get(sha256),
    state: (address) => shelves.get(address)?.state,
    mail: (address) => [...(shelves.get(address)?.mail ?? [])],
    timers: (address) =>
      [...shelves].filter(([of]) => address === undefined || of === address)
        .flatMap(([, { timers }]) => [...timers.values()]).sort(byDueTime),
    key(address, key) {
      const seq = shelves.get(address)?.keys.get(key.toString());
      return seq === undefined ? undefined : { seq };
    },
    close: () => {},
  };

  return {
    openLogReader: () => reader,
    openLog() {
      if (openSinceMs !== undefined) {
        const holder = { pid: processId, sinceMs: openSinceMs };
        throw new StoreError({ code: "in_use", path: "memory", holder });
      }
      openSinceMs = systemClock.nowMs();
      return {
        ...reader,
        commit(writes) {
          const changed = planCommit(writes, reader.actor);
          // From here on nothing can fail, so all is written.
          for (const [address, row] of changed) rows.set(address, row);
          return writes.map(apply).filter((position) => position !== undefined);
        },
        close: () => openSinceMs = undefined,
      };
    },
  };
}
