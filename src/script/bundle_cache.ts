import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Bundle } from "./bundled_source.ts";
import { bundlerVersion } from "./esbuild.ts";

/** Changes when the same files give another bundle with the same esbuild. */
const recipe = 2;

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function cacheFile(cacheDir: string, entry: string, entryText: string): string {
  return join(cacheDir, `script-${sha256(`${bundlerVersion}\n${recipe}\n${entry}\n${entryText}`)}.json`);
}

/**
 * The bundle that was stored for this entry file, if every file in it still has the text that it had.
 * Anything else, a damaged file too, is undefined: a cache that cannot be used is not a fault.
 */
export async function cachedBundle(
  cacheDir: string,
  entry: string,
  entryText: string,
  read: (path: string) => Promise<string>,
): Promise<Bundle | undefined> {
  try {
    const bundle = parseBundle(await readFile(cacheFile(cacheDir, entry, entryText), "utf8"));
    if (bundle === undefined) return undefined;
    for (const file of bundle.files) {
      if (sha256(await read(file.path)) !== file.sha256) return undefined;
    }
    return bundle;
  } catch {
    return undefined;
  }
}

/** Keeps a bundle. What cannot be written is not kept. */
export async function storeBundle(
  cacheDir: string,
  entry: string,
  entryText: string,
  bundle: Bundle,
): Promise<void> {
  try {
    await mkdir(cacheDir, { recursive: true });
    const file = cacheFile(cacheDir, entry, entryText);
    const partial = `${file}.${randomUUID()}`; // Renamed when whole: two starts at once may store the same.
    await writeFile(partial, JSON.stringify(bundle));
    await rename(partial, file);
  } catch {
    // The next start bundles again.
  }
}

function parseBundle(text: string): Bundle | undefined {
  const { source, sha256: hash, files } = JSON.parse(text) as Partial<Bundle>;
  if (typeof source !== "string" || sha256(source) !== hash || !Array.isArray(files)) return undefined;
  return { source, sha256: hash, files };
}
