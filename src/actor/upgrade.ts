import type { TurnReport } from "../worker/mod.ts";
import type { ActorDefinition } from "./ports.ts";
import type { Crash } from "./turn_outcome.ts";

/** What became of the upgrade of an actor. */
export type Upgraded =
  /** It goes on with the new component, on the state that this made of the old one if it was to; `seq` is the keyframe. */
  | { readonly upgraded: true; readonly seq: number }
  /** The new component did not start or did not migrate the state, and the old one goes on; `seq` is the entry that says why. */
  | ({ readonly upgraded: false; readonly seq: number } & Crash)
  /** It stopped before. */
  | "stopped"
  /** Another upgrade of it is in hand. */
  | "busy";

/** An upgrade that was asked for. */
export interface UpgradeInHand {
  readonly to: ActorDefinition;
  /** Whether the new component turns the state of the old one into its own. */
  readonly migrate: boolean;
  /** What it ran before; set when the new one is about to start. */
  from?: ActorDefinition;
  /** The turn that instantiated the new one: written down together with the one that migrates. */
  instantiation?: TurnReport;
  readonly settle: (outcome: Upgraded) => void;
}
