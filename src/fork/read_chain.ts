import {
  type ChainSummary,
  createChainChecker,
  type Entry,
  type HashHex,
  isHashHex,
  type OpenCause,
} from "../chain/mod.ts";
import { ReplayError } from "../replay/mod.ts";
import type { LogReader } from "../store/mod.ts";

/** A chain that was read up to an entry, and keeps all rules up to there. */
export interface CheckedChain {
  readonly summary: ChainSummary;
  /** What waited for its effect. */
  readonly open: readonly OpenCause[];
}

/**
 * Reads a chain from its beginning to the entry `seq`. The hashes of pruned
 * entries are believed.
 *
 * @throws {ChainError} at the first entry that breaks a rule
 */
export function readChain(
  reader: LogReader,
  address: string,
  seq: number,
  visit: (entry: Entry) => void,
): CheckedChain {
  const checker = createChainChecker();
  const pruned = reader.pruned(address, { to: seq + 1 })[Symbol.iterator]();
  let next = pruned.next();
  const skipTo = (to: number) => {
    for (; next.done !== true && next.value.seq < to; next = pruned.next()) {
      checker.skip(hashOf(address, next.value));
    }
  };
  for (const { seq: at, text } of reader.entries(address, { to: seq + 1 })) {
    skipTo(at);
    visit(checker.next(text));
  }
  skipTo(seq + 1);
  return { summary: checker.summary(), open: checker.openCauses() };
}

function hashOf(address: string, { seq, hash }: { readonly seq: number; readonly hash: string }): HashHex {
  if (isHashHex(hash)) return hash;
  throw new ReplayError({ code: "damaged", address, seq, detail: "the hash of a pruned entry is none" });
}
