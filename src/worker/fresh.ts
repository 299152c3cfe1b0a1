import type { Activation } from "./activation.ts";
import type { ReplayInput, TurnReport } from "./protocol.ts";

/** Runs every recorded turn once more, in an instance of its own. */
export function alsoFresh(live: Activation, again: (state: string) => Activation): Activation {
  return { ...live, run: (input) => "calls" in input ? runFresh(live, input, again) : live.run(input) };
}

/**
 * Runs a recorded turn again, and then once more in an instance that saw no turn
 * before it, on the same state.
 *
 * Where the two come to another state, the report holds both.
 *
 * @param again instantiates on a state, with what was recorded of the instantiation
 */
function runFresh(
  live: Activation,
  input: ReplayInput,
  again: (state: string) => Activation,
): TurnReport {
  const before = live.state();
  const report = live.run(input);
  // Nobody knows where a fresh instance would have been cut: it uses other fuel.
  if (input.cutAt !== undefined || report.end.end === "diverged") return report;
  const instance = again(before);
  const { end } = report;
  const fresh = instance.alive() ? instance.run(input).end : instance.started.end;
  if (end.end !== "ok" || fresh.end !== "ok" || end.stateSha256 === fresh.stateSha256) {
    return { ...report, fresh };
  }
  return { ...report, end: { ...end, state: live.state() }, fresh: { ...fresh, state: instance.state() } };
}
