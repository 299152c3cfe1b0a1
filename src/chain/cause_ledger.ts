/**
 * Causes: which entries of a chain a later receive of it may name, and must
 * agree with. Layer 1.
 * @module
 */

import { addressOf, OUTSIDE } from "../address/mod.ts";
import { ChainError, type LinkCode } from "./chain_error.ts";
import type { CallEntry, ClosingEntry, Entry, HashHex, ReceiveEntry, ReplyOutcome } from "./entry.ts";
import { callsPerTurn, requestId } from "./message.ts";

/** The import by which an actor sends; its body is part 2. */
export const sendFunction = "theater:actor/messaging@0.1.0#send";
/** The import by which an actor asks another; its body is part 2. */
export const requestFunction = "theater:actor/messaging@0.1.0#request";
/** The import by which an actor answers a request of which it deferred the answer; its body is part 2. */
export const replyFunction = "theater:actor/messaging@0.1.0#reply";
/** The import by which an actor sets a timer; its body is part 2. */
export const setTimerFunction = "theater:actor/timers@0.1.0#set";
/** The import by which an actor makes a child. */
export const spawnFunction = "theater:actor/supervisor@0.1.0#spawn";

/** An entry that may be the cause of a receive to come. */
export interface OpenCause {
  readonly seq: number;
  readonly hash: HashHex;
  /**
   * `accept`: it waits for its turn. `send`: a send in a turn that ended well. `timer`:
   * one that was set in such a turn. `request`: one that has no reply.
   */
  readonly what: "accept" | "send" | "timer" | "request";
}

/** What a receive must repeat of its cause. */
type Cause =
  | {
    readonly what: "accept";
    readonly hash: HashHex;
    readonly type: "request" | "send";
    readonly from: string;
    readonly parts: readonly HashHex[];
  }
  | {
    readonly what: "send" | "timer" | "request" | "reply";
    readonly hash: HashHex;
    readonly body: HashHex;
  }
  | {
    /** How a turn ended that was asked for by a request of the actor to itself. */
    readonly what: "answer";
    readonly hash: HashHex;
    readonly outcome: ReplyOutcome;
    /** Commitment of what was answered; undefined of a crash. */
    readonly body: HashHex | undefined;
    /** The call that asked. */
    readonly asked: number;
  };

/** A request that was made, and has no reply. */
interface Asked {
  readonly seq: number;
  readonly hash: HashHex;
}

/**
 * The entries of one chain that can be the cause of a receive in it, and which
 * of them had theirs.
 *
 * About 300 bytes for each that is open, 40 for each that is spent.
 */
export class CauseLedger {
  #own = "";
  /** By position; undefined is spent. */
  readonly #causes = new Map<number, Cause | undefined>();
  /** Requests by id; undefined has had its reply. */
  readonly #requests = new Map<string, Asked | undefined>();
  readonly #pruned = new Map<number, HashHex>();
  /** Calls, of those that are pruned, that had a reply which nobody gave. */
  readonly #unanswered = new Set<number>();
  /** Of the open turn: they count only if it ends well. */
  #staged: [CallEntry, Cause][] = [];
  /** The own call that the open turn answers. */
  #answering: number | undefined;

  /** Takes note of an entry that was found right. */
  note(entry: Entry, hash: HashHex): void {
    switch (entry.kind) { // No default: a new kind fails to compile here.
      case "genesis":
        this.#own = addressOf(entry.origin);
        return;
      case "erase":
      case "prune":
      case "key":
      case "incarnation":
      case "supervise":
        return;
      case "accept": {
        const { type, from, parts } = entry;
        this.#causes.set(entry.seq, { what: "accept", hash, type, from, parts });
        return;
      }
      case "call": {
        const cause = causeOfCall(entry, hash);
        if (cause !== undefined) this.#staged.push([entry, cause]);
        return;
      }
      case "receive":
        this.#noteReceive(entry);
        return;
      case "keyframe":
        this.#open(undefined);
        return;
      case "return":
      case "trap":
      case "cut":
        this.#noteEnd(entry, hash);
        return;
    }
  }

  #noteReceive(entry: ReceiveEntry): void {
    const { cause_seq: seq, cause_origin: origin, request } = entry;
    const known = seq === undefined || origin !== undefined ? undefined : this.#causes.get(seq);
    const asks = known?.what === "request" || known === undefined && entry.from === this.#own;
    this.#open(entry.type === "request" && origin === undefined && asks ? seq : undefined);
    if (request !== undefined) this.#requests.set(request, undefined);
    const { outcome } = entry;
    if (seq !== undefined && this.#pruned.has(seq) && (outcome === "timeout" || outcome === "undelivered")) {
      this.#unanswered.add(seq);
    }
    // A request that has timed out may still have its turn.
    if (seq !== undefined && origin === undefined && entry.outcome !== "timeout") {
      this.#causes.set(seq, undefined);
    }
  }

  #open(answering: number | undefined): void {
    this.#answering = answering;
    if (this.#staged.length > 0) this.#staged = [];
  }

  #noteEnd(entry: ClosingEntry, hash: HashHex): void {
    if (entry.kind === "return" && entry.outcome === "ok") {
      for (const [call, cause] of this.#staged) {
        this.#causes.set(call.seq, cause);
        if (cause.what !== "request" || call.call >= callsPerTurn) continue;
        this.#requests.set(requestId(call.turn, call.call), { seq: call.seq, hash: cause.hash });
      }
    }
    const asked = this.#answering;
    const answer = answerOf(entry);
    if (asked !== undefined && answer !== undefined) {
      this.#causes.set(entry.seq, { what: "answer", hash, ...answer, asked });
    }
    this.#open(undefined);
  }

  /** Takes note of an entry of which only the hash is known; it may have been a cause. */
  notePruned(seq: number, hash: HashHex): void {
    this.#pruned.set(seq, hash);
    this.#open(undefined);
  }

  /**
   * Checks a receive against its cause, where that is in this chain, and a reply
   * against what was asked.
   *
   * @throws {ChainError} `wrong_cause`, `cause_differs`, `cause_spent`, `wrong_request` or `request_spent`.
   */
  check(entry: ReceiveEntry): void {
    const asked = entry.request === undefined ? undefined : this.#asked(entry.request);
    if (entry.outcome === "timeout" || entry.outcome === "undelivered") {
      return this.#checkUnanswered(entry, asked);
    }
    const seq = entry.cause_seq;
    if (seq === undefined || entry.cause_origin !== undefined) return;
    const cause = this.#find(entry, seq);
    if (cause === undefined) {
      // What it said nobody knows any more; that it was there is sure, and that no other actor said it.
      if (entry.from === this.#own || entry.from === OUTSIDE && entry.outcome === undefined) return;
      throw fault("cause_differs", `from ${this.#own} or ${OUTSIDE}`, entry.from);
    }
    switch (cause.what) { // No default: a new cause fails to compile here.
      case "accept":
        if (entry.type !== cause.type) throw fault("cause_differs", `type ${cause.type}`, entry.type);
        if (entry.from !== cause.from) throw fault("cause_differs", `from ${cause.from}`, entry.from);
        if (entry.parts.join() !== cause.parts.join()) {
          throw fault("cause_differs", `parts ${cause.parts.join()}`, entry.parts.join());
        }
        return;
      case "timer":
        if (entry.type !== "timer") {
          throw fault("wrong_cause", "type timer, as the cause set one", entry.type);
        }
        break;
      case "send":
        if (entry.type === "undeliverable") return; // Its body wraps the one that was sent.
        if (entry.type !== "send") throw fault("wrong_cause", "type send, as the cause is one", entry.type);
        break;
      case "request":
        if (entry.type !== "request") {
          throw fault("wrong_cause", "type request, as the cause is one", entry.type);
        }
        break;
      case "reply":
        if (entry.outcome !== "ok") throw fault("wrong_cause", "a reply ok, as the cause is one", entry.type);
        break;
      case "answer":
        if (entry.outcome !== cause.outcome) {
          throw fault(
            "wrong_cause",
            `a reply ${cause.outcome}, as the cause is one`,
            entry.outcome ?? entry.type,
          );
        }
        if (asked !== undefined && asked.seq !== cause.asked) {
          throw fault("wrong_request", `the request of entry ${cause.asked}`, `that of entry ${asked.seq}`);
        }
        break;
    }
    if (entry.from !== this.#own) throw fault("cause_differs", `from ${this.#own}`, entry.from);
    if (cause.body !== undefined && entry.parts[0] !== cause.body) {
      throw fault("cause_differs", `body ${cause.body}`, `${entry.parts[0]}`);
    }
  }

  /** The request that a reply names; undefined where what was pruned may have made it. */
  #asked(id: string): Asked | undefined {
    const asked = this.#requests.get(id);
    if (asked !== undefined) return asked;
    if (this.#requests.has(id)) {
      throw fault("request_spent", "a request without a reply", `request ${id} again`);
    }
    if (this.#pruned.size > 0) return undefined;
    throw fault("wrong_request", "a request of a turn that ended well", `request ${id}`);
  }

  /** A reply that nobody gave: its cause is the request itself. */
  #checkUnanswered(entry: ReceiveEntry, asked: Asked | undefined): void {
    const seq = entry.cause_seq ?? -1;
    const hash = asked === undefined ? this.#pruned.get(seq) : asked.hash;
    if (hash === undefined || asked !== undefined && asked.seq !== seq) {
      throw fault("wrong_cause", `the call that made request ${entry.request}`, `entry ${seq}`);
    }
    if (entry.cause !== hash) throw fault("wrong_cause", hash, `${entry.cause}`);
    if (asked === undefined && this.#unanswered.has(seq)) {
      throw fault("request_spent", "a request without a reply", `the one of entry ${seq} again`);
    }
    if (entry.outcome === "undelivered" && this.#causes.has(seq) && this.#causes.get(seq) === undefined) {
      throw fault("cause_spent", "a request that had no turn", `entry ${seq}`);
    }
  }

  /** The cause at a position; undefined where it is pruned. */
  #find(entry: ReceiveEntry, seq: number): Cause | undefined {
    const cause = this.#causes.get(seq);
    if (cause !== undefined) {
      if (entry.cause !== cause.hash) throw fault("wrong_cause", cause.hash, `${entry.cause}`);
      return cause;
    }
    if (this.#causes.has(seq)) throw fault("cause_spent", "a cause without a receive", `entry ${seq} again`);
    const pruned = this.#pruned.get(seq);
    if (pruned === undefined) {
      const wanted = "an earlier accept, an answer, or a send, request or timer of a turn that ended well";
      throw fault("wrong_cause", wanted, `entry ${seq}`);
    }
    if (entry.cause !== pruned) throw fault("wrong_cause", pruned, `${entry.cause}`);
    return undefined;
  }

  /** What is open, by position. */
  open(): readonly OpenCause[] {
    const open: OpenCause[] = [];
    for (const [seq, cause] of this.#causes) {
      if (cause?.what === "accept" || cause?.what === "send" || cause?.what === "timer") {
        open.push({ seq, hash: cause.hash, what: cause.what });
      }
    }
    for (const asked of this.#requests.values()) {
      if (asked !== undefined) open.push({ ...asked, what: "request" });
    }
    return open.sort((a, b) => a.seq - b.seq);
  }
}

function causeOfCall(entry: CallEntry, hash: HashHex): Cause | undefined {
  const body = entry.parts[2];
  if (!entry.bodied || body === undefined) return undefined;
  switch (entry.function) {
    case sendFunction:
      return { what: "send", hash, body };
    case requestFunction:
      return { what: "request", hash, body };
    case replyFunction:
      return { what: "reply", hash, body };
    case setTimerFunction:
      return { what: "timer", hash, body };
    default:
      return undefined;
  }
}

/** What the end of a turn answers to the request that asked for it; undefined where the answer comes later. */
export function answerOf(
  entry: ClosingEntry,
): { readonly outcome: ReplyOutcome; readonly body: HashHex | undefined } | undefined {
  switch (entry.kind) { // No default: a new closing fails to compile here.
    case "return":
      if (entry.deferred) return undefined;
      return entry.outcome === "ok"
        ? { outcome: "ok", body: entry.parts[1] }
        : { outcome: "refused", body: entry.parts[0] };
    case "trap":
    case "cut":
      return { outcome: "crashed", body: undefined };
  }
}

function fault(code: LinkCode, wanted: string, got: string): ChainError {
  return new ChainError({ code, wanted, got });
}
