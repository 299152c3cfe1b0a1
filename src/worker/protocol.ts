import type { CallRecord, Divergence, StoodIn } from "../boundary/mod.ts";
import type { CutReason, MessageType, TrapCode } from "../chain/mod.ts";
import type { ComponentType } from "../component/mod.ts";
import type { Effect } from "../host/mod.ts";
import type { Permissions } from "../manifest/mod.ts";

/** Bounds that the worker enforces by itself. */
export interface WorkerLimits {
  /** Longest turn, in milliseconds of wall clock. */
  readonly turnMs: number;
  /** Fuel of one turn, in units of the schedule; without one it is counted, but has no limit. */
  readonly fuelUnitsMax?: number;
  /** Longest message and response, in bytes of UTF-8. */
  readonly messageBytesMax: number;
  /** Longest state, in bytes of UTF-8. */
  readonly stateBytesMax: number;
  /** Most timers and requests that may be outstanding, and most own messages that came back. */
  readonly pendingMax: number;
  /** Most import calls in one turn. */
  readonly callsMax: number;
  /** Most bytes that the calls of one turn may record. */
  readonly recordBytesMax: number;
}

/** What an actor has outstanding. */
export interface Owed {
  /** Its timers and requests, and messages about either that wait. */
  readonly pending: number;
  /** Own messages that came back and wait. */
  readonly returned: number;
  /** Tokens of replies that it has deferred. */
  readonly tokens: readonly string[];
}

/** What an activation is made of. Everything that the worker is given, and all it can reach. */
export interface ActivationSetup {
  readonly address: string;
  /** jco's JavaScript around the core modules. */
  readonly glue: string;
  readonly modules: Readonly<Record<string, WebAssembly.Module>>;
  readonly type: ComponentType;
  /** The script of a script actor. */
  readonly source?: string;
  readonly grants: Permissions;
  readonly environment: readonly (readonly [name: string, value: string])[];
  readonly limits: WorkerLimits;
  /** State at the start, JSON text; `null` text before the first. */
  readonly state: string;
  /** Number of the turn that instantiates. */
  readonly turn: number;
  /** Two 32-bit words: see `control.ts`. */
  readonly control: SharedArrayBuffer;
}

/** One message for the actor; the envelope or, with `init`, the parameters. */
export interface TurnInput {
  readonly turn: number;
  readonly type: MessageType;
  /** The JSON text that the export is called with. */
  readonly text: string;
  /** Set if somebody waits for the response. */
  readonly awaited?: true;
}

/** A turn that is run again: what was recorded of it. */
export interface ReplayInput extends TurnInput {
  readonly calls: readonly CallRecord[];
  /** Fuel that a turn had used when it was cut: it is stopped there again. */
  readonly cutAt?: number;
  /** The state to run it on, JSON text; without it, that after the turn before. */
  readonly state?: string;
  /** Whether its report is to have the state after it. */
  readonly keepState?: true;
}

/** An instantiation that is run again: what was recorded of it. */
export type ReplayStart = Pick<ReplayInput, "calls" | "cutAt" | "keepState">;

/** How a turn ended, as seen by the worker. */
export type TurnEnd =
  | {
    readonly end: "ok";
    /** SHA-256 of the state's bytes, hexadecimal. */
    readonly stateSha256: string;
    readonly stateBytes: number;
    /**
     * The state itself; with the last `ok` turn of a batch of reports, where it is to be kept, and where a
     * fresh instance came to another.
     */
    readonly state?: string;
    /** Absent after instantiation and `init`. */
    readonly response?: string;
  }
  | { readonly end: "err"; readonly error: string }
  | { readonly end: "trap"; readonly code: TrapCode; readonly reason: string }
  | { readonly end: "cut"; readonly reason: CutReason; readonly detail: string }
  | { readonly end: "diverged"; readonly divergence: Divergence };

/** What happened in one turn. After any end but `ok` and `err` the instance is gone. */
export interface TurnReport {
  readonly turn: number;
  readonly startMs: number;
  readonly endMs: number;
  /** In order; empty in a replay. */
  readonly calls: readonly CallRecord[];
  /** What was called where the host was stood in for; absent where that is what was recorded. */
  readonly stoodIn?: StoodIn;
  readonly effects: readonly Effect[];
  /** Units of the fuel schedule. */
  readonly fuel: number;
  readonly end: TurnEnd;
  /** How it ended when it was run once more, in an instance that saw no turn before it. */
  readonly fresh?: TurnEnd;
}

/** What the host asks of a worker. */
export type ToWorker =
  | { readonly ask: "record"; readonly setup: ActivationSetup }
  | {
    readonly ask: "replay";
    readonly setup: ActivationSetup;
    readonly start: ReplayStart;
    /** Run every turn once more, in an instance of its own. */
    readonly fresh: boolean;
  }
  | { readonly ask: "stand-in"; readonly setup: ActivationSetup; readonly start: ReplayStart }
  | { readonly ask: "turns"; readonly turns: readonly TurnInput[]; readonly owed: Owed }
  | { readonly ask: "replay-turns"; readonly turns: readonly ReplayInput[] };

/**
 * What a worker tells the host: reports of turns, in order. The first report
 * after `record`, `replay` or `stand-in` is of the instantiation. `last` is set when nothing
 * that was asked for is left to do.
 */
export interface FromWorker {
  readonly reports: readonly TurnReport[];
  readonly last: boolean;
}
