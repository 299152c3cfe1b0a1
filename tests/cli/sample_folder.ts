import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { writeSample } from "./sample_log.ts";

/** Makes a folder that is removed after the tests. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "theater-cli-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Makes a folder with the sample log in its usual place. */
export function makeSampleFolder(): string {
  const folder = makeFolder();
  mkdirSync(join(folder, ".theater"));
  writeSample(join(folder, ".theater", "theater.db"));
  return folder;
}
