import type { Divergence } from "../boundary/mod.ts";

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
    readonly seq: number;
    readonly detail: string;
    readonly divergence?: Divergence;
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
    case "lost":
      return `Cannot replay ${fault.address}: turn ${fault.turn} did not end: ${fault.detail}`;
  }
}
