import { entryVersion } from "../chain/mod.ts";
import { build } from "../platform/mod.ts";
import { execution, replayBehaviours } from "../runtime/mod.ts";
import { schemaVersion } from "../store/mod.ts";

/** What `theater version --json` says besides the version and the runtime: all that a report of a fault needs. */
export function versionFacts() {
  return {
    /** Of the sources; absent where the program runs from them. */
    ...(build !== undefined && { commit: build.commit, target: build.target }),
    formats: { entry: entryVersion, database: schemaVersion, replay: replayBehaviours },
    execution,
  };
}
