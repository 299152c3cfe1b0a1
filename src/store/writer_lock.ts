import {
  createPrivateFile,
  type Database,
  DatabaseError,
  openDatabase,
  processId,
  systemClock,
} from "../platform/mod.ts";
import { asStoreError } from "./system_fault.ts";
import { type LogHolder, StoreError } from "./store_error.ts";

/** The right to write to a log, held until released or until the process is gone. */
export interface WriterLock {
  release(): void;
}

function readHolder(path: string): LogHolder | undefined {
  try {
    const database = openDatabase(path, { readOnly: true });
    try {
      const row = database.prepare<{ pid: number; since_ms: number }>("SELECT pid, since_ms FROM holder")
        .get();
      return row && { pid: row.pid, sinceMs: row.since_ms };
    } finally {
      database.close();
    }
  } catch {
    return undefined; // It is being written just now; that it is held is all that matters.
  }
}

function begin(database: Database, logPath: string): void {
  try {
    database.exec("BEGIN IMMEDIATE");
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.fault.code !== "busy") throw error;
    const holder = readHolder(database.path);
    throw new StoreError({ code: "in_use", path: logPath, ...(holder === undefined ? {} : { holder }) });
  }
}

/**
 * Takes the one right to write to the log at `logPath`, or to whatever else is
 * there, or says who has it.
 *
 * It is SQLite's own lock on a second file beside the log, `<log>-lock`: the
 * system gives it back when the process ends, by SIGKILL too. Never delete the
 * file while somebody writes: a new one would have a new lock. It is written to
 * once, and says who holds it.
 *
 * @throws {StoreError} `in_use`
 */
export function takeWriterLock(logPath: string): WriterLock {
  const path = `${logPath}-lock`;
  return asStoreError(() => {
    createPrivateFile(path);
    const database = openDatabase(path);
    try {
      // Only the lock must be sure; what is written into the file need not survive anything.
      database.exec("PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY");
      begin(database, logPath);
      database.exec(
        "CREATE TABLE IF NOT EXISTS holder (id INTEGER PRIMARY KEY CHECK (id = 1), pid INTEGER, since_ms INTEGER) STRICT",
      );
      database.prepare("REPLACE INTO holder VALUES (1, ?, ?)").run(processId, systemClock.nowMs());
      database.exec("COMMIT");
      // Held open and written to no more: others can read who we are. Whoever comes between is told apart here.
      begin(database, logPath);
    } catch (error) {
      database.close();
      throw error;
    }
    return { release: () => database.close() };
  });
}
