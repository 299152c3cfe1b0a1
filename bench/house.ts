/**
 * Houses of actors for the benchmarks: opened on a log in a temporary folder,
 * which goes when the benchmark ends.
 *
 * @module
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadManifest } from "../src/manifest/mod.ts";
import { openTheater, type Theater } from "../src/runtime/mod.ts";
import { openLog } from "../src/store/mod.ts";

/** A house, and where its log is. */
export interface BenchHouse {
  readonly theater: Theater;
  readonly logPath: string;
  close(): Promise<void>;
}

/** Opens a house with `count` actors of the component at `component` (relative to this folder): a root and its children; `sealed`: it signs. */
export async function openHouse(
  component: string,
  count: number,
  options: { readonly sealed?: boolean; readonly turnsPerActivation?: number } = {},
): Promise<BenchHouse> {
  const folder = mkdtempSync(join(tmpdir(), "theater-bench-"));
  const path = new URL(component, import.meta.url).pathname;
  const child = (k: number) => `[[child]]\nname = "c${k}"\ncomponent = "${path}"\n`;
  const children = Array.from({ length: count - 1 }, (_, k) => child(k + 1)).join("");
  const text = `name = "bench"\ncomponent = "${path}"\nlimits = { children = ${count} }\n${children}`;
  const tree = await loadManifest("bench.toml", { readText: () => Promise.resolve(text) });
  const logPath = join(folder, "theater.db");
  const theater = await openTheater({
    tree,
    store: openLog(logPath),
    cacheFolder: join(tmpdir(), "theater-bench-cache"),
    ...(options.turnsPerActivation !== undefined && { turnsPerActivation: options.turnsPerActivation }),
    ...(options.sealed === true && { dataFolder: join(folder, "data") }),
    sealFailed: (error) => console.error(error),
    observe(event) {
      if (event.event !== "started") console.error(`${event.address} ${event.event}: ${event.reason}`);
    },
  });
  return {
    theater,
    logPath,
    async close() {
      await theater.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
