import { join } from "node:path";
import { cacheFolder } from "../platform/mod.ts";

/** Where compiled components are kept from one start to the next. */
export function componentCacheFolder(): string {
  return join(cacheFolder(), "components");
}

/** Where bundled scripts are kept from one start to the next. */
export function bundleCacheFolder(): string {
  return join(cacheFolder(), "bundles");
}
