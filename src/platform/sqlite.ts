import { DatabaseSync, type StatementSync } from "node:sqlite";
import { pathToFileURL } from "node:url";

/** What a column holds, as SQLite stores it. */
export type SqlValue = null | number | bigint | string | Uint8Array;

/** One row, by column name. */
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** Why the database said no; `other` is a mistake in our SQL, or a constraint that was broken. */
export type DatabaseFaultCode =
  | "full"
  | "read_only"
  | "busy"
  | "damaged"
  | "not_a_database"
  | "cannot_open"
  | "io"
  | "constraint"
  | "other";

/** Evidence for a {@linkcode DatabaseError}. */
export interface DatabaseFault {
  readonly code: DatabaseFaultCode;
  readonly path: string;
  /** SQLite's own words. */
  readonly message: string;
}

/** The database said no. A transaction that was open is rolled back by {@linkcode Database.transaction}. */
export class DatabaseError extends Error {
  override readonly name = "DatabaseError";
  readonly fault: DatabaseFault;
  constructor(fault: DatabaseFault) {
    super(`Cannot use the database ${fault.path}: ${fault.message}`);
    this.fault = fault;
  }
}

/** Primary result codes of SQLite (sqlite.org/rescode.html); extended codes hold them in the low byte. */
const codeOfResult: Readonly<Record<number, DatabaseFaultCode>> = {
  5: "busy",
  6: "busy",
  8: "read_only",
  10: "io",
  11: "damaged",
  13: "full",
  14: "cannot_open",
  19: "constraint",
  20: "constraint",
  26: "not_a_database",
};

/** Deno gives no result code where a statement is run, only SQLite's message. */
const codeOfMessage: readonly (readonly [RegExp, DatabaseFaultCode])[] = [
  [/^database or disk is full/, "full"],
  [/^attempt to write a readonly database/, "read_only"],
  [/^database (table |schema )?is locked/, "busy"],
  [/^database disk image is malformed/, "damaged"],
  [/^(file is not a database|file is encrypted)/, "not_a_database"],
  [/^unable to open database file/, "cannot_open"],
  [/^disk I\/O error/, "io"],
  [/constraint failed|datatype mismatch|cannot store/, "constraint"],
];

function faultOf(error: Error, path: string): DatabaseFault {
  const { message } = error;
  const { errcode } = error as { readonly errcode?: unknown };
  const byResult = typeof errcode === "number" ? codeOfResult[errcode & 0xff] : undefined;
  const code = byResult ?? codeOfMessage.find(([pattern]) => pattern.test(message))?.[1] ?? "other";
  return { code, path, message };
}

/**
 * A prepared statement. Parameters are bound by position.
 *
 * An integer that is written as a number must be safe (below 2^53), and a text
 * must hold no NUL, or a `RangeError` says so; so it does when an integer read is
 * not safe, unless the statement was prepared with `bigints`.
 */
export interface Statement<Row extends SqlRow = SqlRow> {
  /** Runs it; returns how many rows changed and the rowid of the last one inserted. */
  run(...params: readonly SqlValue[]): { readonly changes: number; readonly lastInsertRowid: number };
  /** The first row, if there is one. */
  get(...params: readonly SqlValue[]): Row | undefined;
  /**
   * All rows; page through large results. (There is no iterating row by row:
   * Deno 2.9.6 ends it without an error at a page that is damaged.)
   */
  all(...params: readonly SqlValue[]): Row[];
}

/** An open SQLite database. Every method throws {@linkcode DatabaseError}. */
export interface Database {
  readonly path: string;
  /** Runs statements without parameters. */
  exec(sql: string): void;
  /** @param options `bigints`: read every integer as a bigint */
  prepare<Row extends SqlRow = SqlRow>(sql: string, options?: { readonly bigints?: boolean }): Statement<Row>;
  /**
   * Runs `work` in a transaction that takes the write lock at once: all or
   * nothing. Not to be nested.
   */
  transaction<T>(work: () => T): T;
  /** Closes it; to close twice does no harm. */
  close(): void;
}

/** How to open a database. */
export interface OpenDatabaseOptions {
  /** @default false */
  readonly readOnly?: boolean;
  /** How long to wait for a lock, in milliseconds. @default 0 */
  readonly timeoutMs?: number;
  /** For a file from a stranger: its schema can neither run code nor write over pages. @default false */
  readonly untrusted?: boolean;
  /** With `readOnly`: nobody writes to the file, so it needs no locks and no files beside it. @default false */
  readonly immutable?: boolean;
}

function refuseLossy(params: readonly SqlValue[]): void {
  for (const value of params) {
    if (typeof value === "string" && value.includes("\0")) {
      throw new RangeError("Cannot bind a text with a NUL to SQL as Deno would read it back short");
    }
    if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)) {
      throw new RangeError(`Cannot bind a number to SQL as integers must be below 2^53: got ${value}`);
    }
  }
}

/** What goes on from an error; a mistake of the caller's goes on as it is. */
function translate(error: unknown, path: string): unknown {
  if (error instanceof RangeError || error instanceof TypeError || error instanceof DatabaseError) {
    return error;
  }
  return error instanceof Error ? new DatabaseError(faultOf(error, path)) : error;
}

function immutableUrl(path: string): URL {
  const url = pathToFileURL(path);
  url.searchParams.set("immutable", "1");
  return url;
}

/**
 * Opens the SQLite database at `path` (`:memory:` for one in memory), creating
 * the file unless `readOnly`.
 *
 * While it is open, this process must not open the same file by other means:
 * closing that would take SQLite's locks away (they belong to the process).
 *
 * @throws {DatabaseError} `cannot_open` when there is no such file or folder, or no right to it
 */
export function openDatabase(path: string, options: OpenDatabaseOptions = {}): Database {
  const { readOnly = false, timeoutMs = 0, untrusted = false, immutable = false } = options;
  const attempt = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw translate(error, path);
    }
  };
  const location = immutable ? immutableUrl(path) : path;
  const database = attempt(() => new DatabaseSync(location, { readOnly, timeout: timeoutMs }));
  if (untrusted) {
    (database as unknown as { enableDefensive(on: boolean): void }).enableDefensive(true); // Not typed yet.
    attempt(() =>
      database.exec("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0")
    );
  }
  let open = true;

  const statement = <Row extends SqlRow>(raw: StatementSync): Statement<Row> => ({
    run(...params) {
      refuseLossy(params);
      try {
        return raw.run(...params as SqlValue[]) as { changes: number; lastInsertRowid: number };
      } catch (error) {
        throw translate(error, path);
      }
    },
    get: (...params) => attempt(() => raw.get(...params as SqlValue[]) as Row | undefined),
    all: (...params) => attempt(() => raw.all(...params as SqlValue[]) as Row[]),
  });

  return {
    path,
    exec: (sql) => attempt(() => database.exec(sql)),
    prepare(sql, { bigints = false } = {}) {
      const raw = attempt(() => database.prepare(sql));
      if (bigints) raw.setReadBigInts(true);
      return statement(raw);
    },
    transaction(work) {
      attempt(() => database.exec("BEGIN IMMEDIATE"));
      try {
        const result = work();
        attempt(() => database.exec("COMMIT"));
        return result;
      } catch (error) {
        try {
          database.exec("ROLLBACK");
        } catch {
          // SQLite rolled back by itself, as it does when the disk is full or fails.
        }
        throw error;
      }
    },
    close() {
      if (!open) return;
      open = false;
      database.close();
    },
  };
}
