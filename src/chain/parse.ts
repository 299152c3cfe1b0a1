/**
 * Reading entries: from text to the narrow union, or a refusal.
 *
 * Strict: a text is accepted exactly if `serializeEntry()` writes it. Later code
 * cannot meet an entry with a key that is missing, unknown or out of range.
 *
 * Layer 1.
 * @module
 */

import { addressOf, isAddress, isOrigin, NODE_ADDRESS, OUTSIDE } from "../address/mod.ts";
import { ChainError } from "./chain_error.ts";
import {
  type AcceptEntry,
  type CallEntry,
  type CutEntry,
  type Entry,
  entryBytesMax,
  type EntryKind,
  entryVersion,
  type EraseEntry,
  type GenesisEntry,
  type HashHex,
  type KeyEntry,
  type KeyframeEntry,
  type PartRole,
  type PruneEntry,
  type ReceiveEntry,
  type ReturnEntry,
  type TrapEntry,
} from "./entry.ts";
import { isHashHex } from "./hash.ts";
import { type Members, type MemberValue, scanMembers } from "./scan.ts";

const keyframeReasons = ["start", "wake", "recover", "restart", "upgrade", "renew"] as const;
const messageTypes = ["init", "request", "send", "timer", "undeliverable"] as const;
const acceptedTypes = ["request", "send"] as const;
const callOutcomes = ["returned", "denied", "failed"] as const;
const returnOutcomes = ["ok", "err"] as const;
const cutReasons = ["deadline", "killed", "lost"] as const;
const trapCodes = [
  "unreachable",
  "out_of_bounds",
  "divide_by_zero",
  "integer_overflow",
  "indirect_call",
  "stack",
  "memory",
  "script",
  "denied",
  "answer",
  "host",
  "unknown",
] as const;

const partRoleWords: readonly PartRole[] = [
  "about",
  "arguments",
  "body",
  "component",
  "detail",
  "error",
  "execution",
  "key",
  "manifest",
  "reason",
  "response",
  "result",
  "state",
];

const headPattern = /^([1-9][0-9]{0,15}) [0-9a-f]{64}$/;
/** An Ed25519 key: its type and 32 bytes are 44 characters of base64. */
const keyPattern = /^[\x21\x23-\x2a\x2c-\x5b\x5d-\x7e]{1,512}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$/;

/** Longest name of an imported function, in characters. */
const functionCharsMax = 512;
const functionPattern = /^[\x21\x23-\x5b\x5d-\x7e]{1,512}$/;
const timerPattern = /^(?:0|[1-9][0-9]{0,19})$/;
const timerMax = 2n ** 64n - 1n;

const readers: { readonly [kind in EntryKind]: (members: Cursor) => Entry } = {
  genesis: readGenesis,
  keyframe: readKeyframe,
  accept: readAccept,
  receive: readReceive,
  call: readCall,
  return: readReturn,
  trap: readTrap,
  cut: readCut,
  erase: readErase,
  prune: readPrune,
  key: readKey,
};
const latin1 = new TextDecoder("latin1"); // Never fails; what is not ASCII is refused after it.

/**
 * Reads one entry.
 *
 * @param text The very text, or its bytes, of at most 4,096 bytes.
 * @throws {ChainError} with an `EntryFault`.
 */
export function parseEntry(text: string | Uint8Array): Entry {
  if (text.length > entryBytesMax) {
    throw new ChainError({
      code: "too_long",
      wanted: `at most ${entryBytesMax} bytes`,
      got: `${text.length} bytes`,
    });
  }
  const members = scanMembers(typeof text === "string" ? text : latin1.decode(text));
  const version = valueOf(members, "v");
  if (version !== entryVersion) {
    throw new ChainError({
      code: "unknown_version",
      wanted: `${entryVersion}`,
      got: JSON.stringify(version),
    });
  }
  const kind = valueOf(members, "kind");
  if (typeof kind !== "string" || !isKind(kind)) {
    const wanted = `one of ${Object.keys(readers).join(", ")}`;
    throw new ChainError({ code: "unknown_kind", wanted, got: JSON.stringify(kind) });
  }
  return readers[kind]({ kind, members, at: 0 });
}

function isKind(kind: string): kind is EntryKind {
  return Object.hasOwn(readers, kind);
}

function valueOf(members: Members, key: string): MemberValue {
  const value = members.values[members.keys.indexOf(key)];
  if (value === undefined) {
    throw new ChainError({ code: "missing_key", key, wanted: `the key ${key}`, got: "none" });
  }
  return value;
}

// The readers take the members in the order of their keys, so what is missing
// shows as a greater key, and what is unknown as a smaller one.

function readGenesis(c: Cursor): GenesisEntry {
  const abandons = has(c, "abandons") ? takeHead(c) : undefined;
  const key = has(c, "key") ? takeHash(c, "key") : undefined;
  takeKind(c);
  const origin = takeString(c, "origin");
  if (!isOrigin(origin)) throw value("origin", "<name>~<32 hex digits>/<address>", origin);
  const parts = takeParts(c, 1, 1);
  const { prev, seq, time } = takePlace(c);
  const v = takeVersion(c);
  if (abandons !== undefined && addressOf(origin) !== NODE_ADDRESS) {
    throw conflict("abandons", `none, as this is not the chain of ${NODE_ADDRESS}`, abandons);
  }
  return {
    kind: "genesis",
    origin,
    parts,
    prev,
    seq,
    time,
    v,
    ...(key === undefined ? undefined : { key }),
    ...(abandons === undefined ? undefined : { abandons }),
  };
}

function readErase(c: Cursor): EraseEntry {
  takeKind(c);
  const parts = takeParts(c, 1, 1);
  const prev = takeHash(c, "prev");
  const roles = takeRoles(c);
  const seq = takeInteger(c, "seq");
  const target = takeInteger(c, "target");
  const time = takeInteger(c, "time");
  return { kind: "erase", parts, prev, roles, seq, target, time, v: takeVersion(c) };
}

function readPrune(c: Cursor): PruneEntry {
  const before = takeInteger(c, "before");
  takeKind(c);
  const parts = takeParts(c, 1, 1);
  const { prev, seq, time } = takePlace(c);
  return { before, kind: "prune", parts, prev, seq, time, v: takeVersion(c) };
}

function readKey(c: Cursor): KeyEntry {
  const key = takeString(c, "key");
  if (!keyPattern.test(key)) throw value("key", "<name>+<8 hex digits>+<44 characters of base64>", key);
  takeKind(c);
  const parts = takeParts(c, 1, 1);
  const prev = takeHash(c, "prev");
  const seq = takeInteger(c, "seq");
  const since = takeInteger(c, "since");
  const time = takeInteger(c, "time");
  return { key, kind: "key", parts, prev, seq, since, time, v: takeVersion(c) };
}

function readKeyframe(c: Cursor): KeyframeEntry {
  const activation = takeInteger(c, "activation");
  takeKind(c);
  const parts = takeParts(c, 4, 4);
  const prev = takeHash(c, "prev");
  const reason = takeWord(c, "reason", keyframeReasons);
  const seq = takeInteger(c, "seq");
  const time = takeInteger(c, "time");
  const turn = takeInteger(c, "turn");
  return { activation, kind: "keyframe", parts, prev, reason, seq, time, turn, v: takeVersion(c) };
}

function readAccept(c: Cursor): AcceptEntry {
  const from = takeSender(c);
  const keyed = takeBoolean(c, "keyed");
  if (keyed && from !== OUTSIDE) throw conflict("keyed", `false, as from is not ${OUTSIDE}`, keyed);
  takeKind(c);
  const parts = takeParts(c, keyed ? 2 : 1, keyed ? 2 : 1);
  const { prev, seq, time } = takePlace(c);
  const type = takeWord(c, "type", acceptedTypes);
  return { from, keyed, kind: "accept", parts, prev, seq, time, type, v: takeVersion(c) };
}

function readReceive(c: Cursor): ReceiveEntry {
  const cause = has(c, "cause") ? takeHash(c, "cause") : undefined;
  const causeOrigin = has(c, "cause_origin") ? takeString(c, "cause_origin") : undefined;
  if (causeOrigin !== undefined && !isOrigin(causeOrigin)) {
    throw value("cause_origin", "<name>~<32 hex digits>/<address>", causeOrigin);
  }
  const causeSeq = has(c, "cause_seq") ? takeInteger(c, "cause_seq") : undefined;
  const from = takeSender(c);
  const keyed = takeBoolean(c, "keyed");
  takeKind(c);
  const parts = takeParts(c, keyed ? 2 : 1, keyed ? 2 : 1);
  const { prev, seq, time } = takePlace(c);
  const timer = has(c, "timer") ? takeTimer(c) : undefined;
  const turn = takeInteger(c, "turn");
  const type = takeWord(c, "type", messageTypes);
  const entry: ReceiveEntry = {
    ...(cause === undefined ? undefined : { cause }),
    ...(causeOrigin === undefined ? undefined : { cause_origin: causeOrigin }),
    ...(causeSeq === undefined ? undefined : { cause_seq: causeSeq }),
    from,
    keyed,
    kind: "receive",
    parts,
    prev,
    seq,
    time,
    ...(timer === undefined ? undefined : { timer }),
    turn,
    type,
    v: takeVersion(c),
  };
  checkReceive(entry);
  return entry;
}

/** What the keys of a receive say of each other. */
function checkReceive(entry: ReceiveEntry): void {
  const { type, from } = entry;
  const caused = entry.cause !== undefined;
  if (caused !== (entry.cause_seq !== undefined)) {
    throw conflict(
      "cause_seq",
      caused ? "an integer, as there is a cause" : "none, as there is no cause",
      entry.cause_seq,
    );
  }
  if (entry.cause_origin !== undefined && !caused) {
    throw conflict("cause_origin", "none, as there is no cause", entry.cause_origin);
  }
  if ((entry.timer !== undefined) !== (type === "timer")) {
    throw conflict("timer", type === "timer" ? "the timer's digits" : "none, as no timer fired", entry.timer);
  }
  if (entry.keyed && (from !== OUTSIDE || type !== "request" && type !== "send")) {
    throw conflict("keyed", "false, as only a request or send from outside has a key", entry.keyed);
  }
  switch (type) { // No default: a new type fails to compile here.
    case "init":
      if (caused) throw conflict("cause", "none, as nothing causes an init", entry.cause);
      return;
    case "request":
    case "send":
      if (from !== OUTSIDE && !caused) throw conflict("cause", "a hash, as an actor sent this", entry.cause);
      if (entry.cause_origin === undefined) return;
      if (type === "request") {
        throw conflict("cause_origin", "none, as no call makes a request", entry.cause_origin);
      }
      if (addressOf(entry.cause_origin) !== from) {
        throw conflict(
          "cause_origin",
          from === OUTSIDE ? `none, as from is ${OUTSIDE}` : `an origin of ${from}`,
          entry.cause_origin,
        );
      }
      return;
    case "timer":
    case "undeliverable":
      if (from === OUTSIDE) throw conflict("from", "the actor itself", from);
      if (!caused) throw conflict("cause", "a hash, as a call caused this", entry.cause);
      if (entry.cause_origin !== undefined) {
        throw conflict("cause_origin", "none, as the actor itself caused this", entry.cause_origin);
      }
      return;
  }
}

function readCall(c: Cursor): CallEntry {
  const bodied = takeBoolean(c, "bodied");
  const call = takeInteger(c, "call");
  const name = takeString(c, "function");
  if (!functionPattern.test(name)) {
    throw value("function", `1 to ${functionCharsMax} characters of 0x21 to 0x7e but " and \\`, name);
  }
  takeKind(c);
  const outcome = takeWord(c, "outcome", callOutcomes);
  const parts = takeParts(c, bodied ? 3 : 2, bodied ? 3 : 2);
  const { prev, seq, time } = takePlace(c);
  const turn = takeInteger(c, "turn");
  const v = takeVersion(c);
  return { bodied, call, function: name, kind: "call", outcome, parts, prev, seq, time, turn, v };
}

function readReturn(c: Cursor): ReturnEntry {
  const calls = takeInteger(c, "calls");
  const effects = takeInteger(c, "effects");
  const fuel = takeInteger(c, "fuel");
  takeKind(c);
  const outcome = takeWord(c, "outcome", returnOutcomes);
  const parts = takeParts(c, 1, outcome === "ok" ? 2 : 1);
  const { prev, seq, time } = takePlace(c);
  const turn = takeInteger(c, "turn");
  return { calls, effects, fuel, kind: "return", outcome, parts, prev, seq, time, turn, v: takeVersion(c) };
}

function readTrap(c: Cursor): TrapEntry {
  const calls = takeInteger(c, "calls");
  const code = takeWord(c, "code", trapCodes);
  const effects = takeInteger(c, "effects");
  const fuel = takeInteger(c, "fuel");
  takeKind(c);
  const parts = takeParts(c, 1, 1);
  const { prev, seq, time } = takePlace(c);
  const turn = takeInteger(c, "turn");
  return { calls, code, effects, fuel, kind: "trap", parts, prev, seq, time, turn, v: takeVersion(c) };
}

function readCut(c: Cursor): CutEntry {
  const calls = takeInteger(c, "calls");
  const effects = takeInteger(c, "effects");
  const fuel = has(c, "fuel") ? takeInteger(c, "fuel") : undefined;
  takeKind(c);
  const parts = takeParts(c, 1, 1);
  const prev = takeHash(c, "prev");
  const reason = takeWord(c, "reason", cutReasons);
  const seq = takeInteger(c, "seq");
  const time = takeInteger(c, "time");
  const turn = takeInteger(c, "turn");
  const v = takeVersion(c);
  return {
    calls,
    effects,
    ...(fuel === undefined ? undefined : { fuel }),
    kind: "cut",
    parts,
    prev,
    reason,
    seq,
    time,
    turn,
    v,
  };
}

/** Where a reader stands among the members. */
interface Cursor {
  readonly kind: EntryKind;
  readonly members: Members;
  at: number;
}

function has(c: Cursor, key: string): boolean {
  return c.members.keys[c.at] === key;
}

function take(c: Cursor, key: string): MemberValue {
  const found = c.members.keys[c.at];
  const value = c.members.values[c.at];
  if (found === key && value !== undefined) {
    c.at++;
    return value;
  }
  if (found !== undefined && found < key) throw unknownKey(c.kind, found);
  throw new ChainError({ code: "missing_key", key, wanted: `the key ${key} of ${c.kind}`, got: "none" });
}

function takeString(c: Cursor, key: string): string {
  const got = take(c, key);
  if (typeof got !== "string") throw value(key, "a string", got);
  return got;
}

function takeInteger(c: Cursor, key: string): number {
  const got = take(c, key);
  if (typeof got !== "number") throw value(key, "an integer", got);
  return got;
}

function takeBoolean(c: Cursor, key: string): boolean {
  const got = take(c, key);
  if (typeof got !== "boolean") throw value(key, "true or false", got);
  return got;
}

function takeHash(c: Cursor, key: string): HashHex {
  const got = take(c, key);
  if (typeof got !== "string" || !isHashHex(got)) throw value(key, "64 lowercase hex digits", got);
  return got;
}

function takeWord<W extends string>(c: Cursor, key: string, words: readonly W[]): W {
  const got = take(c, key);
  const word = words.find((each) => each === got);
  if (word === undefined) throw value(key, `one of ${words.join(", ")}`, got);
  return word;
}

function takeHead(c: Cursor): string {
  const head = takeString(c, "abandons");
  const [, size] = headPattern.exec(head) ?? [];
  if (size === undefined || !Number.isSafeInteger(Number(size))) {
    throw value("abandons", "<size> <64 lowercase hex digits>", head);
  }
  return head;
}

function takeRoles(c: Cursor): readonly PartRole[] {
  const list = take(c, "roles");
  if (typeof list !== "object" || list.length === 0) throw value("roles", "a list of names of parts", list);
  return list.map((got, at) => {
    const role = partRoleWords.find((each) => each === got);
    if (role === undefined) throw value("roles", `names out of ${partRoleWords.join(", ")}`, got);
    const before = list[at - 1];
    if (before !== undefined && before >= got) throw value("roles", `a name after ${before}`, got);
    return role;
  });
}

function takeSender(c: Cursor): string {
  const from = takeString(c, "from");
  if (from !== OUTSIDE && !isAddress(from)) throw value("from", `an address or ${OUTSIDE}`, from);
  return from;
}

function takeTimer(c: Cursor): string {
  const timer = takeString(c, "timer");
  if (!timerPattern.test(timer) || timer.length === 20 && BigInt(timer) > timerMax) {
    throw value("timer", "decimal digits from 0 to 2^64-1 without leading zeros", timer);
  }
  return timer;
}

/** The kind, known since before the reader was chosen. */
function takeKind(c: Cursor): void {
  take(c, "kind");
}

/** The version, known since before; always the last. */
function takeVersion(c: Cursor): 1 {
  take(c, "v");
  const more = c.members.keys[c.at];
  if (more !== undefined) throw unknownKey(c.kind, more);
  return entryVersion;
}

function takeParts(c: Cursor, sizeMin: number, sizeMax: number): readonly HashHex[] {
  const list = take(c, "parts");
  if (typeof list !== "object") throw value("parts", "a list of strings", list);
  if (!isHashList(list)) throw value("parts", "strings of 64 lowercase hex digits", list);
  if (list.length < sizeMin || list.length > sizeMax) {
    const wanted = sizeMin === sizeMax ? `${sizeMin}` : `${sizeMin} or ${sizeMax}`;
    throw new ChainError({ code: "bad_parts", wanted, got: `${list.length}` });
  }
  return list;
}

function isHashList(list: readonly string[]): list is readonly HashHex[] {
  return list.every(isHashHex);
}

function takePlace(c: Cursor): { prev: HashHex; seq: number; time: number } {
  return { prev: takeHash(c, "prev"), seq: takeInteger(c, "seq"), time: takeInteger(c, "time") };
}

function unknownKey(kind: EntryKind, key: string): ChainError {
  return new ChainError({ code: "unknown_key", key, wanted: `only the keys of ${kind}`, got: key });
}

function value(key: string, wanted: string, got: MemberValue): ChainError {
  return new ChainError({ code: "bad_value", key, wanted, got: clip(got) });
}

function conflict(key: string, wanted: string, got: MemberValue | undefined): ChainError {
  return new ChainError({ code: "conflict", key, wanted, got: got === undefined ? "none" : clip(got) });
}

function clip(got: MemberValue): string {
  const text = JSON.stringify(got);
  return text.length <= 80 ? text : `${text.slice(0, 80)}…`;
}
