import { availableParallelism } from "node:os";
import { runtime } from "../platform/mod.ts";
import type { ChainReplay, DivergenceReport } from "../replay/mod.ts";
import type { LogReader } from "../store/mod.ts";
import type { FaultList, ReplayOutcome } from "../verify/mod.ts";
import { loadReplayTools } from "./replay_tools.ts";

/** Most workers at a time: beyond, the thread that compares is what they wait for. */
const workersMax = 4;

/** How many activations are run again at a time. */
export function replayWorkers(): number {
  return Math.min(workersMax, availableParallelism());
}

/** The engine that runs here, as keyframes name it. */
export const engineHere = `${runtime.engine} ${runtime.engineVersion}`;

/**
 * Runs chains of a log or a bundle again. Nothing that it runs can reach
 * anything outside.
 *
 * @param reader of a file that has been judged, and is not refuted
 * @param addresses the chains; all without
 * @param progress told after every turn how many were reproduced, of how many there are
 * @param fresh whether to run every turn in a fresh instance too
 */
export async function replayLog(
  reader: LogReader,
  addresses?: readonly string[],
  progress: (turns: number, of: number) => void = () => {},
  fresh = false,
): Promise<readonly ChainReplay[]> {
  const [{ replayChains }, tools] = await Promise.all([import("../replay/mod.ts"), loadReplayTools()]);
  const rows = reader.actors().filter(({ address }) => addresses?.includes(address) ?? true);
  const of = rows.reduce((sum, { turns }) => sum + turns, 0);
  let turns = 0;
  return await replayChains(reader, rows, tools, {
    workers: replayWorkers(),
    progress: () => progress(turns += 1, of),
    fresh,
  });
}

/** What a replay came to, as the judge takes it. */
export async function replayOutcome(chains: readonly ChainReplay[]): Promise<ReplayOutcome> {
  const { createFaultList } = await import("../verify/mod.ts");
  const faults: FaultList = createFaultList();
  for (const { address, divergences, passedOver } of chains) {
    for (const divergence of divergences) addDivergence(faults, divergence);
    // A worker that died, or a component that cannot be loaded here, shows nothing about the record.
    for (const { code, seq, detail } of passedOver) {
      if (code !== "lost" && code !== "load" && code !== "version") continue;
      faults.add({
        code: "not_replayed",
        weight: "unknown",
        address,
        seq,
        wanted: "turns that can be run again",
        got: detail,
      });
    }
  }
  const total = (count: (chain: ChainReplay) => number) =>
    chains.reduce((sum, chain) => sum + count(chain), 0);
  return {
    engine: engineHere,
    turns: total(({ reproduced }) => reproduced),
    passedOver: total(({ passedOver }) => passedOver.reduce((sum, { turns }) => sum + turns, 0)),
    faults,
  };
}

function addDivergence(faults: FaultList, { address, seq, detail, path, expected, got }: DivergenceReport) {
  const place = path === undefined ? "" : `${path} `;
  faults.add({
    code: "diverged",
    weight: "refutes",
    address,
    seq,
    wanted: expected === undefined ? "what is recorded" : `${place}${expected}`,
    got: got === undefined ? detail : `${place}${got} (${detail})`,
  });
}
