/**
 * One check over all that a log of a test holds: the rules of chains, the judge's
 * verdict, and every turn run again.
 *
 * @module
 */

import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { replayLog } from "../../src/cli/replay_log.ts";
import { openEvidence, openLogReader } from "../../src/store/mod.ts";
import { verify } from "../../src/verify/mod.ts";
import { checkLog, logPath } from "./house.ts";

/** Checks the log of a folder, verifies it, and runs every turn again. */
export async function proveLog(folder: string): Promise<void> {
  checkLog(folder);
  const evidence = openEvidence(logPath(folder));
  const { verdict } = verify(evidence);
  evidence.close();
  const faults = verdict.levels.flatMap((level) => level.faults);
  deepStrictEqual(faults.filter(({ weight }) => weight === "refutes"), []);
  const reader = openLogReader(logPath(folder));
  try {
    const chains = await replayLog(reader);
    deepStrictEqual(chains.flatMap((chain) => chain.divergences), []);
    const passedOver = chains.flatMap((chain) => chain.passedOver);
    deepStrictEqual(passedOver.filter(({ code }) => code !== "cut" && code !== "follows"), []);
    const counted = chains.reduce((sum, { reproduced }) => sum + reproduced, 0) +
      passedOver.reduce((sum, { turns }) => sum + turns, 0);
    strictEqual(counted, reader.actors().reduce((sum, { turns }) => sum + turns, 0));
  } finally {
    reader.close();
  }
}
