import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * SHA-256, in hex, over what the script component is built from: the modules of `guests/script/` and the
 * two files of WIT, each as `path`, a line feed, its bytes, a zero byte, sorted by path.
 *
 * It tells a component that was built before the last change of its sources from one that was not.
 * @param root The folder of the repository.
 */
export async function hashScriptSources(root: string): Promise<string> {
  const guests = (await readdir(join(root, "guests/script"))).filter((name) => name.endsWith(".js")).sort();
  const hash = createHash("sha256");
  for (const path of [...guests.map((name) => `guests/script/${name}`), "wit/actor.wit", "wit/script.wit"]) {
    hash.update(`${path}\n`).update(await readFile(join(root, path))).update("\0");
  }
  return hash.digest("hex");
}
