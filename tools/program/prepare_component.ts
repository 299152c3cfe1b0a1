import { copyFileSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_LIMITS } from "../../src/manifest/mod.ts";
import { createLoader } from "../../src/runtime/mod.ts";
import { scriptComponent } from "../../src/script/mod.ts";

/**
 * Takes the script component apart as a first start would, with the limits of a manifest that names none,
 * and puts the entry of the cache into `folder`: then no start does.
 */
export async function prepareComponent(folder: string): Promise<void> {
  const cache = mkdtempSync(join(tmpdir(), "theater-prepared-"));
  try {
    const { memoryBytes, stackUnits } = DEFAULT_LIMITS;
    await createLoader(cache)(await scriptComponent(), { memoryBytes, stackUnits });
    for (const name of readdirSync(cache)) copyFileSync(join(cache, name), join(folder, `component-${name}`));
  } finally {
    rmSync(cache, { recursive: true });
  }
}
