import { join, relative, resolve } from "node:path";
import { exists, listFolder } from "../platform/mod.ts";
import { CliError } from "./cli_error.ts";

/** Where a log is kept unless its place is named, relative to the folder of the manifest. */
export const defaultLog = join(".theater", "theater.db");

/**
 * Finds the log: the one named, else the default one of `folder`, else the only
 * file `*.db` in `folder` that is a log of Theater.
 *
 * @param db as given with `--db`; relative to `folder`
 * @param isLog whether a file is a log of Theater
 * @returns an absolute path
 * @throws {CliError} `log_not_found`, `no_log` or `many_logs`
 */
export function findLog(
  db: string | undefined,
  folder: string,
  isLog: (path: string) => boolean,
): string {
  if (db !== undefined) {
    const path = resolve(folder, db);
    if (!exists(path)) throw new CliError({ code: "log_not_found", path: db });
    return path;
  }
  const usual = resolve(folder, defaultLog);
  if (exists(usual)) return usual;
  const found = listFolder(folder).filter((name) => name.endsWith(".db")).map((name) => join(folder, name))
    .filter(isLog);
  const [only, ...others] = found;
  if (only === undefined) {
    throw new CliError({ code: "no_log", looked: [usual, `a log among the files ${join(folder, "*.db")}`] });
  }
  if (others.length > 0) {
    throw new CliError({ code: "many_logs", found: found.map((path) => relative(folder, path)) });
  }
  return only;
}
