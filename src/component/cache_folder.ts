import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CacheFolder } from "./cache.ts";

/**
 * A cache in a folder of the file system, made when it is needed, for its owner
 * only. Entries are written beside their place and moved there, so that no
 * reader meets half of one.
 */
export function cacheFolder(path: string): CacheFolder {
  return {
    async read(name) {
      try {
        return new Uint8Array(await readFile(join(path, name)));
      } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
        throw error;
      }
    },
    async write(name, bytes) {
      await mkdir(path, { recursive: true, mode: 0o700 });
      const temporary = join(path, `.${name}.${randomUUID()}`);
      try {
        await writeFile(temporary, bytes, { mode: 0o600 });
        await rename(temporary, join(path, name));
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    },
  };
}
