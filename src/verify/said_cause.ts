import {
  type CallEntry,
  callsPerTurn,
  type ClosingEntry,
  type HashHex,
  replyFunction,
  type ReplyOutcome,
  requestFunction,
  requestId,
  sendFunction,
  setTimerFunction,
  spawnFunction,
} from "../chain/mod.ts";
import { digestOf, saidBy, type SaidParts } from "./check_parts.ts";

/** A call that a later entry may name, and what its parts say where they are present. Layer 2. */
export interface SaidCall {
  readonly what: "send" | "timer" | "request" | "reply" | "spawn";
  readonly hash: HashHex;
  readonly seq: number;
  readonly turn: number;
  /** What a request goes by; undefined where a turn made too many calls for them to have one. */
  readonly id: string | undefined;
  /** Commitment of the body; undefined of a spawn. */
  readonly body: HashHex | undefined;
  /** Canonical JSON. */
  readonly result?: string;
  /** The first argument: to whom, or a token. */
  readonly first?: string;
  /** SHA-256 of the body. */
  readonly bodyDigest?: string;
}

/** The end of a turn that somebody asked for. */
export interface SaidAnswer {
  readonly what: "answer";
  readonly hash: HashHex;
  readonly outcome: ReplyOutcome;
  /** Commitment of what was answered; undefined of a crash. */
  readonly body: HashHex | undefined;
  /** Of a crash. */
  readonly code: string | undefined;
  readonly asker: Asker;
}

/** Who waits for an answer: the call that asked. */
export interface Asker {
  readonly origin: string;
  readonly seq: number;
}

const kinds: ReadonlyMap<string, SaidCall["what"]> = new Map([
  [sendFunction, "send"],
  [setTimerFunction, "timer"],
  [requestFunction, "request"],
  [replyFunction, "reply"],
  [spawnFunction, "spawn"],
]);

/** What a call says to those who may name it; undefined of other calls. */
export function readCall(entry: CallEntry, hash: HashHex, said: SaidParts): SaidCall | undefined {
  const what = kinds.get(entry.function);
  if (what === undefined || !entry.bodied && what !== "spawn") return undefined;
  const result = saidBy(said, "result")?.text;
  const args = saidBy(said, "arguments")?.value;
  const first = Array.isArray(args) && typeof args[0] === "string" ? args[0] : undefined;
  const bodyDigest = digestOf(said, "body");
  return {
    what,
    hash,
    seq: entry.seq,
    turn: entry.turn,
    id: entry.call < callsPerTurn ? requestId(entry.turn, entry.call) : undefined,
    body: entry.parts[2],
    ...(result === undefined ? {} : { result }),
    ...(first === undefined ? {} : { first }),
    ...(bodyDigest === undefined ? {} : { bodyDigest }),
  };
}

/** What the end of a turn answers; undefined where the answer comes later. */
export function readAnswer(entry: ClosingEntry, hash: HashHex, asker: Asker): SaidAnswer | undefined {
  const answer = { what: "answer", hash, asker } as const;
  switch (entry.kind) { // No default: a new closing fails to compile here.
    case "return":
      if (entry.deferred) return undefined;
      return entry.outcome === "ok"
        ? { ...answer, outcome: "ok", body: entry.parts[1], code: undefined }
        : { ...answer, outcome: "refused", body: entry.parts[0], code: undefined };
    case "trap":
      return { ...answer, outcome: "crashed", body: undefined, code: entry.code };
    case "cut":
      return { ...answer, outcome: "crashed", body: undefined, code: entry.reason };
  }
}
