import { processId, systemClock } from "../platform/mod.ts";
import { planCommit } from "./plan_commit.ts";
import type {
  ActorRow,
  CheckpointRow,
  EntryRange,
  LeafRow,
  LogKind,
  LogReader,
  LogStore,
  MailRow,
  PrunedRow,
  RequestRow,
  RestartRow,
  SealRow,
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
  /** By seq; what is pruned is missing. */
  readonly records: Map<number, StoredRecord>;
  readonly pruned: Map<number, string>;
  state: StateRow | undefined;
  readonly mail: MailRow[];
  readonly timers: Map<string, TimerRow>;
  readonly requests: Map<string, RequestRow>;
  readonly keys: Map<string, number>;
  lineage: string | undefined;
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
 * @param kind a `bundle` can be written to as a log, as it is made that way
 */
export function createMemoryLog(
  node: string = `memory~${"0".repeat(32)}`,
  kind: LogKind = "log",
): MemoryLog {
  const rows = new Map<string, ActorRow>();
  const shelves = new Map<string, Shelf>();
  const blobs = new Map<string, Uint8Array>();
  const tiles = new Map<string, Uint8Array>();
  const seals: SealRow[] = [];
  const leaves: LeafRow[] = [];
  const notes = new Map<number, string>();
  let restarts: RestartRow[] = [];
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
          records: new Map(),
          pruned: new Map(),
          state: undefined,
          mail: [],
          timers: new Map(),
          requests: new Map(),
          keys: new Map(),
          lineage: undefined,
        });
        return;
      case "append": {
        const { seq, text, parts } = write;
        shelfOf(write.address).records.set(seq, { seq, text, parts: parts.map(copyPart) });
        return;
      }
      case "restore": {
        const { seq, text, parts } = write;
        const { records, pruned } = shelfOf(write.address);
        pruned.delete(seq);
        records.set(seq, { seq, text, parts: parts.map(copyPart) });
        return;
      }
      case "prune":
      case "append-pruned": {
        const { records, pruned } = shelfOf(write.address);
        records.delete(write.seq);
        pruned.set(write.seq, write.hash);
        return;
      }
      case "erase-part":
      case "fill-part": {
        const { records } = shelfOf(write.address);
        const record = records.get(write.seq);
        if (record === undefined) return; // Planned: it is there.
        const changed = (part: StoredPart): StoredPart =>
          write.write === "erase-part"
            ? { status: "erased" }
            : { ...part, status: "present", bytes: write.bytes.slice() };
        const parts = record.parts.map((part, i) => i === write.part ? changed(part) : part);
        records.set(write.seq, { ...record, parts });
        return;
      }
      case "tile":
        tiles.set(`${write.tree} ${write.level} ${write.index}`, write.hashes.slice());
        return;
      case "seal": {
        const { index, address, size, root } = write;
        seals.push({ index, address, size, root });
        return;
      }
      case "leaf":
        leaves.push({ index: write.index, hash: write.hash });
        return;
      case "checkpoint":
        notes.set(write.size, write.note);
        return;
      case "state-gone":
        shelfOf(write.address).state = undefined;
        return;
      case "key-gone":
        shelfOf(write.address).keys.delete(write.key.toString());
        return;
      case "blob-gone":
        blobs.delete(write.sha256);
        return;
      case "blob":
        if (!blobs.has(write.sha256)) blobs.set(write.sha256, write.bytes.slice());
        return;
      case "lineage":
        shelfOf(write.address).lineage = write.proof;
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
      case "request":
        shelfOf(write.request.address).requests.set(write.request.request, write.request);
        return;
      case "request-gone":
        shelfOf(write.address).requests.delete(write.request);
        return;
      case "restart":
        restarts.push(write.restart);
        return;
      case "restarts-gone": {
        const { supervisor, beforeMs = Infinity } = write;
        restarts = restarts.filter((row) => row.supervisor !== supervisor || row.timeMs >= beforeMs);
        return;
      }
      case "key":
        shelfOf(write.address).keys.set(write.key.toString(), write.seq);
        return;
      case "status":
        return; // In the row of the actor.
    }
  }

  function* records(address: string, range: EntryRange = {}): Generator<StoredRecord> {
    const all = shelves.get(address)?.records;
    const size = rows.get(address)?.size ?? 0;
    const from = Math.max(0, range.from ?? 0);
    const to = Math.min(size, range.to ?? size);
    for (let i = 0; i < to - from; i++) {
      const record = all?.get(range.backwards ? to - 1 - i : from + i);
      if (record !== undefined) yield record;
    }
  }

  /** The rows of a list whose number is in a range. */
  function within<Row>(list: readonly Row[], numberOf: (row: Row) => number, range: EntryRange = {}): Row[] {
    const { from = 0, to = Infinity, backwards = false } = range;
    const found = list.filter((row) => numberOf(row) >= from && numberOf(row) < to)
      .sort((a, b) => numberOf(a) - numberOf(b));
    return backwards ? found.reverse() : found;
  }

  const checkpoints = (): CheckpointRow[] => [...notes].map(([size, note]) => ({ size, note }));

  const reader: LogReader = {
    node,
    kind,
    actors: () => [...rows.values()].sort(byAddress),
    actor: (address) => rows.get(address),
    *entries(address, range) {
      for (const { seq, text } of records(address, range)) yield { seq, text };
    },
    records,
    entry(address, seq) {
      const record = shelves.get(address)?.records.get(seq);
      return record && { seq, text: record.text };
    },
    parts: (address, seq) => shelves.get(address)?.records.get(seq)?.parts ?? [],
    blob: (sha256) => blobs.get(sha256),
    lineage: (address) => shelves.get(address)?.lineage,
    state: (address) => shelves.get(address)?.state,
    mail: (address) => [...(shelves.get(address)?.mail ?? [])],
    timers: (address) =>
      [...shelves].filter(([of]) => address === undefined || of === address)
        .flatMap(([, { timers }]) => [...timers.values()]).sort(byDueTime),
    requests: (address) =>
      [...shelves].filter(([of]) => address === undefined || of === address)
        .flatMap(([, { requests }]) => [...requests.values()])
        .sort((a, b) => a.dueMs - b.dueMs || byAddress(a, b) || (a.request < b.request ? -1 : 1)),
    restarts: (supervisor) =>
      restarts.filter((row) => row.supervisor === supervisor).sort((a, b) => a.timeMs - b.timeMs),
    key(address, key) {
      const seq = shelves.get(address)?.keys.get(key.toString());
      return seq === undefined ? undefined : { seq };
    },
    pruned(address, range) {
      const rows = [...shelves.get(address)?.pruned ?? []].map(([seq, hash]): PrunedRow => ({ seq, hash }));
      return within(rows, ({ seq }) => seq, range);
    },
    tile: (tree, level, index) => tiles.get(`${tree} ${level} ${index}`),
    sealed: () => Math.max(seals.at(-1)?.index ?? -1, leaves.at(-1)?.index ?? -1) + 1,
    seals: (range) => within(seals, ({ index }) => index, range),
    sealsOf: (address) => seals.filter((row) => row.address === address).reverse(),
    unsealed: () =>
      [...rows.values()].sort(byAddress).map(({ address, size }) => ({
        address,
        size,
        sealed: seals.findLast((row) => row.address === address)?.size ?? 0,
      })).filter(({ size, sealed }) => size !== sealed),
    leaves: (range) => within(leaves, ({ index }) => index, range),
    checkpoint: (size) =>
      size === undefined
        ? within(checkpoints(), (row) => row.size).at(-1)
        : checkpoints().find((row) => row.size === size),
    checkpoints: (range) => within(checkpoints(), ({ size }) => size, range),
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
          const changed = planCommit(writes, reader);
          // From here on nothing can fail, so all is written.
          for (const [address, row] of changed) rows.set(address, row);
          return writes.map(apply).filter((position) => position !== undefined);
        },
        scrub: () => {},
        close: () => openSinceMs = undefined,
      };
    },
  };
}
