import type { TrapCode } from "../chain/mod.ts";
import type { MailRow, RequestRow, TimerRow, Write } from "../store/mod.ts";
import type { StartWorker, WorkerSetup } from "../worker/mod.ts";
import type { UndeliveredCode } from "./message.ts";
import type { Places } from "./places.ts";
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
  /** After so long without a message it sleeps, in milliseconds. */
  readonly idleMs: number;
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

/** How an actor ended by itself. */
export interface ActorExit {
  readonly how: "normal" | "crash";
  readonly reason: string;
}

/** What an actor needs of the house around it. */
export interface ActorPorts {
  nowMs(): number;
  /** Calls `work` after so many milliseconds, unless the house has stopped by then. */
  after(ms: number, work: () => void): void;
  /** An actor that ran has ended by itself, and runs no more until it is begun again. */
  exited(address: string, exit: ActorExit): void;
  /** An actor that had ended runs again, as an upgrade let it. */
  revived(address: string): void;
  readonly salt: Salt;
  /** Writes all or nothing; settles when it is durable. */
  commit(writes: readonly Write[]): Promise<readonly number[]>;
  readonly startWorker: StartWorker;
  readonly places: Places;
  /** Keeps room at `address` for one more message with a body of so many bytes, or says why there is none. */
  reserve(address: string, bodyBytes: number): UndeliveredCode | undefined;
  /** Hands over a message whose row has been committed. */
  deliver(address: string, mail: MailRow): void;
  /** A timer that has been committed. */
  timerSet(timer: TimerRow): void;
  timerGone(address: string, timer: string): void;
  /** A request that has been committed: `expire` the actor when it is due. */
  requestSet(request: RequestRow): void;
  requestGone(address: string, request: string): void;
  /** The request that the call at `seq` of the chain of `address` made, while it waits for a reply. */
  requestAt(address: string, seq: number): string | undefined;
  /** Takes the right to reply to a request of `address`: once; undefined when it waits no longer. */
  claim(address: string, request: string): RequestRow | undefined;
  /** How many incarnations the chain of an actor has begun, as committed. */
  incarnations(address: string): number;
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
  /** It did not start, or its supervisor gave up. */
  | { readonly event: "failed"; readonly address: string; readonly reason: string }
  /** It has ended, as it wished or somebody else did. */
  | { readonly event: "stopped"; readonly address: string; readonly reason: string };
