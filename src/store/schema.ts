import { type Database, openDatabase } from "../platform/mod.ts";
import initial from "./schema/001_initial.sql" with { type: "text" };
import proof from "./schema/002_proof.sql" with { type: "text" };
import supervision from "./schema/003_supervision.sql" with { type: "text" };
import lineage from "./schema/004_lineage.sql" with { type: "text" };
import { StoreError } from "./store_error.ts";

/** `Thtr`: what SQLite's header says of a log, so that `file` and we can tell. */
export const applicationId = 0x54687472;

/** One step of the schema; `version` is what `PRAGMA user_version` says after it. */
interface Migration {
  readonly version: number;
  readonly sql: string;
}

/** In order, never changed once released: a log of any age is brought up to date by the rest of them. */
const migrations: readonly Migration[] = [
  { version: 1, sql: initial },
  { version: 2, sql: proof },
  { version: 3, sql: supervision },
  { version: 4, sql: lineage },
];

/** The oldest version that is read as it is: since then all that is evidence has stayed the same. */
export const oldestReadable = 2;

/** The version that this program writes. */
export const schemaVersion: number = migrations.at(-1)?.version ?? 0;

function pragma(database: Database, name: string): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}

function runMigrations(database: Database, from: number, to: number): void {
  for (const { version, sql } of migrations) {
    if (version <= from || version > to) continue;
    database.exec(sql);
    database.exec(`PRAGMA user_version = ${version}`);
  }
  database.exec(`PRAGMA application_id = ${applicationId}`);
}

/** Every table, index and view, as SQLite keeps their definition. */
function definitions(database: Database): string {
  const rows = database.prepare("SELECT type, name, sql FROM sqlite_schema ORDER BY type, name").all();
  return JSON.stringify(rows.map(({ type, name, sql }) => [type, name, sql]));
}

const expected = new Map<number, string>();

function expectedDefinitions(version: number): string {
  const known = expected.get(version);
  if (known !== undefined) return known;
  const database = openDatabase(":memory:");
  runMigrations(database, 0, version);
  const found = definitions(database);
  database.close();
  expected.set(version, found);
  return found;
}

/** What a file turned out to be. */
export type LogCheck = "empty" | "older" | "current";

/**
 * Looks whether an open database is a log that we can use.
 *
 * @throws {StoreError} `not_a_log`, `newer_version`; `damaged` when its tables are not those of its version
 */
export function checkSchema(database: Database): LogCheck {
  const { path } = database;
  const id = pragma(database, "application_id");
  const version = readVersion(database);
  if (id !== applicationId) {
    const tables = Number(database.prepare("SELECT count(*) AS tables FROM sqlite_schema").get()?.["tables"]);
    if (id === 0 && version === 0 && tables === 0) return "empty";
    throw new StoreError({ code: "not_a_log", path, found: "it is an SQLite database of another program" });
  }
  if (version > schemaVersion) {
    throw new StoreError({ code: "newer_version", path, found: version, known: schemaVersion });
  }
  if (version < 1) throw new StoreError({ code: "not_a_log", path, found: "it has no version" });
  // An older one too, before anything is run on it: a stranger may have made it.
  if (definitions(database) !== expectedDefinitions(version)) {
    throw new StoreError({ code: "damaged", path, found: "its tables are not those of a log" });
  }
  return version < schemaVersion ? "older" : "current";
}

/** The version of a log. */
export function readVersion(database: Database): number {
  return pragma(database, "user_version");
}

/**
 * Creates the tables of a new log, or brings those of an older one up to date; call it in a transaction.
 *
 * @param to the version to stop at; tests make old logs by it. @default the newest
 */
export function migrate(database: Database, to: number = schemaVersion): void {
  runMigrations(database, readVersion(database), to);
}
