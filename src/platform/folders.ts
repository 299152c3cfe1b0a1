import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { ensureFolder, FileError, inspectFile, setMode } from "./files.ts";

/** Where folders come from: the environment, the system, and whose they are. Plain data, so that tests can play any system. */
export interface FolderSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** As Node spells it. */
  readonly os: string;
  readonly home: string;
  readonly temporary: string;
  /** User id; -1 where there are none. */
  readonly user: number;
}

function systemSources(): FolderSources {
  return {
    env: process.env,
    os: process.platform,
    get home() {
      return homeFolder();
    },
    temporary: tmpdir(),
    user: userId(),
  };
}

/** @throws {FileError} where the user has none, as in a bare container */
function homeFolder(): string {
  let found: string | undefined;
  try {
    found = absolute(homedir());
  } catch {
    // Neither HOME nor an entry of the user in the system's list.
  }
  if (found !== undefined) return found;
  const message = "there is none; set HOME, or choose with --cache-dir and --data-dir";
  throw new FileError({ code: "other", path: "of this user", action: "find the home folder", message });
}

function userId(): number {
  return process.getuid?.() ?? -1;
}

/** Folders that were chosen for this process, before what the environment says. */
export interface ChosenFolders {
  readonly cache?: string | undefined;
  readonly data?: string | undefined;
}

let chosenFolders: ChosenFolders = {};

/** From now on {@linkcode cacheFolder} and {@linkcode dataFolder} are these, where one is given. */
export function useFolders(folders: ChosenFolders): void {
  chosenFolders = folders;
}

function absolute(value: string | undefined): string | undefined {
  // The XDG rules say that a path that is not absolute must be ignored.
  return value !== undefined && /^(\/|[A-Za-z]:[\\/])/.test(value) ? value : undefined;
}

/**
 * Where compiled components are kept; may be deleted at any time. Not created here.
 *
 * `THEATER_CACHE_DIR`, else `$XDG_CACHE_HOME/theater` or `~/.cache/theater`,
 * on macOS `~/Library/Caches/theater`, on Windows `%LOCALAPPDATA%\theater\cache`.
 */
export function cacheFolder(sources: FolderSources = systemSources()): string {
  if (chosenFolders.cache !== undefined) return chosenFolders.cache;
  const { env, os, home } = sources;
  const chosen = env["THEATER_CACHE_DIR"];
  if (chosen !== undefined && chosen !== "") return chosen;
  if (os === "win32") {
    return join(absolute(env["LOCALAPPDATA"]) ?? join(home, "AppData", "Local"), "theater", "cache");
  }
  if (os === "darwin") return join(home, "Library", "Caches", "theater");
  return join(absolute(env["XDG_CACHE_HOME"]) ?? join(home, ".cache"), "theater");
}

/**
 * Where keys and signed heads are kept, which must not be lost. Not created here.
 *
 * `THEATER_DATA_DIR`, else `$XDG_DATA_HOME/theater` or `~/.local/share/theater`,
 * on macOS `~/Library/Application Support/theater`, on Windows `%LOCALAPPDATA%\theater\data`.
 */
export function dataFolder(sources: FolderSources = systemSources()): string {
  if (chosenFolders.data !== undefined) return chosenFolders.data;
  const { env, os, home } = sources;
  const chosen = env["THEATER_DATA_DIR"];
  if (chosen !== undefined && chosen !== "") return chosen;
  if (os === "win32") {
    return join(absolute(env["LOCALAPPDATA"]) ?? join(home, "AppData", "Local"), "theater", "data");
  }
  if (os === "darwin") return join(home, "Library", "Application Support", "theater");
  return join(absolute(env["XDG_DATA_HOME"]) ?? join(home, ".local", "share"), "theater");
}

/**
 * Where sockets live while somebody listens. Not created here.
 *
 * `$XDG_RUNTIME_DIR/theater` where that is set, else `theater-<user id>` in the
 * system's folder for temporary files.
 */
export function runtimeFolder(sources: FolderSources = systemSources()): string {
  const { env, temporary, user } = sources;
  const own = absolute(env["XDG_RUNTIME_DIR"]);
  return own !== undefined ? join(own, "theater") : join(temporary, `theater-${user}`);
}

/**
 * Makes sure that `path` is a folder that only this user can enter.
 *
 * Others can write to the folder above it (it may be `/tmp`), so a folder that
 * somebody else made, or a link, is refused.
 *
 * @throws {FileError} `denied` when it belongs to another user, `not_a_folder` when it is none
 */
export function ensurePrivateFolder(path: string): void {
  ensureFolder(path);
  const facts = inspectFile(path);
  const action = "use the folder";
  if (facts?.kind !== "folder") throw new FileError({ code: "not_a_folder", path, action, message: "" });
  if (process.platform === "win32") return; // Folders below the user's own are private there.
  if (facts.owner !== userId()) throw new FileError({ code: "denied", path, action, message: "" });
  if ((facts.mode & 0o077) !== 0) setMode(path, 0o700);
}
