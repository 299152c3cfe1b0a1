/**
 * How long it takes to know the state at a random moment of a long log, by how
 * many turns an activation has: that bounds what must be run again. Beside it
 * what shorter activations cost while they are recorded.
 *
 * The log is not recorded whole: the actor is where it was after a thousand
 * turns, so that one recorded activation can stand in the chain as often as it
 * takes, with other numbers and links.
 *
 *     deno run -A --no-prompt bench/time_travel.ts [turns]
 *     bun bench/time_travel.ts [turns]
 *
 * @module
 */

import { execFileSync } from "node:child_process";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import nodeProcess from "node:process";
import { fileURLToPath } from "node:url";
import { chainHash, type Entry, parseEntry, serializeEntry } from "../src/chain/mod.ts";
import { limits } from "../src/limits/mod.ts";
import { commandArguments, runtime } from "../src/platform/mod.ts";
import type { ReplayTools } from "../src/replay/mod.ts";
import { createLoader, execution, recordedSetup, replayBehaviours } from "../src/runtime/mod.ts";
import {
  type ActorRow,
  type LogReader,
  openLog,
  openLogReader,
  type StoredRecord,
  type Write,
} from "../src/store/mod.ts";
import { blameField, locate, stateAt } from "../src/travel/mod.ts";
import { startReplaying } from "../src/worker/mod.ts";
import { openHouse } from "./house.ts";
import { printTable } from "./table.ts";

const activationTurns = [10_000, 2000, 1000] as const;
const moments = 30;
const commands = 5;
const inFlight = 64;
const commitEntries = 20_000;
const address = "bench";

/** Entries of `[from, to)` of the log at `path`, with their parts. */
function readRecords(path: string, from: number, to: number): StoredRecord[] {
  const reader = openLogReader(path);
  try {
    return [...reader.records(address, { from, to })];
  } finally {
    reader.close();
  }
}

/** The last activation that is whole: `[from, to)`. */
function wholeActivation(path: string): { readonly from: number; readonly to: number } {
  const reader = openLogReader(path);
  try {
    const keyframes: number[] = [];
    for (const { seq, text } of reader.entries(address)) {
      if (text.includes('"kind":"keyframe"')) keyframes.push(seq);
    }
    const [from, to] = keyframes.slice(-2);
    if (from === undefined || to === undefined) throw new Error("Cannot find an activation that is whole");
    return { from, to };
  } finally {
    reader.close();
  }
}

/** Appends an activation again and again, until the chain has so many turns. */
function repeat(path: string, turns: number): void {
  const { from, to } = wholeActivation(path);
  const template = readRecords(path, from, to).map(({ text, parts }) => ({ entry: parseEntry(text), parts }));
  const first = template[0]?.entry;
  if (first?.kind !== "keyframe") throw new Error("Cannot repeat an activation without a keyframe");
  const store = openLog(path);
  const found = store.actor(address);
  if (found === undefined) throw new Error("Cannot find the actor");
  let row: ActorRow = found;
  let [seq, prev, time] = [row.size, row.head as Entry["prev"], Date.now()];
  let writes: Write[] = [];
  while (row.turns < turns) {
    const [turn, activation] = [row.turns, row.activations];
    let last = turn;
    for (const { entry, parts } of template) {
      const placed = { ...entry, seq, prev, time: time++ };
      if ("turn" in placed) last = placed.turn += turn - first.turn;
      const moved: Entry = placed.kind === "keyframe" ? { ...placed, activation } : placed;
      const text = serializeEntry(moved);
      prev = chainHash(text);
      writes.push({
        write: "append",
        address,
        seq,
        text,
        hash: prev,
        parts,
        ...((moved.kind === "keyframe" || moved.kind === "receive") && { turns: last + 1 }),
        ...(moved.kind === "keyframe" && { activations: activation + 1 }),
      });
      seq += 1;
      if (writes.length < commitEntries) continue;
      store.commit(writes);
      writes = [];
    }
    row = { ...row, turns: last + 1, activations: activation + 1 };
  }
  store.commit(writes);
  store.close();
}

/** A random number below `below`, the same in every run. */
function createDice(): (below: number) => number {
  let state = 12_345;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor(state / 2 ** 32 * below);
  };
}

async function timed<T>(work: () => T | Promise<T>): Promise<readonly [result: T, ms: number]> {
  const from = performance.now();
  const result = await work();
  return [result, performance.now() - from];
}

const middle = (times: readonly number[]) => times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0;

function createTools(): ReplayTools {
  const load = createLoader(join(tmpdir(), "theater-bench-cache"));
  return {
    start: startReplaying,
    load: (log: LogReader, actor: string, keyframe: number) => recordedSetup(log, actor, keyframe, load),
    ability: { behaviours: replayBehaviours, schedules: limits.schedules },
    execution,
  };
}

/** The whole command, as a user waits for it. */
function command(path: string, turn: number): number {
  const cli = fileURLToPath(new URL("../cli.ts", import.meta.url));
  const args = ["state", address, "--db", path, "--at", `turn:${turn}`];
  const before = runtime.name === "deno" ? ["run", "-A", "--no-prompt", "--quiet", cli] : [cli];
  const from = performance.now();
  execFileSync(nodeProcess.execPath, [...before, ...args]);
  return performance.now() - from;
}

async function measure(path: string, row: ActorRow): Promise<readonly string[]> {
  const dice = createDice();
  const reader = openLogReader(path);
  try {
    const tools = createTools();
    const lazily = () => Promise.resolve(tools);
    await stateAt(reader, row, locate(reader, row, { point: "turn", turn: 3 }), lazily);
    const [finds, states, replayed]: [number[], number[], number[]] = [[], [], []];
    for (let k = 0; k < moments; k++) {
      const turn = dice(row.turns);
      const [seq, findMs] = await timed(() => locate(reader, row, { point: "turn", turn }));
      const [state, stateMs] = await timed(() => stateAt(reader, row, seq, lazily));
      finds.push(findMs);
      states.push(findMs + stateMs);
      replayed.push(state.replayed);
    }
    const [, blameMs] = await timed(() =>
      blameField(reader, row, ["n"], tools, { all: false, workers: Math.min(4, availableParallelism()) })
    );
    const whole = Array.from({ length: commands }, () => command(path, dice(row.turns)));
    return [
      ...[middle(finds), middle(states), Math.max(...states)].map((ms) => ms.toFixed(0)),
      middle(replayed).toFixed(0),
      ...[middle(whole), blameMs].map((ms) => ms.toFixed(0)),
    ];
  } finally {
    reader.close();
  }
}

/** Builds each log, measures in it, and prints a table. */
export async function benchTimeTravel(turns: number): Promise<void> {
  const rows: string[][] = [];
  for (const turnsPerActivation of activationTurns) {
    const house = await openHouse("actors/cycle.ts", 1, { turnsPerActivation });
    const { theater, logPath } = house;
    const messages = 3 * activationTurns[0];
    let sent = 0;
    const client = async () => {
      while (sent++ < messages) await theater.send({ to: theater.root, body: "1", wait: "response" });
    };
    const [, recordMs] = await timed(() => Promise.all(Array.from({ length: inFlight }, client)));
    await theater.stop();
    const [, buildMs] = await timed(() => repeat(logPath, turns));
    const reader = openLogReader(logPath);
    const row = reader.actor(address);
    reader.close();
    if (row === undefined) throw new Error("Cannot find the actor");
    console.error(`  ${row.turns} turns, ${row.size} entries, built in ${(buildMs / 1000).toFixed(0)} s`);
    const measured = await measure(logPath, row);
    await house.close();
    rows.push([String(turnsPerActivation), (messages / recordMs * 1000).toFixed(0), ...measured]);
  }
  printTable(
    [
      "turns an activation",
      "live turns/s",
      "find ms",
      "state ms",
      "at most",
      "turns run",
      "command ms",
      "blame ms",
    ],
    rows,
  );
}

if (import.meta.main) await benchTimeTravel(Number(commandArguments()[0] ?? 1_000_000));
