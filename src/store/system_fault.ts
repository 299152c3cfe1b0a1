import { DatabaseError, FileError } from "../platform/mod.ts";
import { StoreError, type StoreFault } from "./store_error.ts";

function faultOfDatabase(error: DatabaseError): StoreFault {
  const { code, path, message } = error.fault;
  switch (code) { // No default: a new code fails to compile here.
    case "full":
    case "read_only":
    case "busy":
    case "cannot_open":
    case "io":
      return { code, path, message };
    case "not_a_database":
      return { code: "not_a_log", path, found: "it is not an SQLite database" };
    case "damaged":
    // Our own SQL keeps all constraints, so what breaks one was in the file before.
    case "constraint":
    case "other":
      return { code: "damaged", path, found: message };
  }
}

function faultOfFile(error: FileError): StoreFault {
  const { code, path, message } = error.fault;
  switch (code) { // No default: a new code fails to compile here.
    case "full":
      return { code, path, message };
    case "denied":
    case "read_only":
      return { code: "read_only", path, message };
    case "not_found":
    case "is_folder":
    case "not_a_folder":
    case "too_large":
    case "not_text":
    case "other":
      return { code: "cannot_open", path, message };
  }
}

/** Runs `work`; what the database or the file system throws becomes a {@linkcode StoreError}. */
export function asStoreError<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof DatabaseError) throw new StoreError(faultOfDatabase(error));
    if (error instanceof FileError) throw new StoreError(faultOfFile(error));
    throw error;
  }
}
