import type { Override, WhatIf } from "../replay/mod.ts";
import type { LogReader } from "../store/mod.ts";
import { loadReplayTools } from "./replay_tools.ts";

/**
 * Runs the turns of an actor again with other answers. Nothing that it runs can
 * reach anything outside.
 *
 * @param reader of a file that has been judged, and is not refuted
 * @param progress told after every turn how many were run, of how many there are
 */
export async function whatIfLog(
  reader: LogReader,
  address: string,
  overrides: readonly Override[],
  progress: (turns: number, of: number) => void,
): Promise<WhatIf> {
  // Loaded only when needed: this is the machinery of running actors.
  const [{ whatIf }, { startStandingIn }, tools] = await Promise.all([
    import("../replay/mod.ts"),
    import("../worker/mod.ts"),
    loadReplayTools(),
  ]);
  return await whatIf(reader, { address, overrides, progress }, { ...tools, standIn: startStandingIn });
}
