import { cacheFolder, runtime } from "../platform/mod.ts";
import type { ReplayFault } from "../replay/mod.ts";
import { type FaultList, type ReplayOutcome } from "../verify/mod.ts";

/**
 * Runs every chain of a log or a bundle again, for the verdict on it. Nothing
 * that it runs can reach anything outside.
 *
 * @param path a file that has been judged, and is not refuted
 */
export async function replayLog(path: string): Promise<ReplayOutcome> {
  // Loaded only when needed: this is the machinery of running actors.
  const [
    { openLogReader },
    { replayChain },
    { createLoader, recordedSetup, replayBehaviour },
    worker,
    limits,
    judge,
  ] = await Promise.all([
    import("../store/mod.ts"),
    import("../replay/mod.ts"),
    import("../runtime/mod.ts"),
    import("../worker/mod.ts"),
    import("../limits/mod.ts"),
    import("../verify/mod.ts"),
  ]);
  const load = createLoader(cacheFolder());
  const versions = { replay: replayBehaviour, schedule: limits.limits.version.schedule };
  const faults = judge.createFaultList();
  let turns = 0;
  let passedOver = 0;
  const reader = openLogReader(path);
  try {
    for (const { address } of reader.actors()) {
      const found = await replayChain(reader, address, {
        start: worker.startReplaying,
        load: (log, actor, keyframe) => recordedSetup(log, actor, keyframe, load),
      }, versions);
      turns += found.turns;
      passedOver += found.passedOver;
      for (const fault of found.faults) addFault(faults, fault);
    }
  } finally {
    reader.close();
    worker.coolWorkers();
  }
  return { engine: `${runtime.engine} ${runtime.engineVersion}`, turns, passedOver, faults };
}

function addFault(faults: FaultList, fault: ReplayFault): void {
  const { code, address, detail } = fault;
  const place = { address, ...("seq" in fault ? { seq: fault.seq } : {}) };
  // A worker that died, or a component that cannot be loaded here, shows nothing about the record.
  const diverged = code === "diverged";
  faults.add({
    code: diverged ? "diverged" : "not_replayed",
    weight: diverged ? "refutes" : "unknown",
    ...place,
    wanted: diverged ? "what is recorded" : "a turn that can be run again",
    got: detail,
  });
}
