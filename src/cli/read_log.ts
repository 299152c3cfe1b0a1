import type { ActorRow, LogReader } from "../store/mod.ts";
import { CliError } from "./cli_error.ts";
import { findLog } from "./find_log.ts";
import { nearest } from "../spelling/mod.ts";

/**
 * Opens the log that the options name, hands it to `use` and closes it again.
 *
 * @param db as given with `--db`
 * @throws {CliError} when there is none, or more than one to choose from
 * @throws {StoreError} when it cannot be read
 */
export async function readLog<T>(
  db: string | undefined,
  folder: string,
  use: (reader: LogReader, path: string) => T | Promise<T>,
): Promise<T> {
  const path = await chooseLog(db, folder);
  const { openLogReader } = await import("../store/mod.ts");
  const reader = openLogReader(path);
  try {
    return await use(reader, path);
  } finally {
    reader.close();
  }
}

/**
 * The path of the log that the options name, or that there is.
 *
 * @throws {CliError} when there is none, or more than one to choose from
 */
export async function chooseLog(db: string | undefined, folder: string): Promise<string> {
  const { openLogReader, StoreError } = await import("../store/mod.ts");
  return findLog(db, folder, (candidate) => {
    try {
      openLogReader(candidate).close();
      return true;
    } catch (error) {
      // One that is damaged, or newer, is a log all the same: the user should hear of it.
      if (error instanceof StoreError) return error.fault.code !== "not_a_log";
      throw error;
    }
  });
}

/** The row of an actor. @throws {CliError} `no_such_actor`, with the nearest that there is */
export function requireActor(reader: LogReader, address: string): ActorRow {
  const row = reader.actor(address);
  if (row !== undefined) return row;
  const known = reader.actors().map((actor) => actor.address);
  const closest = nearest(address, known);
  throw new CliError({
    code: "no_such_actor",
    got: address,
    known,
    ...(closest === undefined ? {} : { nearest: closest }),
  });
}
