import { addressOf } from "../address/mod.ts";
import { commitPart, type Entry, type HashHex, type PartRole, partRoles, zeroHash } from "../chain/mod.ts";
import type { ActorRow, LogReader, StoredPart } from "../store/mod.ts";
import { type LoggedEntry, readEntry } from "./logged_entry.ts";

/** Whether something holds: recomputed and the same, recomputed and not, or nothing to compare with. */
export type Check =
  | { readonly check: "holds" }
  | { readonly check: "fails"; readonly wanted: string; readonly got: string }
  | { readonly check: "open"; readonly why: string };

/** One part of an entry and whether its bytes are what the entry commits to. */
export interface CheckedPart {
  readonly role: PartRole;
  readonly commitment: HashHex;
  readonly part: StoredPart | undefined;
  readonly check: Check;
}

/** Where an entry stands in its turn: positions of its first and last entry. */
export interface TurnSpan {
  readonly turn: number;
  readonly from: number;
  /** Absent while the turn is open. */
  readonly to?: number;
}

/** Everything about one entry that can be checked with its neighbours. */
export interface CheckedEntry {
  readonly logged: LoggedEntry;
  /** Whether `prev` is the hash of the entry before. */
  readonly prev: Check;
  /** Whether the entry after, or the head of the chain, names the hash of this one. */
  readonly next: Check;
  /** Whether the entry that caused it has the hash that it names; absent where it names none. */
  readonly cause: Check | undefined;
  readonly parts: readonly CheckedPart[];
  readonly turn: TurnSpan | undefined;
}

/** Recomputes what an entry claims, and what its neighbours claim of it. */
export function checkEntry(reader: LogReader, actor: ActorRow, logged: LoggedEntry): CheckedEntry {
  const stored = logged.parts();
  return {
    logged,
    prev: checkPrev(reader, logged),
    next: checkNext(reader, actor, logged),
    cause: checkCause(reader, logged),
    parts: partRoles(logged.entry).map((role, position) => {
      const commitment = logged.entry.parts[position] ?? zeroHash;
      const part = stored[position];
      return { role, commitment, part, check: checkPart(part, commitment) };
    }),
    turn: spanOf(reader, actor, logged.entry),
  };
}

/** Whether nothing that could be checked fails. */
export function holds({ prev, next, cause, parts }: CheckedEntry): boolean {
  return [prev, next, cause, ...parts.map(({ check }) => check)].every((each) => each?.check !== "fails");
}

function compare(wanted: string, got: string): Check {
  return wanted === got ? { check: "holds" } : { check: "fails", wanted, got };
}

function checkPrev(reader: LogReader, { address, entry }: LoggedEntry): Check {
  if (entry.seq === 0) return compare(zeroHash, entry.prev);
  const before = reader.entry(address, entry.seq - 1);
  if (before === undefined) return { check: "open", why: `entry ${entry.seq - 1} is not there` };
  return compare(readEntry(reader, address, before).hash(), entry.prev);
}

function checkNext(reader: LogReader, actor: ActorRow, logged: LoggedEntry): Check {
  const { address, entry } = logged;
  if (entry.seq === actor.size - 1) return compare(actor.head, logged.hash());
  const after = reader.entry(address, entry.seq + 1);
  if (after === undefined) return { check: "open", why: `entry ${entry.seq + 1} is not there` };
  return compare(readEntry(reader, address, after).entry.prev, logged.hash());
}

function checkCause(reader: LogReader, { address, entry }: LoggedEntry): Check | undefined {
  const named = entry.kind === "receive" || entry.kind === "incarnation";
  if (!named || entry.cause === undefined || entry.cause_seq === undefined) {
    return undefined;
  }
  const { cause_origin: origin, cause_seq: seq } = entry;
  const holder = origin === undefined ? address : addressOf(origin);
  const row = reader.actor(holder);
  if (row === undefined || (origin !== undefined && row.origin !== origin)) {
    return { check: "open", why: `the chain of ${origin ?? holder} is not in this log` };
  }
  const stored = reader.entry(holder, seq);
  if (stored === undefined) {
    return { check: "fails", wanted: `entry ${seq} of ${holder}`, got: "no such entry" };
  }
  return compare(readEntry(reader, holder, stored).hash(), entry.cause);
}

function checkPart(part: StoredPart | undefined, commitment: HashHex): Check {
  if (part === undefined) return { check: "fails", wanted: "a part", got: "none" };
  const { status, salt, bytes } = part;
  switch (status) { // No default: a new status fails to compile here.
    case "present":
      if (salt === undefined || bytes === undefined) {
        return {
          check: "fails",
          wanted: "bytes and salt",
          got: bytes === undefined ? "no bytes" : "no salt",
        };
      }
      return compare(commitment, commitPart(bytes, salt));
    case "derivable":
      return { check: "open", why: "replay gives its bytes" };
    case "withheld":
      return { check: "open", why: "it was left out of this bundle" };
    case "erased":
    case "pruned":
      return { check: "open", why: `it was ${status}` };
  }
}

function spanOf(reader: LogReader, actor: ActorRow, entry: Entry): TurnSpan | undefined {
  if (!("turn" in entry)) return undefined;
  const { address } = actor;
  let from = entry.seq;
  for (const stored of reader.entries(address, { to: entry.seq + 1, backwards: true })) {
    const { entry: before } = readEntry(reader, address, stored);
    if (!("turn" in before) || before.turn !== entry.turn) break;
    from = before.seq;
  }
  for (const stored of reader.entries(address, { from: entry.seq })) {
    const { entry: after } = readEntry(reader, address, stored);
    if (!("turn" in after) || after.turn !== entry.turn) break;
    if (after.kind === "return" || after.kind === "trap" || after.kind === "cut") {
      return { turn: entry.turn, from, to: after.seq };
    }
  }
  return { turn: entry.turn, from };
}
