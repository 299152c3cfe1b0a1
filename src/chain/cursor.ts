/**
 * The members of an entry, taken one by one in the order of their keys: so what is
 * missing shows as a greater key, and what is unknown as a smaller one.
 *
 * Layer 1.
 * @module
 */

import { isAddress, isOrigin, OUTSIDE } from "../address/mod.ts";
import { ChainError } from "./chain_error.ts";
import { type EntryKind, entryVersion, type HashHex } from "./entry.ts";
import { isHashHex } from "./hash.ts";
import type { Members, MemberValue } from "./scan.ts";

const digitsPattern = /^(?:0|[1-9][0-9]{0,19})$/;
const digitsMax = 2n ** 64n - 1n;

/** Where a reader stands among the members. */
export interface Cursor {
  readonly kind: EntryKind;
  readonly members: Members;
  at: number;
}

/** Whether the next member has this key. */
export function has(c: Cursor, key: string): boolean {
  return c.members.keys[c.at] === key;
}

/** Takes the next member, which must have this key. */
export function take(c: Cursor, key: string): MemberValue {
  const found = c.members.keys[c.at];
  const value = c.members.values[c.at];
  if (found === key && value !== undefined) {
    c.at++;
    return value;
  }
  if (found !== undefined && found < key) throw unknownKey(c.kind, found);
  throw new ChainError({ code: "missing_key", key, wanted: `the key ${key} of ${c.kind}`, got: "none" });
}

export function takeString(c: Cursor, key: string): string {
  const got = take(c, key);
  if (typeof got !== "string") throw badValue(key, "a string", got);
  return got;
}

export function takeInteger(c: Cursor, key: string): number {
  const got = take(c, key);
  if (typeof got !== "number") throw badValue(key, "an integer", got);
  return got;
}

export function takeBoolean(c: Cursor, key: string): boolean {
  const got = take(c, key);
  if (typeof got !== "boolean") throw badValue(key, "true or false", got);
  return got;
}

export function takeHash(c: Cursor, key: string): HashHex {
  const got = take(c, key);
  if (typeof got !== "string" || !isHashHex(got)) throw badValue(key, "64 lowercase hex digits", got);
  return got;
}

export function takeWord<W extends string>(c: Cursor, key: string, words: readonly W[]): W {
  const got = take(c, key);
  const word = words.find((each) => each === got);
  if (word === undefined) throw badValue(key, `one of ${words.join(", ")}`, got);
  return word;
}

export function takeOrigin(c: Cursor, key: string): string {
  const origin = takeString(c, key);
  if (!isOrigin(origin)) throw badValue(key, "<name>~<32 hex digits>/<address>", origin);
  return origin;
}

/** An address, or `outside`. */
export function takeSender(c: Cursor, key: string): string {
  const from = takeString(c, key);
  if (from !== OUTSIDE && !isAddress(from)) throw badValue(key, `an address or ${OUTSIDE}`, from);
  return from;
}

/** Decimal digits of a number below 2^64, in their one spelling. */
export function takeDigits(c: Cursor, key: string): string {
  const digits = takeString(c, key);
  if (!digitsPattern.test(digits) || digits.length === 20 && BigInt(digits) > digitsMax) {
    throw badValue(key, "decimal digits from 0 to 2^64-1 without leading zeros", digits);
  }
  return digits;
}

/** The kind, known since before the reader was chosen. */
export function takeKind(c: Cursor): void {
  take(c, "kind");
}

/** The version, known since before; always the last. */
export function takeVersion(c: Cursor): 1 {
  take(c, "v");
  const more = c.members.keys[c.at];
  if (more !== undefined) throw unknownKey(c.kind, more);
  return entryVersion;
}

export function takeParts(c: Cursor, sizeMin: number, sizeMax: number = sizeMin): readonly HashHex[] {
  const list = take(c, "parts");
  if (typeof list !== "object") throw badValue("parts", "a list of strings", list);
  if (!isHashList(list)) throw badValue("parts", "strings of 64 lowercase hex digits", list);
  if (list.length < sizeMin || list.length > sizeMax) {
    const wanted = sizeMin === sizeMax ? `${sizeMin}` : `${sizeMin} or ${sizeMax}`;
    throw new ChainError({ code: "bad_parts", wanted, got: `${list.length}` });
  }
  return list;
}

function isHashList(list: readonly string[]): list is readonly HashHex[] {
  return list.every(isHashHex);
}

export function takePlace(c: Cursor): { prev: HashHex; seq: number; time: number } {
  return { prev: takeHash(c, "prev"), seq: takeInteger(c, "seq"), time: takeInteger(c, "time") };
}

/** The keys that name a cause, as far as they are there. */
export interface CauseKeys {
  readonly cause?: HashHex;
  readonly cause_origin?: string;
  readonly cause_seq?: number;
}

export function takeCause(c: Cursor): CauseKeys {
  const cause = has(c, "cause") ? takeHash(c, "cause") : undefined;
  const causeOrigin = has(c, "cause_origin") ? takeOrigin(c, "cause_origin") : undefined;
  const causeSeq = has(c, "cause_seq") ? takeInteger(c, "cause_seq") : undefined;
  return {
    ...(cause === undefined ? undefined : { cause }),
    ...(causeOrigin === undefined ? undefined : { cause_origin: causeOrigin }),
    ...(causeSeq === undefined ? undefined : { cause_seq: causeSeq }),
  };
}

function unknownKey(kind: EntryKind, key: string): ChainError {
  return new ChainError({ code: "unknown_key", key, wanted: `only the keys of ${kind}`, got: key });
}

/** A value outside its rule. */
export function badValue(key: string, wanted: string, got: MemberValue): ChainError {
  return new ChainError({ code: "bad_value", key, wanted, got: clip(got) });
}

/** Keys that do not go together. */
export function conflict(key: string, wanted: string, got: MemberValue | undefined): ChainError {
  return new ChainError({ code: "conflict", key, wanted, got: got === undefined ? "none" : clip(got) });
}

function clip(got: MemberValue): string {
  const text = JSON.stringify(got);
  return text.length <= 80 ? text : `${text.slice(0, 80)}…`;
}
