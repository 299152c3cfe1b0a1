import type { Activation } from "./activation.ts";

/**
 * An activation that goes on after an instance ended: the next turn gets another.
 *
 * @param again instantiates on a state
 */
export function reviving(first: Activation, again: (state: string) => Activation): Activation {
  let live = first;
  return {
    started: first.started,
    alive: () => true,
    state: () => live.state(),
    owes: (owed) => live.owes(owed),
    run(input) {
      if (!live.alive()) live = again(live.state());
      return live.alive() ? live.run(input) : { ...live.started, turn: input.turn };
    },
  };
}
