/**
 * Folders that hold a system with next to nothing in it.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";

/** Why this process cannot start another one in a system of its own, or `false`. */
export function canChangeRoot(): string | false {
  if (process.platform !== "linux" || userInfo().uid !== 0) {
    return "it takes Linux and root to change the root";
  }
  const { status } = spawnSync("unshare", ["--mount", "--", "true"]);
  return status === 0 ? false : "a new mount namespace cannot be made here";
}

/** A new system with the folders that every system has, and nothing in them. */
export function bareRoot(): string {
  const root = mkdtempSync(join(tmpdir(), "theater-root-"));
  for (const folder of ["proc", "dev", "tmp"]) mkdirSync(join(root, folder));
  return root;
}

/** Copies a program, and the files that the system's loader takes for it, to where they are here. */
export function copyWithLibraries(
  path: string,
  root: string,
  { itself = true }: { readonly itself?: boolean } = {},
): void {
  const { stdout } = spawnSync("ldd", [path], { encoding: "utf8" });
  const libraries = [...stdout.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, file = ""]) => file);
  for (const file of itself ? [path, ...libraries] : libraries) {
    mkdirSync(join(root, dirname(file)), { recursive: true });
    copyFileSync(file, join(root, file));
  }
}
