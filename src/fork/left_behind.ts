import { type CallEntry, type OpenCause, requestId, setTimerFunction } from "../chain/mod.ts";
import { isJsonObject, type JsonValue, parseCanonical } from "../codec/mod.ts";
import { partText, ReplayError } from "../replay/mod.ts";
import type { LogReader } from "../store/mod.ts";
import { type CheckedChain, readChain } from "./read_chain.ts";

/** A timer that was set and had not fired. */
export interface LeftTimer {
  /** Decimal digits. */
  readonly timer: string;
  /** When it was due, in milliseconds since 1970; absent where nobody knows any more. */
  readonly dueMs?: number;
}

/** What an actor had at a moment beside its state: a fork goes on without it. */
export interface LeftBehind {
  /** Messages that had been accepted and had not had their turn. */
  readonly messages: number;
  readonly timers: readonly LeftTimer[];
  /** Requests to others that had no reply. */
  readonly requests: number;
  /** Addresses of its children, as far as they are in the log. */
  readonly children: readonly string[];
  /** Idempotency keys that it had seen. */
  readonly keys: number;
}

/** The import by which an actor takes a timer back. */
const cancelTimerFunction = "theater:actor/timers@0.1.0#cancel";

/**
 * Reads a chain from its beginning to the entry `seq`, by all rules of the
 * format, and finds what stood open there.
 *
 * @throws {ChainError} at the first entry that breaks a rule
 * @throws {ReplayError} `damaged` where a part is not what its entry commits to
 */
export function findLeftBehind(
  reader: LogReader,
  address: string,
  seq: number,
): CheckedChain & { readonly left: LeftBehind } {
  const set = new Map<number, { readonly call: CallEntry; readonly endedMs: number }>();
  const cancelled = new Set<string>();
  let keys = 0;
  let calls: CallEntry[] = [];
  const chain = readChain(reader, address, seq, (entry) => {
    switch (entry.kind) {
      case "accept":
        if (entry.keyed) keys += 1;
        break;
      case "receive":
        // One that was accepted before its turn has been counted.
        if (entry.keyed && entry.cause === undefined) keys += 1;
        calls = [];
        break;
      case "call":
        if (entry.function === setTimerFunction || entry.function === cancelTimerFunction) calls.push(entry);
        break;
      case "return":
        for (const call of entry.outcome === "ok" ? calls : []) {
          if (call.function === setTimerFunction) set.set(call.seq, { call, endedMs: entry.time });
          else cancelled.add(String(argumentsOf(reader, address, call)?.[0]));
        }
        break;
      default: // Nothing else leaves anything open.
        break;
    }
  });
  const open = (what: OpenCause["what"]) => chain.open.filter((cause) => cause.what === what);
  const timers = open("timer").flatMap(({ seq: at }): LeftTimer[] => {
    const found = set.get(at);
    if (found === undefined) return [];
    const { call, endedMs } = found;
    const delayMs = Number(argumentsOf(reader, address, call)?.[0]);
    return [{
      timer: requestId(call.turn, call.call),
      ...(Number.isSafeInteger(delayMs) && { dueMs: endedMs + delayMs }),
    }];
  }).filter(({ timer }) => !cancelled.has(timer));
  const left: LeftBehind = {
    messages: open("accept").length,
    timers,
    requests: open("request").length,
    children: childrenOf(reader, address),
    keys,
  };
  return { ...chain, left };
}

/** The arguments of a call; undefined where they are not there any more. */
function argumentsOf(reader: LogReader, address: string, call: CallEntry): readonly JsonValue[] | undefined {
  try {
    const value = parseCanonical(partText(reader, address, call, 0));
    return Array.isArray(value) && !isJsonObject(value) ? value : undefined;
  } catch (error) {
    if (error instanceof ReplayError && error.fault.code === "part_absent") return undefined;
    throw error;
  }
}

function childrenOf(reader: LogReader, address: string): string[] {
  const below = `${address}/`;
  return reader.actors().map((row) => row.address)
    .filter((child) => child.startsWith(below) && !child.slice(below.length).includes("/"));
}
