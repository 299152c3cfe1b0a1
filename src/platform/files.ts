import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import process from "node:process";

/** Why a file could not be used. */
export type FileFaultCode =
  | "not_found"
  | "denied"
  | "is_folder"
  | "not_a_folder"
  | "full"
  | "read_only"
  | "too_large"
  | "not_text"
  | "other";

/** Evidence for a {@linkcode FileError}. */
export interface FileFault {
  readonly code: FileFaultCode;
  readonly path: string;
  /** What was being done: `read`, `write`, … */
  readonly action: string;
  /** The system's own words. */
  readonly message: string;
}

/** A file could not be used. */
export class FileError extends Error {
  override readonly name = "FileError";
  readonly fault: FileFault;
  constructor(fault: FileFault) {
    super(`Cannot ${fault.action} ${fault.path}: ${describe(fault)}`);
    this.fault = fault;
  }
}

function describe(fault: FileFault): string {
  switch (fault.code) {
    case "not_found":
      return "there is no such file or folder";
    case "denied":
      return "permission denied";
    case "is_folder":
      return "it is a folder, wanted a file";
    case "not_a_folder":
      return "it is a file, wanted a folder";
    case "full":
      return "the disk is full";
    case "read_only":
      return "the file system is read-only";
    case "too_large":
    case "not_text":
    case "other":
      return fault.message;
  }
}

const codeOfErrno: Readonly<Record<string, FileFaultCode>> = {
  ENOENT: "not_found",
  EACCES: "denied",
  EPERM: "denied",
  EISDIR: "is_folder",
  ENOTDIR: "not_a_folder",
  EEXIST: "not_a_folder",
  ENOSPC: "full",
  EDQUOT: "full",
  EROFS: "read_only",
};

function attempt<T>(action: string, path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof FileError) throw error;
    const errno = (error as { readonly code?: unknown }).code;
    const code = typeof errno === "string" ? codeOfErrno[errno] ?? "other" : "other";
    throw new FileError({ code, path, action, message: error.message });
  }
}

/**
 * The bytes of a file.
 *
 * @param options `bytesMax`: refuse a larger file before reading it
 * @throws {FileError}
 */
export function readBytes(path: string, options: { readonly bytesMax?: number } = {}): Uint8Array {
  return attempt("read", path, () => {
    const { bytesMax } = options;
    const { size } = statSync(path);
    if (bytesMax !== undefined && size > bytesMax) {
      const message = `wanted at most ${bytesMax} bytes, got ${size}`;
      throw new FileError({ code: "too_large", path, action: "read", message });
    }
    const bytes = readFileSync(path);
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  });
}

/**
 * A file as text; must be UTF-8. A byte order mark is kept.
 *
 * @throws {FileError} `not_text` when it is not UTF-8
 */
export function readText(path: string, options: { readonly bytesMax?: number } = {}): string {
  const bytes = readBytes(path, options);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new FileError({
      code: "not_text",
      path,
      action: "read",
      message: "wanted UTF-8 text, got other bytes",
    });
  }
}

let temporaries = 0;

/**
 * Writes a file so that whoever looks finds the old one or the whole new one,
 * also after a loss of power.
 *
 * @param options `mode`: permission bits of a new file. @default 0o600
 * @throws {FileError}
 */
export function writeFileAtomic(
  path: string,
  content: Uint8Array | string,
  options: { readonly mode?: number } = {},
): void {
  attempt("write", path, () => {
    const temporary = join(dirname(resolve(path)), `.${process.pid}-${temporaries++}.tmp`);
    try {
      const file = openSync(temporary, "wx", options.mode ?? 0o600);
      try {
        writeFileSync(file, content);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
    syncFolder(dirname(resolve(path)));
  });
}

/**
 * The same as {@linkcode writeFileAtomic} while others go on working: a disk may
 * take many milliseconds.
 *
 * @throws {FileError}
 */
export async function writeFileAtomicLater(
  path: string,
  content: Uint8Array | string,
  options: { readonly mode?: number } = {},
): Promise<void> {
  const folder = dirname(resolve(path));
  const temporary = join(folder, `.${process.pid}-${temporaries++}.tmp`);
  try {
    const file = await open(temporary, "wx", options.mode ?? 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    renameSync(temporary, path);
    if (process.platform === "win32") return;
    const opened = await open(folder, "r");
    try {
      await opened.sync();
    } finally {
      await opened.close();
    }
  } catch (error) {
    attempt("write", path, () => {
      rmSync(temporary, { force: true });
      throw error;
    });
  }
}

/** A rename is durable once its folder is; some systems cannot sync a folder, and need not. */
function syncFolder(path: string): void {
  if (process.platform === "win32") return;
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/**
 * Makes a folder and those above it, for its owner only (0700) where they are new.
 *
 * @throws {FileError} `not_a_folder` when a file is in the way
 */
export function ensureFolder(path: string): void {
  attempt("make the folder", path, () => {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    if (!statSync(path).isDirectory()) {
      throw new FileError({ code: "not_a_folder", path, action: "make the folder", message: "" });
    }
  });
}

/**
 * Makes an empty file that only its owner can read, unless something is there
 * already, which stays untouched (not even opened: closing a file takes away
 * the locks that this process holds on it).
 *
 * @throws {FileError}
 */
export function createPrivateFile(path: string): void {
  attempt("make the file", path, () => {
    if (existsSync(path)) return;
    closeSync(openSync(path, "a", 0o600));
  });
}

/** Whether there is a file or folder at `path` that we may see. */
export function exists(path: string): boolean {
  return existsSync(path);
}

/** What is at a path. */
export interface FileFacts {
  readonly kind: "file" | "folder" | "link" | "other";
  /** Bytes. */
  readonly size: number;
  /** Permission bits. */
  readonly mode: number;
  /** User id of the owner; 0 where there are none. */
  readonly owner: number;
  /** Milliseconds since 1970. */
  readonly modifiedMs: number;
}

/** What is at `path`, links not followed; `undefined` when there is nothing. @throws {FileError} */
export function inspectFile(path: string): FileFacts | undefined {
  return attempt("look at", path, () => {
    const facts = lstatSync(path, { throwIfNoEntry: false });
    if (facts === undefined) return undefined;
    const kind = facts.isFile()
      ? "file"
      : facts.isDirectory()
      ? "folder"
      : facts.isSymbolicLink()
      ? "link"
      : "other";
    return { kind, size: facts.size, mode: facts.mode & 0o7777, owner: facts.uid, modifiedMs: facts.mtimeMs };
  });
}

/** Names in a folder, sorted. @throws {FileError} */
export function listFolder(path: string): string[] {
  return attempt("list", path, () => readdirSync(path).sort());
}

/** Removes a file, or a folder with all that is in it; to remove nothing does no harm. @throws {FileError} */
export function remove(path: string): void {
  attempt("remove", path, () => rmSync(path, { recursive: true, force: true }));
}

/** Renames, replacing what has the new name; durable when it returns. @throws {FileError} */
export function rename(from: string, to: string): void {
  attempt("rename", from, () => {
    renameSync(from, to);
    syncFolder(dirname(resolve(to)));
  });
}

/** The one true path of what is at `path`, links followed. @throws {FileError} */
export function realPath(path: string): string {
  return attempt("find", path, () => realpathSync(path));
}

/** Sets permission bits. @throws {FileError} */
export function setMode(path: string, mode: number): void {
  attempt("set the mode of", path, () => chmodSync(path, mode));
}
