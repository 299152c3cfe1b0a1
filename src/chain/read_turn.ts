import { badValue, type Cursor, has, take, takeBoolean, takeHash, takeInteger, takeKind } from "./cursor.ts";
import { conflict, takeParts, takePlace, takeString, takeVersion, takeWord } from "./cursor.ts";
import type {
  CallEntry,
  CallOutcome,
  CutEntry,
  CutReason,
  KeyframeEntry,
  KeyframeReason,
  ReturnEntry,
  TrapCode,
  TrapEntry,
} from "./entry.ts";

const keyframeReasons: readonly KeyframeReason[] = [
  "start",
  "fork",
  "wake",
  "recover",
  "restart",
  "upgrade",
  "renew",
];
const callOutcomes: readonly CallOutcome[] = ["returned", "denied", "failed"];
const returnOutcomes: readonly ReturnEntry["outcome"][] = ["ok", "err"];
const cutReasons: readonly CutReason[] = ["deadline", "killed", "lost"];
const trapCodes: readonly TrapCode[] = [
  "unreachable",
  "out_of_bounds",
  "divide_by_zero",
  "integer_overflow",
  "indirect_call",
  "stack",
  "memory",
  "fuel",
  "script",
  "denied",
  "answer",
  "host",
  "unknown",
];

/** Longest name of an imported function, in characters. */
const functionCharsMax = 512;
const functionPattern = /^[\x21\x23-\x5b\x5d-\x7e]{1,512}$/;

// Readers of the entries that turns are made of, save the receive. Layer 1.

/** @throws {ChainError} */
export function readKeyframe(c: Cursor): KeyframeEntry {
  const activation = takeInteger(c, "activation");
  takeKind(c);
  const parts = takeParts(c, 4);
  const prev = takeHash(c, "prev");
  const reason = takeWord(c, "reason", keyframeReasons);
  const seq = takeInteger(c, "seq");
  const time = takeInteger(c, "time");
  const turn = takeInteger(c, "turn");
  return { activation, kind: "keyframe", parts, prev, reason, seq, time, turn, v: takeVersion(c) };
}

/** @throws {ChainError} */
export function readCall(c: Cursor): CallEntry {
  const bodied = takeBoolean(c, "bodied");
  const call = takeInteger(c, "call");
  const name = takeString(c, "function");
  if (!functionPattern.test(name)) {
    throw badValue("function", `1 to ${functionCharsMax} characters of 0x21 to 0x7e but " and \\`, name);
  }
  takeKind(c);
  const outcome = takeWord(c, "outcome", callOutcomes);
  const parts = takeParts(c, bodied ? 3 : 2);
  const { prev, seq, time } = takePlace(c);
  const turn = takeInteger(c, "turn");
  const v = takeVersion(c);
  return { bodied, call, function: name, kind: "call", outcome, parts, prev, seq, time, turn, v };
}

/** @throws {ChainError} */
export function readReturn(c: Cursor): ReturnEntry {
  const calls = takeInteger(c, "calls");
  const deferred = has(c, "deferred") ? takeTrue(c, "deferred") : undefined;
  const effects = takeInteger(c, "effects");
  const fuel = takeInteger(c, "fuel");
  takeKind(c);
  const outcome = takeWord(c, "outcome", returnOutcomes);
  const parts = takeParts(c, 1, outcome === "ok" ? 2 : 1);
  const { prev, seq, time } = takePlace(c);
  const turn = takeInteger(c, "turn");
  const v = takeVersion(c);
  if (deferred && outcome !== "ok") throw conflict("deferred", "none, as a refusal is an answer", deferred);
  return {
    calls,
    ...(deferred === undefined ? undefined : { deferred }),
    effects,
    fuel,
    kind: "return",
    outcome,
    parts,
    prev,
    seq,
    time,
    turn,
    v,
  };
}

/** A key that is there only to say yes. */
function takeTrue(c: Cursor, key: string): true {
  const got = take(c, key);
  if (got !== true) throw badValue(key, "true, or no such key", got);
  return got;
}

/** @throws {ChainError} */
export function readTrap(c: Cursor): TrapEntry {
  const calls = takeInteger(c, "calls");
  const code = takeWord(c, "code", trapCodes);
  const effects = takeInteger(c, "effects");
  const fuel = takeInteger(c, "fuel");
  takeKind(c);
  const parts = takeParts(c, 1);
  const { prev, seq, time } = takePlace(c);
  const turn = takeInteger(c, "turn");
  return { calls, code, effects, fuel, kind: "trap", parts, prev, seq, time, turn, v: takeVersion(c) };
}

/** @throws {ChainError} */
export function readCut(c: Cursor): CutEntry {
  const calls = takeInteger(c, "calls");
  const effects = takeInteger(c, "effects");
  const fuel = has(c, "fuel") ? takeInteger(c, "fuel") : undefined;
  takeKind(c);
  const parts = takeParts(c, 1);
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
