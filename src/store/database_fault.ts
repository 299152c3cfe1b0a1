import { DatabaseError } from "../platform/mod.ts";
import { StoreError, type StoreFault } from "./store_error.ts";

function faultOf(error: DatabaseError): StoreFault {
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

/** Runs `work`; what the database throws becomes a {@linkcode StoreError}. */
export function asStoreError<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof DatabaseError ? new StoreError(faultOf(error)) : error;
  }
}
