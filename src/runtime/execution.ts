import { jcoVersion } from "../component/mod.ts";
import type { JsonObject } from "../codec/mod.ts";
import { limits } from "../limits/mod.ts";
import { runtime } from "../platform/mod.ts";
import { replayBehaviour, theaterVersion } from "./version.ts";

/** The versions of all that shapes how a component runs here: the part `execution` of a keyframe. */
export const execution: JsonObject = {
  theater: theaterVersion,
  jco: jcoVersion,
  rewriter: limits.version.rewriter,
  schedule: limits.version.schedule,
  replay: replayBehaviour,
  engine: `${runtime.engine} ${runtime.engineVersion}`,
  runtime: `${runtime.name} ${runtime.version}`,
};
