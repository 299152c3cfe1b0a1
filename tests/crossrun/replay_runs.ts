/**
 * Judges and replays logs, under the runtime that it is started with; a line of
 * JSON for each:
 *
 *     … tests/crossrun/replay_runs.ts <log>…
 *
 * @module
 */

import process from "node:process";
import { parseEntry } from "../../src/chain/mod.ts";
import { engineHere, replayLog } from "../../src/cli/replay_log.ts";
import type { DivergenceReport, PassedOver } from "../../src/replay/mod.ts";
import { openEvidence, openLogReader } from "../../src/store/mod.ts";
import { verify } from "../../src/verify/mod.ts";
import { kindOf } from "./entry_kind.ts";

/** What the replay of a log came to. */
export interface ReplayLine {
  readonly log: string;
  readonly engine: string;
  /** What the judge says of it before anything is run. */
  readonly verdict: number;
  /** Chain hash of the last entry of each chain, as the judge computed it. */
  readonly heads: Readonly<Record<string, string>>;
  readonly turns: number;
  readonly reproduced: number;
  readonly divergences: readonly DivergenceReport[];
  readonly passedOver: readonly PassedOver[];
  /** How often each kind of entry occurs. */
  readonly kinds: Readonly<Record<string, number>>;
}

/** Judges and replays one log. */
export async function replayWhole(log: string): Promise<ReplayLine> {
  const evidence = openEvidence(log);
  const { verdict } = verify(evidence);
  evidence.close();
  const reader = openLogReader(log);
  try {
    const kinds: Record<string, number> = {};
    const actors = reader.actors();
    for (const { address } of actors) {
      for (const { text } of reader.entries(address)) {
        const kind = kindOf(parseEntry(text));
        kinds[kind] = (kinds[kind] ?? 0) + 1;
      }
    }
    const chains = await replayLog(reader);
    const sum = (of: (chain: (typeof chains)[number]) => number) =>
      chains.reduce((all, chain) => all + of(chain), 0);
    return {
      log,
      engine: engineHere,
      verdict: verdict.exit,
      heads: Object.fromEntries(actors.map(({ address, head }) => [address, head])),
      turns: sum(({ turns }) => turns),
      reproduced: sum(({ reproduced }) => reproduced),
      divergences: chains.flatMap(({ divergences }) => divergences),
      passedOver: chains.flatMap(({ passedOver }) => passedOver),
      kinds,
    };
  } finally {
    reader.close();
  }
}

if (import.meta.main) {
  for (const log of process.argv.slice(2)) console.log(JSON.stringify(await replayWhole(log)));
}
