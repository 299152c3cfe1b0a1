import { ChainError, chainHash, type Entry, type HashHex, parseEntry } from "../chain/mod.ts";
import type { LogReader, StoredEntry, StoredPart, StoredRecord } from "../store/mod.ts";
import { CliError } from "./cli_error.ts";

/** An entry of a log, read strictly; parts and hash are fetched when they are asked for, if not before. */
export interface LoggedEntry {
  /** The actor whose chain holds it. */
  readonly address: string;
  /** The very text that was hashed. */
  readonly text: string;
  readonly entry: Entry;
  parts(): readonly StoredPart[];
  /** The chain hash, computed from the text. */
  hash(): HashHex;
}

/**
 * Reads a stored entry.
 *
 * @throws {CliError} `bad_entry` when it is none, or of a version that is not known here
 */
export function readEntry(
  reader: LogReader,
  address: string,
  stored: StoredEntry | StoredRecord,
): LoggedEntry {
  let parts = "parts" in stored ? stored.parts : undefined;
  return {
    address,
    text: stored.text,
    entry: parse(address, stored),
    parts: () => parts ??= reader.parts(address, stored.seq),
    hash: () => chainHash(stored.text),
  };
}

function parse(address: string, { seq, text }: StoredEntry): Entry {
  try {
    const entry = parseEntry(text);
    if (entry.seq === seq) return entry;
    throw new ChainError({ code: "wrong_seq", wanted: `${seq}`, got: `${entry.seq}`, seq });
  } catch (error) {
    if (!(error instanceof ChainError)) throw error;
    throw new CliError({
      code: "bad_entry",
      actor: address,
      seq,
      fault: error.fault,
      message: error.message,
    });
  }
}
