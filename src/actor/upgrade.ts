import type { ActorDefinition } from "./ports.ts";
import type { Crash } from "./turn_outcome.ts";

/** What became of the upgrade of an actor. */
export type Upgraded =
  /** It goes on with the new component; `seq` is the keyframe that says so. */
  | { readonly upgraded: true; readonly seq: number }
  /** The new component did not start, and the old one goes on; `seq` is the entry that says why. */
  | ({ readonly upgraded: false; readonly seq: number } & Crash)
  /** It stopped before. */
  | "stopped"
  /** Another upgrade of it is in hand. */
  | "busy";

/** An upgrade that was asked for. */
export interface UpgradeInHand {
  readonly to: ActorDefinition;
  /** What it ran before; set when the new one is about to start. */
  from?: ActorDefinition;
  readonly settle: (outcome: Upgraded) => void;
}
