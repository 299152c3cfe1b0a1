/**
 * Causes: which entries of a chain a later receive of it may name, and must
 * agree with. Layer 1.
 * @module
 */

import { ChainError, type LinkCode } from "./chain_error.ts";
import type { CallEntry, Entry, HashHex, ReceiveEntry } from "./entry.ts";

/** The import by which an actor sends; its body is part 2. */
export const sendFunction = "theater:actor/messaging@0.1.0#send";
/** The import by which an actor sets a timer; its body is part 2. */
export const setTimerFunction = "theater:actor/timers@0.1.0#set";

/** An entry that may be the cause of a receive to come. */
export interface OpenCause {
  readonly seq: number;
  readonly hash: HashHex;
  /** `accept`: it waits for its turn. `send`: a send in a turn that ended well. `timer`: one that was set in such a turn. */
  readonly what: "accept" | "send" | "timer";
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
  | { readonly what: "send" | "timer"; readonly hash: HashHex; readonly body: HashHex };

/**
 * The entries of one chain that can be the cause of a receive in it, and which
 * of them had theirs.
 *
 * About 300 bytes for each that is open, 40 for each that is spent.
 */
export class CauseLedger {
  /** By position; undefined is spent. */
  readonly #causes = new Map<number, Cause | undefined>();
  readonly #pruned = new Map<number, HashHex>();
  /** Of the open turn: they count only if it ends well. */
  #staged: [number, Cause][] = [];

  /** Takes note of an entry that was found right. */
  note(entry: Entry, hash: HashHex): void {
    switch (entry.kind) { // No default: a new kind fails to compile here.
      case "genesis":
      case "erase":
      case "prune":
      case "key":
        return;
      case "accept": {
        const { type, from, parts } = entry;
        this.#causes.set(entry.seq, { what: "accept", hash, type, from, parts });
        return;
      }
      case "call": {
        const cause = causeOfCall(entry, hash);
        if (cause !== undefined) this.#staged.push([entry.seq, cause]);
        return;
      }
      case "receive":
        if (entry.cause_seq !== undefined && entry.cause_origin === undefined) {
          this.#causes.set(entry.cause_seq, undefined);
        }
        return;
      case "return":
        if (entry.outcome === "ok") {
          for (const [seq, cause] of this.#staged) this.#causes.set(seq, cause);
        }
        if (this.#staged.length > 0) this.#staged = [];
        return;
      case "keyframe":
      case "trap":
      case "cut":
        if (this.#staged.length > 0) this.#staged = [];
        return;
    }
  }

  /** Takes note of an entry of which only the hash is known; it may have been a cause. */
  notePruned(seq: number, hash: HashHex): void {
    this.#pruned.set(seq, hash);
    this.#staged = [];
  }

  /**
   * Checks a receive against its cause, where that is in this chain.
   *
   * @param own The address of the actor.
   * @throws {ChainError} `wrong_cause`, `cause_differs` or `cause_spent`.
   */
  check(entry: ReceiveEntry, own: string): void {
    const seq = entry.cause_seq;
    if (seq === undefined || entry.cause_origin !== undefined) return;
    const cause = this.#causes.get(seq);
    if (cause === undefined) {
      if (this.#causes.has(seq)) {
        throw fault("cause_spent", "a cause without a receive", `entry ${seq} again`);
      }
      const pruned = this.#pruned.get(seq);
      if (pruned !== undefined) {
        if (entry.cause !== pruned) throw fault("wrong_cause", pruned, `${entry.cause}`);
        return; // What it said nobody knows any more; that it was there is sure.
      }
      throw fault(
        "wrong_cause",
        "an earlier accept, or a send or timer of a turn that ended well",
        `entry ${seq}`,
      );
    }
    if (entry.cause !== cause.hash) throw fault("wrong_cause", cause.hash, `${entry.cause}`);
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
        if (entry.from !== own) throw fault("cause_differs", `from ${own}`, entry.from);
        break;
    }
    if (entry.parts[0] !== cause.body) {
      throw fault("cause_differs", `body ${cause.body}`, `${entry.parts[0]}`);
    }
  }

  /** What is open, by position. */
  open(): readonly OpenCause[] {
    const open: OpenCause[] = [];
    for (const [seq, cause] of this.#causes) {
      if (cause !== undefined) open.push({ seq, hash: cause.hash, what: cause.what });
    }
    return open.sort((a, b) => a.seq - b.seq);
  }
}

function causeOfCall(entry: CallEntry, hash: HashHex): Cause | undefined {
  const body = entry.parts[2];
  if (!entry.bodied || body === undefined) return undefined;
  if (entry.function === sendFunction) return { what: "send", hash, body };
  if (entry.function === setTimerFunction) return { what: "timer", hash, body };
  return undefined;
}

function fault(code: LinkCode, wanted: string, got: string): ChainError {
  return new ChainError({ code, wanted, got });
}
