import type {
  CodeDifference,
  DifferingTurn,
  DiffersIn,
  DivergenceReport,
  NotCompared,
} from "../replay/mod.ts";

/** What differs in a turn, and whether that is accepted. */
export interface FoundDifference extends CodeDifference {
  /** Whether it stands in the list of accepted differences. */
  readonly accepted: boolean;
}

/** A turn that the new code took another way. */
export interface ReplayedTurn extends Omit<DifferingTurn, "differences"> {
  /** At least one. */
  readonly differences: readonly FoundDifference[];
}

/** What one actor of one recording came to. Plain data. */
export interface ReplayedActor {
  /** The recording, as it was named. */
  readonly recording: string;
  readonly actor: string;
  /** The origin of its chain: `<node>/<address>`. */
  readonly chain: string;
  /** Turns that are recorded, and how many of them were compared. */
  readonly turns: number;
  readonly compared: number;
  /** Those that differ, accepted or not, in order. */
  readonly differing: readonly ReplayedTurn[];
  /** Those that were not compared, and why. */
  readonly passedOver: readonly NotCompared[];
  /** Where not even the recorded code does what is recorded: nothing after it was compared. */
  readonly divergences: readonly DivergenceReport[];
}

/** An accepted difference that did not happen. */
export interface StaleDifference {
  readonly chain: string;
  readonly turn: number;
  readonly what: DiffersIn;
  readonly fields: readonly string[];
}

/** What recordings came to when their messages were run through other code. Plain data. */
export interface ReplayResult {
  /**
   * `same`: every compared turn did the same, or differs as accepted.
   * `different`: some differ otherwise, or an accepted difference did not happen.
   * `incomplete`: no difference was found, but something that should have been compared could not be.
   */
  readonly verdict: "same" | "different" | "incomplete";
  /** The new code, as it was named. */
  readonly against: string;
  readonly turns: number;
  readonly compared: number;
  /** Turns that did the same. */
  readonly same: number;
  /** Turns that differ in something that is not accepted. */
  readonly differing: number;
  /** Turns that differ in what is accepted only. */
  readonly accepted: number;
  /** In how many turns each thing differs, accepted or not. */
  readonly counts: Readonly<Partial<Record<DiffersIn, number>>>;
  readonly actors: readonly ReplayedActor[];
  readonly stale: readonly StaleDifference[];
  /** Actors of the recordings that the manifest does not declare, which were not tested. */
  readonly untested: readonly string[];
  /** What became of the list of accepted differences, if it was updated. */
  readonly updated?: { readonly path: string; readonly added: number; readonly removed: number };
}
