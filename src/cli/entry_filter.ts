import { Buffer } from "node:buffer";
import type { EntryKind } from "../chain/mod.ts";
import { shortFunction } from "./entry_words.ts";
import type { LoggedEntry } from "./logged_entry.ts";
import type { Span } from "./readers.ts";

/** What an entry must be to be shown; what is absent or empty does not matter. */
export interface EntryFilter {
  readonly kinds: readonly EntryKind[];
  /** Names of functions, whole or in part; see {@linkcode matchesFunction}. */
  readonly functions: readonly string[];
  readonly turn: Span | undefined;
  readonly sinceMs: number | undefined;
  readonly untilMs: number | undefined;
  /** Must stand in a part. */
  readonly text: string | undefined;
}

/** Whether the filter lets everything through. */
export function letsAllThrough(filter: EntryFilter): boolean {
  return filter.kinds.length === 0 && filter.functions.length === 0 && filter.turn === undefined &&
    filter.sinceMs === undefined && filter.untilMs === undefined && filter.text === undefined;
}

/** Makes the test of one entry; what is cheap is asked first. */
export function createMatcher(filter: EntryFilter): (logged: LoggedEntry) => boolean {
  const { kinds, functions, turn, sinceMs = -Infinity, untilMs = Infinity, text } = filter;
  const needle = text === undefined ? undefined : Buffer.from(text);
  return (logged) => {
    const { entry } = logged;
    if (kinds.length > 0 && !kinds.includes(entry.kind)) return false;
    if (entry.time < sinceMs || entry.time > untilMs) return false;
    if (turn !== undefined && !("turn" in entry && entry.turn >= turn.from && entry.turn <= turn.to)) {
      return false;
    }
    if (functions.length > 0) {
      if (entry.kind !== "call") return false;
      if (!functions.some((name) => matchesFunction(entry.function, name))) return false;
    }
    return needle === undefined ||
      logged.parts().some(({ bytes }) => bytes !== undefined && holds(bytes, needle));
  };
}

/**
 * Whether `wanted` names the function `name` of an import: whole
 * (`theater:actor/log@0.1.0#write`), short (`log.write`), the interface
 * (`log`), or the function alone (`write`).
 */
export function matchesFunction(name: string, wanted: string): boolean {
  const short = shortFunction(name);
  if (wanted === name || wanted === short) return true;
  const dot = short.indexOf(".");
  return dot >= 0 && (wanted === short.slice(0, dot) || wanted === short.slice(dot + 1));
}

function holds(bytes: Uint8Array, needle: Buffer): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(needle);
}
