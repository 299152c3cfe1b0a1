import type { TrapCode } from "../chain/mod.ts";
import type { MailRow, TimerRow, Write } from "../store/mod.ts";
import type { StartWorker, WorkerSetup } from "../worker/mod.ts";
import type { UndeliveredCode } from "./message.ts";
import type { Recalled } from "./recall.ts";
import type { Salt } from "./turn_entries.ts";

/** What an actor runs and within which bounds; fixed while it lives. */
export interface ActorDefinition {
  /** `<node>/<address>`. */
  readonly origin: string;
  /** Public key of the actor, for its genesis: 64 hex digits; absent where nothing is sealed. */
  readonly key?: string;
  /** What its worker is given, the same in every activation. */
  readonly setup: Omit<WorkerSetup, "state" | "turn">;
  /** Most messages that wait; news and timers have room beyond it. */
  readonly mailboxMax: number;
  /** JSON text for `init`. */
  readonly params: string;
  /** Parts of a genesis and a keyframe, as canonical JSON. */
  readonly parts: {
    /** Of the genesis. */
    readonly about: string;
    readonly component: string;
    readonly manifest: string;
    readonly execution: string;
  };
  /** After so many turns a new activation begins, so that replay stays bounded. */
  readonly turnsPerActivation: number;
}

/** What an actor needs of the house around it. */
export interface ActorPorts {
  nowMs(): number;
  readonly salt: Salt;
  /** Writes all or nothing; settles when it is durable. */
  commit(writes: readonly Write[]): Promise<readonly number[]>;
  readonly startWorker: StartWorker;
  /** Keeps room at `address` for one more message with a body of so many bytes, or says why there is none. */
  reserve(address: string, bodyBytes: number): UndeliveredCode | undefined;
  /** Hands over a message whose row has been committed. */
  deliver(address: string, mail: MailRow): void;
  /** A timer that has been committed. */
  timerSet(timer: TimerRow): void;
  timerGone(address: string, timer: string): void;
  /** What is recorded of an earlier message with this key. */
  recall(address: string, key: string, body: string): Recalled | undefined;
  /** A commit failed: the log cannot be written, and nothing that was not committed may be answered. */
  commitFailed(error: unknown): void;
  observe(event: ActorEvent): void;
}

/** What an actor tells whoever runs it. */
export type ActorEvent =
  | { readonly event: "started"; readonly address: string; readonly reason: string }
  | {
    readonly event: "crashed";
    readonly address: string;
    readonly code: TrapCode | "deadline" | "killed" | "lost";
    readonly reason: string;
    readonly seq: number;
  }
  | { readonly event: "failed"; readonly address: string; readonly reason: string };
