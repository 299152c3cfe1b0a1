import type { Divergence } from "../boundary/mod.ts";

/** What can differ from the record. */
export type DivergedIn =
  | "call" // another call, none, or one too many
  | "end" // another way to end
  | "state"
  | "response"
  | "error"
  | "reason"
  | "fuel"
  | "keyframe"; // it does not begin with the state with which the activation before ended

/** The first difference between a run and its record. Plain data. */
export interface TurnDifference {
  readonly what: DivergedIn;
  /** The import that was called, or was to be called, in full. */
  readonly function?: string;
  /** Where in what was said, such as `arguments[1].name`. */
  readonly path?: string;
  /** What stands there, as JSON or as an excerpt; absent where nothing does, or where the log does not keep it. */
  readonly expected?: string;
  readonly got?: string;
  /** The difference of the calls, where it is one. */
  readonly divergence?: Divergence;
}

/** Why a log could not be run again. Plain data. */
export type ReplayFault =
  | {
    /** The log contradicts itself. */
    readonly code: "damaged";
    readonly address: string;
    readonly seq: number;
    readonly detail: string;
  }
  | {
    /** Something that is needed was withheld, erased or pruned. */
    readonly code: "part_absent";
    readonly address: string;
    readonly seq: number;
    readonly detail: string;
  }
  | {
    /** It went another way than recorded. */
    readonly code: "diverged";
    readonly address: string;
    readonly turn: number;
    /** The entry that says otherwise. */
    readonly seq: number;
    readonly detail: string;
    readonly difference: TurnDifference;
  }
  | {
    /** It cannot be run here at all. */
    readonly code: "not_run";
    readonly address: string;
    readonly seq: number;
    readonly detail: string;
  }
  | {
    /** The worker that ran it died. */
    readonly code: "lost";
    readonly address: string;
    readonly turn: number;
    readonly detail: string;
  };

/** A log could not be run again. */
export class ReplayError extends Error {
  override name = "ReplayError";
  constructor(readonly fault: ReplayFault) {
    super(describe(fault));
  }
}

function describe(fault: ReplayFault): string {
  switch (fault.code) {
    case "damaged":
      return `Cannot read ${fault.address} at entry ${fault.seq}: the log is damaged: ${fault.detail}`;
    case "part_absent":
      return `Cannot read ${fault.address} at entry ${fault.seq}: ${fault.detail}`;
    case "diverged":
      return `Cannot replay ${fault.address}: turn ${fault.turn} went another way at entry ${fault.seq}: ${fault.detail}`;
    case "not_run":
      return `Cannot replay ${fault.address} from entry ${fault.seq} on: ${fault.detail}`;
    case "lost":
      return `Cannot replay ${fault.address}: turn ${fault.turn} did not end: ${fault.detail}`;
  }
}
