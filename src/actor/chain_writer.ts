import {
  appendEntry,
  type ChainHead,
  type Draft,
  type HashHex,
  type PartInput,
  zeroHash,
} from "../chain/mod.ts";
import type { StoredPart, Write } from "../store/mod.ts";

/** A part about to be written: its bytes, or only their digest when replay gives them back. */
export type PartDraft =
  | { readonly text: string; readonly salt: Uint8Array }
  | { readonly sha256: string; readonly salt: Uint8Array };

/** Where an entry went. */
export interface Appended {
  readonly seq: number;
  /** Chain hash, 64 hex digits. */
  readonly hash: string;
}

/** Grows one chain in memory; what it wrote waits in {@linkcode ChainWriter.take}. */
export interface ChainWriter {
  readonly address: string;
  readonly origin: string;
  append(draft: Draft, parts: readonly PartDraft[], counters?: Counters): Appended;
  /** Where the chain stands, with what waits to be taken; size 0 before its genesis. */
  head(): ChainHead;
  /** Adds a write that must be committed with the entries around it. */
  also(write: Write): void;
  /** Hands over everything written since the last time, in order. */
  take(): readonly Write[];
  /** Bytes of entries and parts written over the life of this writer. */
  bytes(): number;
}

/** What an entry counts up. */
export interface Counters {
  readonly turns?: number;
  readonly activations?: number;
}

/** Continues the chain of `address` at `head`; `undefined` before its genesis. */
export function createChainWriter(
  address: string,
  origin: string,
  head: ChainHead | undefined,
): ChainWriter {
  const encoder = new TextEncoder();
  let writes: Write[] = [];
  let bytesWritten = 0;

  return {
    address,
    origin,
    append(draft, parts, counters = {}) {
      const kept: StoredPart[] = [];
      const committed = parts.map((part): PartInput => {
        if ("sha256" in part) {
          kept.push({ status: "derivable", salt: part.salt });
          return { digest: part.sha256 as HashHex, salt: part.salt };
        }
        const bytes = encoder.encode(part.text);
        bytesWritten += bytes.length;
        kept.push({ status: "present", salt: part.salt, bytes });
        return { bytes, salt: part.salt };
      });
      const appended = appendEntry(head, draft, committed);
      head = appended.head;
      bytesWritten += appended.text.length;
      writes.push({
        write: "append",
        address,
        seq: appended.entry.seq,
        text: appended.text,
        hash: appended.hash,
        parts: kept,
        ...counters,
      });
      return { seq: appended.entry.seq, hash: appended.hash };
    },
    head: () => head ?? { size: 0, hash: zeroHash },
    also: (write) => void writes.push(write),
    take() {
      const taken = writes;
      writes = [];
      return taken;
    },
    bytes: () => bytesWritten,
  };
}
