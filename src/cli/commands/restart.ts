import { defineCommand } from "../command.ts";
import { required, value } from "../option.ts";
import { actorAddress, duration } from "../readers.ts";
import { askWish } from "../wish_text.ts";

/** `theater restart <actor>` */
export const restart = defineCommand({
  name: "restart",
  summary: "Start an actor again, whether it runs, was stopped or has failed",
  details: [
    'Asks the process that has the log open ("theater run"). An actor that runs ends after the turn in hand, ' +
    "with those below it, and begins again with its last committed state, or afresh if its manifest says " +
    'on_restart = "fresh". It does not count as one of the restarts that its supervisor lets pass. The ' +
    "decision is an entry of its chain.",
  ],
  options: { timeout: value(duration, "how long to wait until it stands (60s unless given)") },
  operands: { actor: required(actorAddress, "address of the actor, such as bank/teller-3") },
  examples: [{ line: "theater restart bank/teller-3", note: "also after its supervisor gave it up" }],
  run: ({ options, operands, global, context }) =>
    askWish({ wish: "restart", address: operands.actor }, options.timeout, global, context),
});
