import { hostname } from "node:os";
import { dirname } from "node:path";
import { isNodeName } from "../address/mod.ts";
import { chainHash } from "../chain/mod.ts";
import { toHex } from "../codec/mod.ts";
import {
  createPrivateFile,
  type Database,
  ensureFolder,
  exists,
  openDatabase,
  randomBytes,
  systemClock,
} from "../platform/mod.ts";
import { asStoreError } from "./system_fault.ts";
import { emptyHead, planCommit } from "./plan_commit.ts";
import { checkSchema, migrate } from "./schema.ts";
import { createReader, lockTimeoutMs } from "./sqlite_reader.ts";
import { type ActorSqlRow, type PartsSqlRow, toActorRow, toPartColumns, toParts } from "./sqlite_rows.ts";
import {
  type ActorRow,
  type LogKind,
  type LogStore,
  nodeTree,
  type StoredPart,
  type Write,
} from "./store.ts";
import { StoreError } from "./store_error.ts";
import { takeWriterLock } from "./writer_lock.ts";

/** How to open a log for writing. */
export interface OpenLogOptions {
  /**
   * Name of the node of a new log, 1 to 32 characters of `[a-z0-9-]`.
   * @default the name of the machine, as far as it has such characters
   */
  readonly nodeName?: string;
  /** Refuse, as if the disk were full, to let the file grow past this many bytes. @default no bound */
  readonly bytesMax?: number;
  /** How long a commit waits for a lock that another program holds, in milliseconds. @default 5000 */
  readonly timeoutMs?: number;
}

const pageBytes = 4096;

/**
 * Pages in the WAL at which it is written back: 8 MiB. With less, pages that are
 * written often are written back often; with more, the WAL grows for long, and
 * one that grows syncs slower than one that is used again.
 */
const checkpointPages = 2000;

/** Writes of a commit, by the kind that SQL sees. */
function prepareWriter(database: Database) {
  const prepare = database.prepare;
  return {
    epoch: prepare<{ epoch: number }>("SELECT epoch FROM writer"),
    mailPosition: prepare("UPDATE writer SET mail_position = ?"),
    createActor: prepare("INSERT INTO actor VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
    updateActor: prepare(
      "UPDATE actor SET size = ?, head = ?, turns = ?, activations = ?, bytes = ?, status = ? WHERE id = ?",
    ),
    entry: prepare(
      "INSERT INTO entry (actor, seq, entry, status, salts, part_0, part_1, part_2, part_3) " +
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    ),
    lineage: prepare("REPLACE INTO lineage VALUES (?, ?)"),
    blob: prepare("INSERT OR IGNORE INTO blob VALUES (?, ?)"),
    state: prepare("REPLACE INTO state VALUES (?, ?, ?)"),
    mail: prepare("INSERT INTO mail VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
    mailTaken: prepare("DELETE FROM mail WHERE position = ? AND actor = ?"),
    timer: prepare("REPLACE INTO timer VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
    timerGone: prepare("DELETE FROM timer WHERE actor = ? AND timer = ?"),
    request: prepare("REPLACE INTO request VALUES (?, ?, ?, ?, ?, ?, ?)"),
    requestGone: prepare("DELETE FROM request WHERE actor = ? AND request = ?"),
    restart: prepare("INSERT INTO restart (supervisor, child, time_ms) VALUES (?, ?, ?)"),
    restartsGone: prepare("DELETE FROM restart WHERE supervisor = ? AND time_ms < ?"),
    key: prepare("REPLACE INTO key_index VALUES (?, ?, ?)"),
    tile: prepare("REPLACE INTO tile VALUES (?, ?, ?, ?)"),
    seal: prepare("INSERT INTO seal VALUES (?, ?, ?, ?)"),
    leaf: prepare("INSERT INTO leaf VALUES (?, ?)"),
    checkpoint: prepare("REPLACE INTO checkpoint VALUES (?, ?)"),
    parts: prepare<PartsSqlRow>(
      "SELECT status, salts, part_0, part_1, part_2, part_3 FROM entry WHERE actor = ? AND seq = ?",
    ),
    setParts: prepare(
      "UPDATE entry SET status = ?, salts = ?, part_0 = ?, part_1 = ?, part_2 = ?, part_3 = ? " +
        "WHERE actor = ? AND seq = ?",
    ),
    entryGone: prepare("DELETE FROM entry WHERE actor = ? AND seq = ?"),
    pruned: prepare("INSERT INTO pruned VALUES (?, ?, ?)"),
    prunedGone: prepare("DELETE FROM pruned WHERE actor = ? AND seq = ?"),
    stateGone: prepare("DELETE FROM state WHERE actor = ?"),
    keyGone: prepare("DELETE FROM key_index WHERE actor = ? AND key = ?"),
    blobGone: prepare("DELETE FROM blob WHERE sha256 = ?"),
  };
}

/** `[a-z0-9-]{1,32}` out of whatever the machine is called. */
function nodeNameOf(name: string): string {
  return name.toLowerCase().replace(/\..*$/, "").replace(/[^a-z0-9-]/g, "-").slice(0, 32) || "node";
}

/** A name that no other log has. */
function createNodeName(nodeName: string): string {
  const node = `${nodeName}~${toHex(randomBytes(16))}`;
  if (!isNodeName(node) || !/^[a-z0-9-]{1,32}~/.test(node)) {
    throw new TypeError(`Cannot name a node: wanted 1 to 32 characters of [a-z0-9-], got ${nodeName}`);
  }
  return node;
}

function createTables(database: Database, node: string, kind: LogKind, createdMs: number): void {
  database.exec(`PRAGMA page_size = ${pageBytes}; PRAGMA foreign_keys = OFF`);
  database.transaction(() => {
    migrate(database);
    database.prepare("INSERT INTO log VALUES (1, ?, ?, ?)").run(node, createdMs, kind);
  });
}

/** A bundle stays what it is, of whatever version. */
function refuseBundle(database: Database): void {
  if (database.prepare("SELECT * FROM log").get()?.["kind"] === "bundle") {
    throw new StoreError({ code: "bundle", path: database.path });
  }
}

/** Brings what is in the file to a log of our version; returns the epoch in which we write. */
function prepareLog(database: Database, nodeName: string): number {
  switch (checkSchema(database)) {
    case "empty":
      createTables(database, createNodeName(nodeName), "log", systemClock.nowMs());
      break;
    case "older":
      refuseBundle(database);
      // A table that is made anew is dropped while others name it.
      database.exec("PRAGMA foreign_keys = OFF");
      database.transaction(() => migrate(database));
      break;
    case "current":
      break;
  }
  refuseBundle(database);
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL`);
  database.exec(`PRAGMA wal_autocheckpoint = ${checkpointPages}`);
  setForWriting(database);
  return database.transaction(() => {
    const row = database.prepare("UPDATE writer SET epoch = epoch + 1 RETURNING epoch").get();
    return Number(row?.["epoch"]);
  });
}

function setForWriting(database: Database): void {
  // 16 MiB: a hundred busy chains touch many pages of the index on entries.
  database.exec("PRAGMA cache_size = -16384");
  // Every write for an actor is checked against the actors in memory, which costs less.
  database.exec("PRAGMA foreign_keys = OFF");
}

/** Reads where every chain stands, and checks that its last entry is there and is the one that its head names. */
function readHeads(database: Database): Map<string, ActorSqlRow> {
  const heads = new Map<string, ActorSqlRow>();
  const refuse = (found: string): never => {
    throw new StoreError({ code: "damaged", path: database.path, found });
  };
  const page = database.prepare<
    ActorSqlRow & { readonly last: number | null; readonly entry: string | null }
  >(
    `SELECT a.*, e.seq AS last, e.entry FROM actor AS a LEFT JOIN entry AS e
     ON e.actor = a.id AND e.seq = (SELECT max(n.seq) FROM entry AS n WHERE n.actor = a.id)
     WHERE a.id > ? ORDER BY a.id LIMIT 1000`,
  );
  for (let rows = page.all(0); rows.length > 0; rows = page.all(rows.at(-1)?.id ?? 0)) {
    for (const { last, entry, ...row } of rows) {
      const size = (last ?? -1) + 1;
      if (size !== row.size) refuse(`${row.address} should have ${row.size} entries and has ${size}`);
      const head = entry === null ? emptyHead : chainHash(entry);
      if (head !== row.head) refuse(`the last entry of ${row.address} is not the one that was written`);
      heads.set(row.address, row as ActorSqlRow);
    }
  }
  return heads;
}

function createStore(database: Database, epoch: number, release: () => void): LogStore {
  const reader = createReader(database);
  const sql = prepareWriter(database);
  const heads = readHeads(database);
  let nextId = Math.max(0, ...[...heads.values()].map(({ id }) => id)) + 1;
  let mailPosition = Number(database.prepare("SELECT mail_position FROM writer").get()?.["mail_position"]);

  const actor = (address: string): ActorRow | undefined => {
    const row = heads.get(address);
    return row && toActorRow(row);
  };
  const committed = { ...reader, actor };

  /** What a commit changes, to be remembered once it is durable. */
  interface Written {
    readonly positions: readonly number[];
    readonly changed: readonly ActorSqlRow[];
  }

  function changePart(id: number, change: Extract<Write, { write: "erase-part" | "fill-part" }>): void {
    const row = sql.parts.get(id, change.seq);
    if (row === undefined) return; // Planned: it is there.
    const parts = toParts(row).map((part, i): StoredPart => {
      if (i !== change.part) return part;
      if (change.write === "erase-part") return { status: "erased" };
      return { ...part, status: "present", bytes: change.bytes };
    });
    sql.setParts.run(...toPartColumns(parts), id, change.seq);
  }

  function write(writes: readonly Write[], rows: ReadonlyMap<string, ActorRow>): Written {
    const found = sql.epoch.get()?.epoch ?? 0;
    if (found !== epoch) throw new StoreError({ code: "fenced", path: database.path, epoch, found });
    const created = new Map<string, ActorSqlRow>();
    const updated: ActorSqlRow[] = [];
    for (const row of rows.values()) {
      const { address, origin, size, head, turns, activations, bytes, status } = row;
      const before = heads.get(address);
      if (before === undefined) {
        const id = nextId + created.size;
        sql.createActor.run(id, address, origin, size, head, turns, activations, bytes, status);
        created.set(address, { id, address, origin, size, head, turns, activations, bytes, status });
      } else {
        sql.updateActor.run(size, head, turns, activations, bytes, status, before.id);
        updated.push({ id: before.id, address, origin, size, head, turns, activations, bytes, status });
      }
    }
    const idOf = (address: string): number => {
      const id = (heads.get(address) ?? created.get(address))?.id;
      if (id === undefined) throw new StoreError({ code: "unknown_actor", address });
      return id;
    };
    const positions: number[] = [];
    for (const write of writes) {
      switch (write.write) { // No default: a new write fails to compile here.
        case "append": {
          const [status, salts, first, second, third, fourth] = toPartColumns(write.parts);
          sql.entry.run(
            idOf(write.address),
            write.seq,
            write.text,
            status,
            salts,
            first,
            second,
            third,
            fourth,
          );
          break;
        }
        case "lineage":
          sql.lineage.run(idOf(write.address), write.proof);
          break;
        case "blob":
          sql.blob.run(write.sha256, write.bytes);
          break;
        case "state":
          sql.state.run(idOf(write.address), write.seq, write.bytes);
          break;
        case "mail": {
          const { type, from, body, salt, cause, key, timer, reply } = write.mail;
          const position = mailPosition + positions.length + 1;
          sql.mail.run(
            ...[position, idOf(write.address), type, from, body, salt],
            ...[cause?.origin ?? null, cause?.seq ?? null, cause?.hash ?? null],
            ...[key?.bytes ?? null, key?.salt ?? null, timer ?? null],
            ...[reply?.request ?? null, reply?.outcome ?? null],
          );
          positions.push(position);
          break;
        }
        case "mail-taken":
          sql.mailTaken.run(write.position, idOf(write.address));
          break;
        case "timer": {
          const { address, timer, dueMs, body, salt, cause } = write.timer;
          sql.timer.run(idOf(address), timer, dueMs, body, salt, cause.origin, cause.seq, cause.hash);
          break;
        }
        case "timer-gone":
          sql.timerGone.run(idOf(write.address), write.timer);
          break;
        case "request": {
          const { address, request, to, dueMs, cause } = write.request;
          sql.request.run(idOf(address), request, dueMs, to, cause.origin, cause.seq, cause.hash);
          break;
        }
        case "request-gone":
          sql.requestGone.run(idOf(write.address), write.request);
          break;
        case "restart": {
          const { supervisor, child, timeMs } = write.restart;
          sql.restart.run(supervisor, idOf(child), timeMs);
          break;
        }
        case "restarts-gone":
          sql.restartsGone.run(write.supervisor, write.beforeMs ?? Number.MAX_SAFE_INTEGER);
          break;
        case "key":
          sql.key.run(idOf(write.address), write.key, write.seq);
          break;
        case "tile": {
          const tree = write.tree === nodeTree ? 0 : idOf(write.tree);
          sql.tile.run(tree, write.level, write.index, write.hashes);
          break;
        }
        case "seal":
          sql.seal.run(write.index, idOf(write.address), write.size, write.root);
          break;
        case "leaf":
          sql.leaf.run(write.index, write.hash);
          break;
        case "checkpoint":
          sql.checkpoint.run(write.size, write.note);
          break;
        case "erase-part":
        case "fill-part":
          changePart(idOf(write.address), write);
          break;
        case "prune": {
          const id = idOf(write.address);
          sql.entryGone.run(id, write.seq);
          sql.pruned.run(id, write.seq, write.hash);
          break;
        }
        case "restore": {
          const id = idOf(write.address);
          sql.prunedGone.run(id, write.seq);
          sql.entry.run(id, write.seq, write.text, ...toPartColumns(write.parts));
          break;
        }
        case "append-pruned":
          sql.pruned.run(idOf(write.address), write.seq, write.hash);
          break;
        case "state-gone":
          sql.stateGone.run(idOf(write.address));
          break;
        case "key-gone":
          sql.keyGone.run(idOf(write.address), write.key);
          break;
        case "blob-gone":
          sql.blobGone.run(write.sha256);
          break;
        case "create":
        case "status":
          break; // In the rows of the actors.
      }
    }
    if (positions.length > 0) sql.mailPosition.run(mailPosition + positions.length);
    return { positions, changed: [...created.values(), ...updated] };
  }

  return {
    ...reader,
    actor,
    commit(writes) {
      const rows = planCommit(writes, committed);
      const { positions, changed } = asStoreError(() => database.transaction(() => write(writes, rows)));
      // Only now: what was rolled back must not be remembered.
      for (const row of changed) {
        heads.set(row.address, row);
        nextId = Math.max(nextId, row.id + 1);
      }
      mailPosition += positions.length;
      return positions;
    },
    scrub() {
      asStoreError(() => {
        // Overwrites what is freed; VACUUM writes the whole file anew; the WAL, which holds the old pages, is cut to nothing.
        database.exec("PRAGMA secure_delete = ON; VACUUM; PRAGMA secure_delete = OFF");
        const busy = database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get()?.["busy"];
        if (busy === 1) {
          const message = "a reader still looks at what was taken away";
          throw new StoreError({ code: "busy", path: database.path, message });
        }
      });
    },
    close() {
      database.close(); // The last to close writes the WAL back and removes it.
      release();
    },
  };
}

/**
 * Opens the log at `path` for writing, creating it, and the folder it is in, for
 * its owner only. There is one writer at a time.
 *
 * @throws {StoreError} `in_use` when another process writes to it; `not_a_log`,
 * `newer_version` or `damaged` by what is there; `read_only`, `full`, …
 */
export function openLog(path: string, options: OpenLogOptions = {}): LogStore {
  const { nodeName = nodeNameOf(hostname()), bytesMax, timeoutMs = lockTimeoutMs } = options;
  asStoreError(() => ensureFolder(dirname(path)));
  const lock = takeWriterLock(path);
  let database: Database | undefined;
  try {
    return asStoreError(() => {
      createPrivateFile(path);
      database = openDatabase(path, { timeoutMs });
      if (bytesMax !== undefined) {
        database.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(bytesMax / pageBytes))}`);
      }
      const epoch = prepareLog(database, nodeName);
      return createStore(database, epoch, lock.release);
    });
  } catch (error) {
    database?.close();
    lock.release();
    throw error;
  }
}

/** What a new bundle copies from the log that it is made of. */
export interface CreateBundleOptions {
  /** The node of the log: `<name>~<32 hex digits>`. */
  readonly node: string;
  /** When the log was created, in milliseconds since 1970. */
  readonly createdMs: number;
}

/**
 * Makes a bundle at `path`, to be filled and closed: one file, with nothing
 * beside it. Once closed it is only read.
 *
 * @throws {StoreError} `exists`, `read_only`, `full`, …
 */
export function createBundle(path: string, options: CreateBundleOptions): LogStore {
  if (exists(path)) throw new StoreError({ code: "exists", path });
  ensureFolder(dirname(path));
  createPrivateFile(path);
  return asStoreError(() => {
    const database = openDatabase(path, { timeoutMs: lockTimeoutMs });
    try {
      createTables(database, options.node, "bundle", options.createdMs);
      setForWriting(database);
      return createStore(database, 0, () => {});
    } catch (error) {
      database.close();
      throw error;
    }
  });
}
