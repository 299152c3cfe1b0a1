import { cacheFolder } from "../platform/mod.ts";
import type { ReplayTools } from "../replay/mod.ts";

/** What runs turns again. Loaded only when needed: this is the machinery of running actors. */
export async function loadReplayTools(): Promise<ReplayTools> {
  const [{ createLoader, execution, recordedSetup, replayBehaviours }, { startReplaying }, { limits }] =
    await Promise.all([
      import("../runtime/mod.ts"),
      import("../worker/mod.ts"),
      import("../limits/mod.ts"),
    ]);
  const load = createLoader(cacheFolder());
  return {
    start: startReplaying,
    load: (log, actor, keyframe) => recordedSetup(log, actor, keyframe, load),
    ability: { behaviours: replayBehaviours, schedules: limits.schedules },
    execution,
  };
}
