import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bunVersion, type Target } from "./targets.ts";

/**
 * The path of Bun for a target: the one that runs this if it is that very file, else one that is installed
 * from npm into `cacheFolder`, once.
 *
 * @throws {Error} where it is not, to the byte, what {@linkcode Target} says
 */
export function baseProgram(target: Target, bun: string, cacheFolder: string): string {
  if (sha256(bun) === target.sha256) return bun;
  const place = join(cacheFolder, `bun-${bunVersion}-${target.name}`);
  const path = join(place, "node_modules", target.npmPackage, target.path);
  if (!existsSync(path)) install(target, bun, cacheFolder, place);
  const got = sha256(path);
  if (got !== target.sha256) {
    throw new Error(`Cannot build for ${target.name}: wanted ${path} with ${target.sha256}, got ${got}`);
  }
  return path;
}

function install(target: Target, bun: string, cacheFolder: string, place: string): void {
  mkdirSync(cacheFolder, { recursive: true });
  const partial = mkdtempSync(join(cacheFolder, "partial-"));
  try {
    const dependencies = { [target.npmPackage]: bunVersion };
    writeFileSync(join(partial, "package.json"), JSON.stringify({ private: true, dependencies }));
    // Not for this machine, which its client is told not to mind.
    execFileSync(bun, ["install", "--cpu=*", "--os=*", "--ignore-scripts", "--no-save", "--no-progress"], {
      cwd: partial,
      stdio: ["ignore", "ignore", "inherit"],
    });
    rmSync(place, { recursive: true, force: true });
    renameSync(partial, place);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** SHA-256 of a file, in hex. */
export function sha256(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}
