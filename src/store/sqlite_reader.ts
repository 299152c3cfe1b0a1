import {
  type Database,
  DatabaseError,
  exists,
  inspectFile,
  openDatabase,
  type SqlRow,
} from "../platform/mod.ts";
import { asStoreError } from "./system_fault.ts";
import { checkSchema, oldestReadable, readVersion, schemaVersion } from "./schema.ts";
import {
  type ActorSqlRow,
  type EntrySqlRow,
  type HashSqlRow,
  type MailSqlRow,
  type PartsSqlRow,
  type RecordSqlRow,
  type RequestSqlRow,
  type RestartSqlRow,
  type SealSqlRow,
  type TimerSqlRow,
  toActorRow,
  toMailRow,
  toParts,
  toRequestRow,
  toRestartRow,
  toTimerRow,
} from "./sqlite_rows.ts";
import { type EntryRange, type LogReader, nodeTree } from "./store.ts";
import { StoreError } from "./store_error.ts";

/** The version of the tables that brought requests and restarts. */
const supervisionVersion = 3;
/** The version of the tables that brought where forks come from. */
export const lineageVersion = 4;

/** How long to wait for a lock that another program holds. */
export const lockTimeoutMs = 5000;

/** Rows read at once: no cursor stays open while the consumer works, as an open one keeps the WAL from shrinking. */
const pageRows = 256;
/** Pages with parts shrink so that they hold about this many bytes. */
const pageBytes = 4 * 1024 * 1024;

const entryColumns = "seq, entry";
const recordColumns = "seq, entry, status, salts, part_0, part_1, part_2, part_3";

/** `[from, to)`, at most `limit` rows. */
interface RangeBounds {
  readonly from: number;
  readonly to: number;
  readonly limit: number;
}

/** Reads through an open database whose schema has been checked. */
export function createReader(database: Database): LogReader {
  const prepare = database.prepare;
  const { node, kind } =
    prepare<{ node: string; kind: LogReader["kind"] }>("SELECT node, kind FROM log").get() ??
      { node: "", kind: "log" };
  if (node === "") throw new StoreError({ code: "damaged", path: database.path, found: "it names no node" });

  const allActors = prepare<ActorSqlRow>("SELECT * FROM actor ORDER BY address");
  const oneActor = prepare<ActorSqlRow>("SELECT * FROM actor WHERE address = ?");
  const ofActor = "actor = (SELECT id FROM actor WHERE address = ?)";
  const oneEntry = prepare<EntrySqlRow>(`SELECT ${entryColumns} FROM entry WHERE ${ofActor} AND seq = ?`);
  const oneRecord = prepare<RecordSqlRow>(`SELECT ${recordColumns} FROM entry WHERE ${ofActor} AND seq = ?`);
  const range = (columns: string, order: string) =>
    `SELECT ${columns} FROM entry WHERE ${ofActor} AND seq >= ? AND seq < ? ORDER BY seq ${order} LIMIT ?`;
  const entriesUp = prepare<EntrySqlRow>(range(entryColumns, "ASC"));
  const entriesDown = prepare<EntrySqlRow>(range(entryColumns, "DESC"));
  const recordsUp = prepare<RecordSqlRow>(range(recordColumns, "ASC"));
  const recordsDown = prepare<RecordSqlRow>(range(recordColumns, "DESC"));
  const oneBlob = prepare<{ bytes: Uint8Array }>("SELECT bytes FROM blob WHERE sha256 = ?");
  const oneState = prepare<{ seq: number; bytes: Uint8Array }>(
    `SELECT seq, bytes FROM state WHERE ${ofActor}`,
  );
  const mailOfActor = prepare<MailSqlRow>(`SELECT * FROM mail WHERE ${ofActor} ORDER BY position`);
  const timerQuery = "SELECT address, timer.* FROM timer JOIN actor ON actor.id = timer.actor";
  const allTimers = prepare<TimerSqlRow>(`${timerQuery} ORDER BY due_ms, address, timer`);
  const timersOfActor = prepare<TimerSqlRow>(`${timerQuery} WHERE address = ? ORDER BY due_ms, timer`);
  // A log of version 2 has neither, and is read as one that has no rows of them.
  const asks = readVersion(database) >= supervisionVersion;
  const requestQuery = "SELECT address, request.* FROM request JOIN actor ON actor.id = request.actor";
  const allRequests = asks
    ? prepare<RequestSqlRow>(`${requestQuery} ORDER BY due_ms, address, request`)
    : undefined;
  const requestsOfActor = asks
    ? prepare<RequestSqlRow>(`${requestQuery} WHERE address = ? ORDER BY due_ms, request`)
    : undefined;
  const restartsOfOne = asks
    ? prepare<RestartSqlRow>(
      "SELECT supervisor, address AS child, time_ms FROM restart JOIN actor ON actor.id = restart.child " +
        "WHERE supervisor = ? ORDER BY time_ms, restart.id",
    )
    : undefined;
  const oneLineage = readVersion(database) >= lineageVersion
    ? prepare<{ proof: string }>(`SELECT proof FROM lineage WHERE ${ofActor}`)
    : undefined;
  const oneKey = prepare<{ seq: number }>(`SELECT seq FROM key_index WHERE ${ofActor} AND key = ?`);

  const pagesOf = <Row extends SqlRow & { readonly seq: number }>(select: string) => {
    const page = (order: string) => prepare<Row>(`${select} ORDER BY seq ${order} LIMIT ?`);
    const [up, down] = [page("ASC"), page("DESC")];
    return (range: EntryRange = {}, ...of: string[]): Generator<Row> => {
      const statement = range.backwards ? down : up;
      return pages<Row>(
        ({ from, to, limit }) => statement.all(...of, from, to, limit),
        range,
        () => pageRows,
      );
    };
  };
  const sealColumns = "s.idx AS seq, address, s.size, root FROM seal AS s JOIN actor AS a ON a.id = s.actor";
  const allSeals = pagesOf<SealSqlRow>(`SELECT ${sealColumns} WHERE s.idx >= ? AND s.idx < ?`);
  const sealsOfActor = pagesOf<SealSqlRow>(
    `SELECT ${sealColumns} WHERE s.actor = (SELECT id FROM actor WHERE address = ?) AND s.idx >= ? AND s.idx < ?`,
  );
  const allLeaves = pagesOf<HashSqlRow>("SELECT idx AS seq, hash FROM leaf WHERE idx >= ? AND idx < ?");
  const allCheckpoints = pagesOf<{ readonly seq: number; readonly note: string }>(
    "SELECT size AS seq, note FROM checkpoint WHERE size >= ? AND size < ?",
  );
  const prunedOfActor = pagesOf<HashSqlRow>(
    `SELECT seq, hash FROM pruned WHERE ${ofActor} AND seq >= ? AND seq < ?`,
  );
  const nodeTile = prepare<{ hashes: Uint8Array }>(
    "SELECT hashes FROM tile WHERE tree = 0 AND level = ? AND idx = ?",
  );
  const actorTile = prepare<{ hashes: Uint8Array }>(
    "SELECT hashes FROM tile WHERE tree = (SELECT id FROM actor WHERE address = ?) AND level = ? AND idx = ?",
  );
  const sealedCount = prepare<{ sealed: number }>(
    "SELECT max((SELECT coalesce(max(idx), -1) FROM seal), (SELECT coalesce(max(idx), -1) FROM leaf)) + 1 AS sealed",
  );
  const unsealed = prepare<{ address: string; size: number; sealed: number }>(
    `SELECT * FROM (SELECT address, size, coalesce(
       (SELECT s.size FROM seal AS s WHERE s.actor = a.id ORDER BY s.idx DESC LIMIT 1), 0
     ) AS sealed FROM actor AS a) WHERE size <> sealed ORDER BY address`,
  );
  const oneCheckpoint = prepare<{ size: number; note: string }>(
    "SELECT size, note FROM checkpoint WHERE size = ?",
  );
  const lastCheckpoint = prepare<{ size: number; note: string }>(
    "SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1",
  );

  /** Pages through a range; `rowsAtOnce` says how many rows the next page may have. */
  function* pages<Row extends SqlRow & { readonly seq: number }>(
    read: (bounds: RangeBounds) => readonly Row[],
    { from = 0, to = Number.MAX_SAFE_INTEGER, backwards = false }: EntryRange,
    rowsAtOnce: (last: readonly Row[]) => number,
  ): Generator<Row> {
    let bounds = { from, to, limit: rowsAtOnce([]) };
    while (bounds.from < bounds.to) {
      const { limit } = bounds;
      const rows = asStoreError(() => read(bounds));
      yield* rows;
      const last = rows.at(-1);
      if (last === undefined || rows.length < limit) return;
      bounds = {
        from: backwards ? from : last.seq + 1,
        to: backwards ? last.seq : to,
        limit: rowsAtOnce(rows),
      };
    }
  }

  return {
    node,
    kind,
    actors: () => asStoreError(() => allActors.all().map(toActorRow)),
    actor: (address) =>
      asStoreError(() => {
        const row = oneActor.get(address);
        return row && toActorRow(row);
      }),
    *entries(address, range = {}) {
      const statement = range.backwards ? entriesDown : entriesUp;
      const read = ({ from, to, limit }: RangeBounds) => statement.all(address, from, to, limit);
      for (const { seq, entry } of pages(read, range, () => pageRows)) yield { seq, text: entry };
    },
    *records(address, range = {}) {
      const statement = range.backwards ? recordsDown : recordsUp;
      const read = ({ from, to, limit }: RangeBounds) => statement.all(address, from, to, limit);
      const rowsAtOnce = (last: readonly RecordSqlRow[]) => {
        if (last.length === 0) return 16;
        const bytes = last.reduce((sum, row) => sum + bytesOf(row), 0);
        return Math.max(1, Math.min(pageRows, Math.floor(pageBytes / (bytes / last.length))));
      };
      for (const row of pages(read, range, rowsAtOnce)) {
        yield { seq: row.seq, text: row.entry, parts: toParts(row) };
      }
    },
    entry: (address, seq) =>
      asStoreError(() => {
        const row = oneEntry.get(address, seq);
        return row && { seq: row.seq, text: row.entry };
      }),
    parts: (address, seq) =>
      asStoreError(() => {
        const row = oneRecord.get(address, seq);
        return row === undefined ? [] : toParts(row);
      }),
    blob: (sha256) => asStoreError(() => oneBlob.get(sha256)?.bytes),
    lineage: (address) => asStoreError(() => oneLineage?.get(address)?.proof),
    state: (address) =>
      asStoreError(() => {
        const row = oneState.get(address);
        return row && { seq: row.seq, bytes: row.bytes };
      }),
    mail: (address) => asStoreError(() => mailOfActor.all(address).map(toMailRow)),
    timers: (address) =>
      asStoreError(() =>
        (address === undefined ? allTimers.all() : timersOfActor.all(address)).map(toTimerRow)
      ),
    requests: (address) =>
      asStoreError(() =>
        (address === undefined ? allRequests?.all() ?? [] : requestsOfActor?.all(address) ?? [])
          .map(toRequestRow)
      ),
    restarts: (supervisor) => asStoreError(() => (restartsOfOne?.all(supervisor) ?? []).map(toRestartRow)),
    key: (address, key) =>
      asStoreError(() => {
        const row = oneKey.get(address, key);
        return row && { seq: row.seq };
      }),
    *pruned(address, range) {
      for (const { seq, hash } of prunedOfActor(range, address)) yield { seq, hash };
    },
    tile: (tree, level, index) =>
      asStoreError(() =>
        (tree === nodeTree ? nodeTile.get(level, index) : actorTile.get(tree, level, index))?.hashes
      ),
    sealed: () => asStoreError(() => sealedCount.get()?.sealed ?? 0),
    *seals(range) {
      for (const { seq, address, size, root } of allSeals(range)) yield { index: seq, address, size, root };
    },
    *sealsOf(address) {
      for (const { seq, size, root } of sealsOfActor({ backwards: true }, address)) {
        yield { index: seq, address, size, root };
      }
    },
    unsealed: () =>
      asStoreError(() => unsealed.all().map(({ address, size, sealed }) => ({ address, size, sealed }))),
    *leaves(range) {
      for (const { seq, hash } of allLeaves(range)) yield { index: seq, hash };
    },
    checkpoint: (size) =>
      asStoreError(() => {
        const row = size === undefined ? lastCheckpoint.get() : oneCheckpoint.get(size);
        return row && { size: row.size, note: row.note };
      }),
    *checkpoints(range) {
      for (const { seq, note } of allCheckpoints(range)) yield { size: seq, note };
    },
    close: () => database.close(),
  };
}

function bytesOf(row: RecordSqlRow & PartsSqlRow): number {
  const { entry, salts, part_0, part_1, part_2, part_3 } = row;
  return entry.length + salts.length +
    [part_0, part_1, part_2, part_3].reduce((sum, part) => sum + (part?.length ?? 0), 0);
}

/**
 * Opens a file for reading. A WAL that a reader must join needs a file beside
 * the log; in a folder that we cannot write to, a log without one is read as it lies.
 */
function openReadOnly(path: string): Database {
  try {
    const database = openDatabase(path, { readOnly: true, timeoutMs: lockTimeoutMs, untrusted: true });
    database.prepare("SELECT count(*) FROM sqlite_schema").get();
    return database;
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    const { code } = error.fault;
    const closedInOrder = (inspectFile(`${path}-wal`)?.size ?? 0) === 0;
    if ((code !== "cannot_open" && code !== "read_only") || !closedInOrder) throw error;
    return openDatabase(path, { readOnly: true, untrusted: true, immutable: true });
  }
}

/**
 * Opens a log for reading, live or closed. Sees what is committed, and goes on
 * seeing what is committed later.
 *
 * @throws {StoreError} `not_found`, `not_a_log`, `newer_version`, `damaged`, …
 */
export function openLogReader(path: string): LogReader {
  if (!exists(path)) throw new StoreError({ code: "not_found", path });
  return asStoreError(() => {
    const database = openReadOnly(path);
    try {
      switch (checkSchema(database)) {
        case "empty":
          throw new StoreError({ code: "not_a_log", path, found: "it is empty" });
        case "older":
          if (readVersion(database) >= oldestReadable) return createReader(database);
          throw new StoreError({
            code: "older_version",
            path,
            found: readVersion(database),
            known: schemaVersion,
          });
        case "current":
          return createReader(database);
      }
    } catch (error) {
      database.close();
      throw error;
    }
  });
}
