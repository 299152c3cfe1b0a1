import { appendEntry, type ChainHead, type Draft, type HashHex } from "../chain/mod.ts";
import { encodeUtf8 } from "../codec/mod.ts";
import type { LogReader, Write } from "../store/mod.ts";
import { BundleError } from "./bundle_error.ts";
import type { Outline } from "./outline.ts";
import type { WritePorts } from "./ports.ts";

/** Appends entries with a reason to the chain of an actor that rests. */
export interface ReasonScribe {
  append(draft: Draft, reason: string): Write;
}

/**
 * Goes on with the chain of an actor.
 *
 * @throws {BundleError} `turn_open`
 */
export function reasonScribe(reader: LogReader, outline: Outline, ports: WritePorts): ReasonScribe {
  const { address, open } = outline;
  const row = reader.actor(address);
  if (row === undefined) throw new BundleError({ code: "no_such_actor", address });
  if (open) throw new BundleError({ code: "turn_open", address });
  let head: ChainHead = { size: row.size, hash: row.head as HashHex };
  return {
    append(draft, reason) {
      const salt = ports.salt();
      const made = appendEntry(head, draft, [{ text: reason, salt }]);
      head = made.head;
      const { text, hash, entry: { seq } } = made;
      const parts = [{ status: "present", salt, bytes: encodeUtf8(reason) }] as const;
      return { write: "append", address, seq, text, hash, parts };
    },
  };
}
