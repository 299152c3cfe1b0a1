import type { DivergenceReport, PassedOverCode } from "../replay/mod.ts";
import type { PartStatus } from "../store/mod.ts";

/** Why a moment, or the state at it, cannot be had. Plain data. */
export type TravelFault =
  | { readonly code: "no_such_entry"; readonly address: string; readonly got: number; readonly size: number }
  | {
    readonly code: "no_such_turn";
    readonly address: string;
    /** Below 0 where it would be before the first. */
    readonly got: number;
    readonly turns: number;
  }
  | { readonly code: "turn_open"; readonly address: string; readonly turn: number }
  | {
    /** Nothing had been recorded at that time. */
    readonly code: "before_first";
    readonly address: string;
    readonly timeMs: number;
    readonly firstMs: number;
  }
  | {
    /** Nothing that makes a state stands before this entry. */
    readonly code: "no_state";
    readonly address: string;
    readonly seq: number;
  }
  | { readonly code: "pruned"; readonly address: string; readonly seq: number }
  | {
    /** The state itself was taken away, and shall not come back by a replay. */
    readonly code: "state_absent";
    readonly address: string;
    readonly seq: number;
    readonly status: PartStatus | "missing";
  }
  | {
    /** Turns that it takes could not be run again. */
    readonly code: "not_run";
    readonly address: string;
    readonly turn: number;
    readonly seq: number;
    readonly why: PassedOverCode;
    readonly detail: string;
  }
  | { readonly code: "diverged"; readonly divergence: DivergenceReport };

/** A moment of a chain, or the state at it, cannot be had. */
export class TravelError extends Error {
  override name = "TravelError";
  constructor(readonly fault: TravelFault) {
    super([describe(fault), ...adviseOn(fault)].join("\n"));
  }
}

function describe(fault: TravelFault): string {
  switch (fault.code) {
    case "no_such_entry":
      return `Cannot find entry ${fault.got} of ${fault.address}: it has ${fault.size}, the last one is ${
        fault.size - 1
      }`;
    case "no_such_turn":
      return `Cannot find turn ${fault.got} of ${fault.address}: ${
        fault.turns === 0 ? "it has none yet" : `it has ${fault.turns}, the last one is ${fault.turns - 1}`
      }`;
    case "turn_open":
      return `Cannot show the state of ${fault.address} after turn ${fault.turn}: that turn has not ended`;
    case "before_first":
      return `Cannot go back in ${fault.address} to ${time(fault.timeMs)}: its first entry is of ${
        time(fault.firstMs)
      }`;
    case "no_state":
      return `Cannot show the state of ${fault.address} at entry ${fault.seq}: it has none yet`;
    case "pruned":
      return `Cannot show the state of ${fault.address} there: entry ${fault.seq} is pruned`;
    case "state_absent":
      return `Cannot show the state of ${fault.address} at entry ${fault.seq}: it is ${fault.status}`;
    case "not_run":
      return `Cannot show the state of ${fault.address} there: turn ${fault.turn} cannot be run again: ${fault.detail}`;
    case "diverged": {
      const { address, turn, seq, detail } = fault.divergence;
      return `Cannot show the state of ${address} there: run again, turn ${turn} went another way at entry ${seq}: ${detail}`;
    }
  }
}

function time(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? `${ms} ms after 1970` : date.toISOString();
}

/** What to do next, a line each. */
function adviseOn(fault: TravelFault): string[] {
  switch (fault.code) {
    case "no_such_entry":
    case "no_such_turn":
    case "before_first":
      return [`"theater log ${fault.address}" lists its entries, with their turns and times`];
    case "turn_open":
      return [`leave the moment out for the last state that was committed`];
    case "no_state":
      return [`"theater log ${fault.address}" shows how far it came`];
    case "pruned":
      return [
        `"theater prune ${fault.address} --restore <bundle.db>" puts back what an export still has`,
        `"theater log ${fault.address} --kind prune" says since when; keyframes after it have their states`,
      ];
    case "state_absent":
      return [
        fault.status === "withheld"
          ? "it was left out of this bundle; who exported it has it"
          : `"theater log ${fault.address} --kind erase" says why; states before and after it may be there`,
      ];
    case "not_run":
      return adviseOnRun(fault.why, fault.address);
    case "diverged":
      return [`"theater replay" shows the difference and what it may come from`];
  }
}

function adviseOnRun(why: PassedOverCode, address: string): string[] {
  switch (why) {
    case "absent":
    case "follows":
    case "state":
    case "memory":
      return [
        `what it takes was erased or withheld; "theater log ${address} --kind erase" says what and why`,
        "a later moment may be there: from the next state on that the log keeps whole",
      ];
    case "pruned":
      return [`"theater prune ${address} --restore <bundle.db>" puts back what an export still has`];
    case "component":
      return ["an export of the log carries the component; this file does not"];
    case "version":
    case "limits":
      return ["another version of Theater may run it"];
    case "load":
    case "lost":
      return [`"theater replay" may say more`];
    case "cut":
      return ["the turn was cut off nobody knows where; its state is that of the turn before"];
  }
}
