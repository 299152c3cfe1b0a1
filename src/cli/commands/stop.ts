import { defineCommand } from "../command.ts";
import { optional, value } from "../option.ts";
import { actorAddress, duration } from "../readers.ts";
import { askWish } from "../wish_text.ts";

/** `theater stop [actor]` */
export const stop = defineCommand({
  name: "stop",
  summary: "End a running actor, or everything that runs",
  details: [
    'Asks the process that has the log open ("theater run"). An actor ends after the turn in hand, with those ' +
    "below it before it; a turn that takes longer than its shutdown_ms is cut. It stays down until it is " +
    "restarted, its siblings are restarted with it, or the log is run again; what others sent to it goes " +
    "back to them. The decision is an entry of its chain.",
    "Without an actor the process ends as with Ctrl-C: the log can be run again where it stopped.",
  ],
  options: { timeout: value(duration, "how long to wait for the end (60s unless given)") },
  operands: { actor: optional(actorAddress, "address of the actor (default: all of them, and the process)") },
  examples: [
    { line: "theater stop bank/teller-3", note: "that actor, and those below it" },
    { line: "theater stop", note: "the whole house, in order" },
  ],
  run: ({ options, operands, global, context }) =>
    askWish({ wish: "stop", address: operands.actor }, options.timeout, global, context),
});
