/**
 * A log or a bundle of a stranger, as evidence for the judge.
 *
 * The file is opened so that it can neither run code nor be changed; its tables
 * are compared with those that we write before anything is asked of them; SQLite
 * checks its own structure; rows are read by pages of bounded size, and no value
 * is larger than {@linkcode evidenceBytesMax}. Whatever cannot be read is an
 * `EvidenceError`, which is neither right nor wrong.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import {
  type Database,
  DatabaseError,
  exists,
  inspectFile,
  openDatabase,
  type SqlRow,
  type SqlValue,
  type Statement,
} from "../platform/mod.ts";
import {
  type Evidence,
  type EvidenceChain,
  type EvidenceEntry,
  EvidenceError,
  type EvidenceLeaf,
  type EvidencePart,
  type EvidencePartStatus,
  type EvidenceSeal,
  nodeTreeName,
} from "../verify/mod.ts";
import { asStoreError } from "./system_fault.ts";
import { saltBytes } from "./plan_commit.ts";
import { checkSchema, oldestReadable, readVersion, schemaVersion } from "./schema.ts";
import { lineageVersion, lockTimeoutMs } from "./sqlite_reader.ts";
import { StoreError } from "./store_error.ts";

/** Largest part or blob that is read, in bytes. */
export const evidenceBytesMax = 256 * 1024 * 1024;

/** Evidence that is open. All of it is of one moment, however long a log goes on growing. */
export interface OpenEvidence extends Evidence {
  /** Closes it; to close twice does no harm. */
  close(): void;
}

/**
 * Opens a log or a bundle as evidence.
 *
 * @throws {StoreError} `not_found`, `not_a_log`, `newer_version`, `older_version`, `damaged`, …
 */
export function openEvidence(path: string): OpenEvidence {
  if (!exists(path)) throw new StoreError({ code: "not_found", path });
  return asStoreError(() => {
    const database = openForReading(path);
    try {
      database.exec("BEGIN");
      return createEvidence(database);
    } catch (error) {
      database.close();
      if (error instanceof RangeError) throw damaged(path, error.message);
      throw error;
    }
  });
}

/** A file in a folder that we cannot write to is read as it lies, if no writer has left anything beside it. */
function openForReading(path: string): Database {
  try {
    const database = openDatabase(path, { readOnly: true, timeoutMs: lockTimeoutMs, untrusted: true });
    database.prepare("SELECT count(*) FROM sqlite_schema").get();
    return database;
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    const { code } = error.fault;
    const whole = (inspectFile(`${path}-wal`)?.size ?? 0) === 0;
    if ((code !== "cannot_open" && code !== "read_only") || !whole) throw error;
    return openDatabase(path, { readOnly: true, untrusted: true, immutable: true });
  }
}

/**
 * Reads evidence from an open database; for {@linkcode openEvidence}, and tests.
 *
 * @throws {StoreError}
 */
export function createEvidence(database: Database): OpenEvidence {
  const { path } = database;
  switch (checkSchema(database)) {
    case "empty":
      throw new StoreError({ code: "not_a_log", path, found: "it is empty" });
    case "older": {
      const found = readVersion(database);
      if (found >= oldestReadable) break;
      throw new StoreError({ code: "older_version", path, found, known: schemaVersion });
    }
    case "current":
      break;
  }
  const sound = database.prepare("PRAGMA integrity_check(1)").get()?.["integrity_check"];
  if (sound !== "ok") throw damaged(path, String(sound).slice(0, 200));
  const log = database.prepare("SELECT node, kind FROM log").all();
  const [only] = log;
  const kind = only?.["kind"];
  const node = only?.["node"];
  if (log.length !== 1 || typeof node !== "string" || kind !== "log" && kind !== "bundle") {
    throw damaged(path, "it names no node");
  }

  const attempt = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      // A RangeError is an integer beyond 2^53.
      if (error instanceof DatabaseError || error instanceof RangeError) {
        throw new EvidenceError(error.message);
      }
      throw error;
    }
  };
  const prepare = <Row extends SqlRow>(sql: string): Statement<Row> =>
    attempt(() => database.prepare<Row>(sql));
  /** Pages through what `sql` gives, in the order of its first column; its last parameters are where to begin, and how many. */
  function* pages(sql: string, pageRows: number, ...params: readonly SqlValue[]): Generator<SqlRow> {
    const statement = prepare(sql);
    let from: SqlValue = Number.MIN_SAFE_INTEGER;
    while (true) {
      const rows = attempt(() => statement.all(...params, from, pageRows));
      yield* rows;
      const last = rows.at(-1);
      if (last === undefined || rows.length < pageRows) return;
      const next: SqlValue = Object.values(last)[0] ?? null;
      if (next === null || next === from) throw new EvidenceError("rows without an order");
      from = next;
    }
  }
  const forks = readVersion(database) >= lineageVersion;
  const largest = largestRow(prepare, attempt, forks);
  const entryPage = Math.max(1, Math.min(pageRowsMax, Math.floor(pageBytes / Math.max(1, largest))));

  const ids = new Map<string, number>();
  const chains = attempt(() => prepare("SELECT * FROM actor ORDER BY address").all()).map(
    (row): EvidenceChain => {
      const address = text(row, "address");
      ids.set(address, integer(row, "id"));
      return {
        address,
        origin: text(row, "origin"),
        size: integer(row, "size"),
        head: text(row, "head"),
        turns: integer(row, "turns"),
        activations: integer(row, "activations"),
      };
    },
  );
  const idOf = (address: string): number => ids.get(address) ?? -1;
  const treeOf = (tree: string): number => tree === nodeTreeName ? 0 : idOf(tree);

  const oneEntry = prepare(`SELECT ${entryColumns} FROM entry WHERE actor = ? AND seq = ?`);
  const onePruned = prepare("SELECT seq, hash FROM pruned WHERE actor = ? AND seq = ?");
  const oneState = prepare("SELECT seq, bytes FROM state WHERE actor = ?");
  const oneTile = prepare("SELECT hashes FROM tile WHERE tree = ? AND level = ? AND idx = ?");
  const tiles = prepare("SELECT count(*) AS tiles FROM tile WHERE tree = ?");
  const oneBlob = prepare("SELECT bytes FROM blob WHERE rowid = ?");
  const oneLineage = forks
    ? prepare("SELECT proof, octet_length(proof) AS proof_bytes FROM lineage WHERE actor = ?")
    : undefined;
  const hasBlob = prepare("SELECT 1 FROM blob WHERE sha256 = ?");

  return {
    kind,
    node,
    chains: () => chains,
    *entries(address) {
      const id = idOf(address);
      const pruned = pages(`SELECT seq, hash FROM pruned WHERE actor = ? ${paged("seq")}`, pageRowsMax, id);
      let gone = pruned.next();
      const sql = `SELECT ${entryColumns} FROM entry WHERE actor = ? ${paged("seq")}`;
      for (const row of pages(sql, entryPage, id)) {
        const entry = toEntry(row);
        for (; gone.done !== true && integer(gone.value, "seq") <= entry.seq; gone = pruned.next()) {
          yield toPruned(gone.value);
        }
        yield entry;
      }
      for (; gone.done !== true; gone = pruned.next()) yield toPruned(gone.value);
    },
    entry: (address, seq) =>
      attempt(() => {
        const row = oneEntry.get(idOf(address), seq);
        if (row !== undefined) return toEntry(row);
        const gone = onePruned.get(idOf(address), seq);
        return gone && toPruned(gone);
      }),
    state: (address) =>
      attempt(() => {
        const row = oneState.get(idOf(address));
        return row && { seq: integer(row, "seq"), bytes: blob(row, "bytes") };
      }),
    lineage: (address) =>
      attempt(() => {
        const row = oneLineage?.get(idOf(address));
        return row && wholeText(row, "proof");
      }),
    *seals(address) {
      const sql = `SELECT idx, size, root FROM seal WHERE actor = ? ${paged("idx")}`;
      for (const row of pages(sql, pageRowsMax, idOf(address))) yield toSeal(row, address);
    },
    *leaves() {
      const absent = pages(`SELECT idx, hash FROM leaf WHERE true ${paged("idx")}`, pageRowsMax);
      let bare = absent.next();
      for (const row of pages(sealsSql, pageRowsMax)) {
        for (
          ;
          bare.done !== true && integer(bare.value, "idx") <= integer(row, "idx");
          bare = absent.next()
        ) {
          yield toLeaf(bare.value);
        }
        yield toSeal(row, row["address"] === null ? "" : text(row, "address"));
      }
      for (; bare.done !== true; bare = absent.next()) yield toLeaf(bare.value);
    },
    tile: (tree, level, index) =>
      attempt(() => {
        const row = oneTile.get(treeOf(tree), level, index);
        return row && blob(row, "hashes");
      }),
    tileCount: (tree) => attempt(() => Number(tiles.get(treeOf(tree))?.["tiles"])),
    *checkpoints() {
      const sql = `SELECT size, note, octet_length(note) AS note_bytes FROM checkpoint WHERE true ${
        paged("size")
      }`;
      for (const row of pages(sql, entryPage)) {
        yield { size: integer(row, "size"), note: wholeText(row, "note") };
      }
    },
    *blobs() {
      // By row, as the hash may be no text.
      for (const row of pages(`SELECT rowid, sha256 FROM blob WHERE true ${paged("rowid")}`, pageRowsMax)) {
        const found = attempt(() => oneBlob.get(integer(row, "rowid")));
        if (found === undefined) throw new EvidenceError(`no blob ${text(row, "sha256")}, which is listed`);
        yield { sha256: text(row, "sha256"), bytes: blob(found, "bytes") };
      }
    },
    hasBlob: (sha256) => attempt(() => hasBlob.get(sha256) !== undefined),
    strays: () =>
      attempt(() =>
        strayTables.filter(([what]) => what !== "lineage" || forks).flatMap(([what, sql]) => {
          const found = Number(prepare(sql).get()?.["rows"]);
          return found === 0 ? [] : [`${found} rows of ${what}`];
        })
      ),
    close: () => database.close(),
  };
}

/** Rows read at once. */
const pageRowsMax = 512;
/** Bytes read at once, unless one row has more. */
const pageBytes = 32 * 1024 * 1024;

const entryColumns =
  "seq, entry, octet_length(entry) AS entry_bytes, status, salts, part_0, part_1, part_2, part_3";

const sealsSql = "SELECT s.idx AS idx, a.address AS address, s.size AS size, s.root AS root " +
  `FROM seal AS s LEFT JOIN actor AS a ON a.id = s.actor WHERE true ${paged("s.idx")}`;

/** The end of a statement that is paged: the column it goes by stands first in it. */
function paged(column: string): string {
  return `AND ${column} > ? ORDER BY ${column} LIMIT ?`;
}

/**
 * Bytes of the largest row; SQLite tells lengths without reading what is long.
 *
 * @throws {EvidenceError} when it is too large to be read
 */
function largestRow(
  prepare: (sql: string) => Statement,
  attempt: <T>(work: () => T) => T,
  forks: boolean,
): number {
  const parts = [0, 1, 2, 3].map((i) => `ifnull(length(part_${i}), 0)`).join(" + ");
  const found = [
    `SELECT max(octet_length(entry) + length(status) + length(salts) + ${parts}) AS bytes FROM entry`,
    "SELECT max(length(bytes)) AS bytes FROM blob",
    "SELECT max(length(bytes)) AS bytes FROM state",
    "SELECT max(octet_length(note)) AS bytes FROM checkpoint",
    ...(forks ? ["SELECT max(octet_length(proof)) AS bytes FROM lineage"] : []),
  ].map((sql) => attempt(() => Number(prepare(sql).get()?.["bytes"] ?? 0)));
  const largest = Math.max(...found);
  if (largest > evidenceBytesMax) {
    throw new EvidenceError(`a row of ${largest} bytes, which is more than ${evidenceBytesMax}`);
  }
  return Math.max(found[0] ?? 0, found[3] ?? 0);
}

const ofNobody = "NOT IN (SELECT id FROM actor)";

/** What each table may hold that belongs to no chain. */
const strayTables: readonly (readonly [what: string, sql: string])[] = [
  ["entry", `SELECT count(*) AS rows FROM entry WHERE actor ${ofNobody}`],
  ["pruned", `SELECT count(*) AS rows FROM pruned WHERE actor ${ofNobody}`],
  ["seal", `SELECT count(*) AS rows FROM seal WHERE actor ${ofNobody}`],
  ["tile", `SELECT count(*) AS rows FROM tile WHERE tree <> 0 AND tree ${ofNobody}`],
  ["state", `SELECT count(*) AS rows FROM state WHERE actor ${ofNobody}`],
  ["lineage", `SELECT count(*) AS rows FROM lineage WHERE actor ${ofNobody}`],
  ["blob", `SELECT count(*) AS rows FROM blob WHERE rowid <= ${Number.MIN_SAFE_INTEGER}`],
];

const statuses: Readonly<Record<string, EvidencePartStatus>> = {
  p: "present",
  d: "derivable",
  w: "withheld",
  e: "erased",
  x: "pruned",
};

// Written without spreads and copies, as it runs for every entry: half the time in Deno.
function toEntry(row: SqlRow): EvidenceEntry {
  const status = text(row, "status");
  const salts = blob(row, "salts");
  const parts: EvidencePart[] = [];
  // What our own writer cannot write: salts for other parts than there are, or bytes of none.
  const fits = salts.length === saltBytes * status.length && hasNoMore(row, status.length);
  for (let i = 0; i < status.length; i++) {
    const known = fits ? statuses[status.charAt(i)] ?? "unknown" : "unknown";
    const salt = salts.subarray(i * saltBytes, (i + 1) * saltBytes);
    const bytes = row[partColumns[i] ?? ""] ?? undefined;
    if (bytes !== undefined && !(bytes instanceof Uint8Array)) throw wrongType("part", "bytes", bytes);
    const salted = known === "present" || known === "derivable" || salt.some((byte) => byte !== 0);
    parts.push({ status: known, salt: salted ? salt : undefined, bytes });
  }
  return { seq: integer(row, "seq"), text: wholeText(row, "entry"), parts };
}

function hasNoMore(row: SqlRow, parts: number): boolean {
  for (let i = parts; i < partColumns.length; i++) if (row[partColumns[i] ?? ""] !== null) return false;
  return true;
}

const partColumns = ["part_0", "part_1", "part_2", "part_3"] as const;

function toPruned(row: SqlRow): EvidenceEntry {
  return { seq: integer(row, "seq"), pruned: text(row, "hash") };
}

function toSeal(row: SqlRow, address: string): EvidenceSeal {
  return { index: integer(row, "idx"), address, size: integer(row, "size"), root: text(row, "root") };
}

function toLeaf(row: SqlRow): EvidenceLeaf {
  return { index: integer(row, "idx"), hash: text(row, "hash") };
}

function text(row: SqlRow, column: string): string {
  const value = row[column];
  if (typeof value !== "string") throw wrongType(column, "text", value);
  return value;
}

/**
 * A text as it lies there: where the driver has dropped bytes behind a NUL, or
 * put others in place of what is not UTF-8, it gets a NUL, which no reader takes.
 */
function wholeText(row: SqlRow, column: string): string {
  const value = text(row, column);
  return Buffer.byteLength(value) === row[`${column}_bytes`] ? value : `${value}\0`;
}

function integer(row: SqlRow, column: string): number {
  const value = row[column];
  if (typeof value !== "number" || !Number.isSafeInteger(value)) throw wrongType(column, "an integer", value);
  return value;
}

function blob(row: SqlRow, column: string): Uint8Array {
  const value = row[column];
  if (value instanceof Uint8Array) return value;
  throw wrongType(column, "bytes", value);
}

function wrongType(column: string, wanted: string, value: SqlValue | undefined): EvidenceError {
  return new EvidenceError(`${typeof value} in the column ${column}, where ${wanted} must be`);
}

function damaged(path: string, found: string): StoreError {
  return new StoreError({ code: "damaged", path, found });
}
