import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { dirname, join } from "node:path";
import process from "node:process";
import { FileError, realPath, remove, rename, writeFileAtomic } from "./files.ts";

/** How long a program may take to say its version. */
const trialMsMax = 60_000;

/**
 * Puts another program in the place of the one that runs, if it starts. Whoever starts it meanwhile finds the
 * old one or the new one.
 *
 * @throws {FileError} `full`, `denied` and so on; `other` where the new program does not start
 */
export function replaceProgram(program: Uint8Array): void {
  const path = realPath(process.execPath);
  const next = join(dirname(path), `.theater-${randomUUID()}${process.platform === "win32" ? ".exe" : ""}`);
  try {
    writeFileAtomic(next, program, { mode: 0o755 });
    const { status } = spawnSync(next, ["--version"], { timeout: trialMsMax, stdio: "ignore" });
    if (status !== 0) {
      const message = "the new one does not start";
      throw new FileError({ code: "other", path, action: "replace the program", message });
    }
    // Windows lets nobody overwrite a program that runs, but move it away.
    if (process.platform === "win32") rename(path, `${path}.old`);
    rename(next, path);
  } catch (error) {
    remove(next);
    throw error;
  }
}
