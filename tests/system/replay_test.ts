import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { openDatabase, runtime } from "../../src/platform/mod.ts";
import {
  readTurns,
  type RecordedTurn,
  ReplayError,
  type ReplayResult,
  replayTurns,
} from "../../src/replay/mod.ts";
import { createLoader, recordedSetup } from "../../src/runtime/mod.ts";
import { type LogReader, openLogReader } from "../../src/store/mod.ts";
import { startReplaying } from "../../src/worker/mod.ts";
import { checkLog, logPath, makeFolder, repositoryPath, sharedCache, story, test } from "./house.ts";
import { recordedAddresses, recordEverything } from "./record_everything.ts";

const load = createLoader(sharedCache);

interface Activation {
  readonly instantiation: RecordedTurn;
  readonly turns: readonly RecordedTurn[];
}

function activationsOf(reader: LogReader, address: string): Activation[] {
  const activations: { instantiation: RecordedTurn; turns: RecordedTurn[] }[] = [];
  for (const turn of readTurns(reader, address, 0)) {
    if (turn.opening.kind === "keyframe") activations.push({ instantiation: turn, turns: [] });
    else activations.at(-1)?.turns.push(turn);
  }
  return activations;
}

async function replay(
  reader: LogReader,
  address: string,
  activation: Activation,
  state: string,
): Promise<ReplayResult> {
  const setup = await recordedSetup(reader, address, activation.instantiation.opening.seq, load);
  return await replayTurns(
    reader,
    { address, setup: { ...setup, state }, from: "begins", ...activation },
    startReplaying,
  );
}

/** Replays every activation of a chain from the state with which the one before ended. */
async function replayAll(reader: LogReader, address: string) {
  let state = "null";
  let turns = 0;
  let cuts = 0;
  for (const activation of activationsOf(reader, address)) {
    const result = await replay(reader, address, activation, state);
    state = result.state;
    turns += result.turns;
    if (result.cut !== undefined) cuts += 1;
  }
  return { state, turns, cuts };
}

async function withReader<T>(folder: string, work: (reader: LogReader) => Promise<T>): Promise<T> {
  const reader = openLogReader(logPath(folder));
  try {
    return await work(reader);
  } finally {
    reader.close();
  }
}

async function checkReplays(folder: string): Promise<void> {
  checkLog(folder);
  await withReader(folder, async (reader) => {
    for (const address of recordedAddresses) {
      const { state, turns, cuts } = await replayAll(reader, address);
      const row = reader.actor(address);
      strictEqual(turns + cuts, row?.turns, address);
      const kept = reader.state(address);
      strictEqual(state, kept && new TextDecoder().decode(kept.bytes), address);
      // What was cut by its deadline is run again up to the unit of fuel at which it was.
      strictEqual(cuts, 0, address);
    }
  });
}

const folder = makeFolder();
const recorded = recordEverything(folder);

test(
  "every activation of a run in which everything occurs replays, to the byte and the unit of fuel",
  async () => {
    await recorded;
    const words = recordedAddresses.flatMap((address) => story(folder, address));
    for (
      const word of [
        ..."keyframe start,keyframe wake,keyframe renew,keyframe restart,accept,err".split(","),
        ..."receive timer,receive undeliverable,receive send,call write returned,call bits returned".split(
          ",",
        ),
        ..."call get denied,call now denied,trap denied,trap script,trap stack,trap unreachable,trap answer,cut deadline"
          .split(
            ",",
          ),
      ]
    ) ok(words.includes(word), `the recording lacks "${word}"`);
    await checkReplays(folder);
  },
);

const other = runtime.name === "deno" ? "bun" : "deno";
const otherIsHere = spawnSync(other, ["--version"]).status === 0;

test(
  `a run recorded under ${other} replays under ${runtime.name}`,
  async () => {
    const theirs = makeFolder();
    const program = repositoryPath("tests/system/record_everything.ts");
    const args = other === "deno"
      ? ["run", "-A", "--no-prompt", "--no-check", "--quiet", program]
      : [program];
    const { status, stderr } = spawnSync(other, [...args, theirs], { encoding: "utf8", timeout: 60_000 });
    strictEqual(status, 0, stderr);
    await checkReplays(theirs);
  },
  { skip: !otherIsHere },
);

test("a part that was changed is found at its entry", async () => {
  await recorded;
  const database = openDatabase(logPath(folder));
  const change = (seq: number, part: number, to: string) =>
    database.prepare(
      `UPDATE entry SET part_${part} = CAST(? AS BLOB) WHERE seq = ? AND actor = (SELECT id FROM actor WHERE address = ?)`,
    ).run(to, seq, "everything");
  await withReader(folder, async (reader) => {
    const [activation] = activationsOf(reader, "everything");
    ok(activation !== undefined);
    for (const turn of activation.turns.slice(1, 4)) {
      for (
        const [seq, part] of [[turn.opening.seq, 0], [turn.calls[0]?.seq ?? -1, 0], [
          turn.calls[0]?.seq ?? -1,
          1,
        ]] as const
      ) {
        if (seq < 0) continue;
        const before = reader.parts("everything", seq)[part]?.bytes;
        change(seq, part, '"x"');
        await rejects(replay(reader, "everything", activation, "null"), (error: unknown) => {
          ok(error instanceof ReplayError && error.fault.code === "damaged", String(error));
          deepStrictEqual([error.fault.address, error.fault.seq], ["everything", seq]);
          return true;
        });
        change(seq, part, new TextDecoder().decode(before));
      }
    }
    await replay(reader, "everything", activation, "null");
  });
  database.close();
});

test(
  "what was recorded otherwise than it runs diverges, at its turn, and never reaches a host",
  async () => {
    await recorded;
    await withReader(folder, async (reader) => {
      const [activation] = activationsOf(reader, "everything");
      ok(activation !== undefined);
      const index = activation.turns.findIndex(({ calls }) => calls.length > 1);
      const victim = activation.turns[index];
      ok(victim !== undefined);
      const { calls, closing } = victim;
      const forgeries: readonly (readonly [string, RecordedTurn])[] = [
        ["no calls", { ...victim, calls: [] }],
        ["one call too few", { ...victim, calls: calls.slice(0, -1) }],
        ["a call twice", { ...victim, calls: [...calls, ...calls.slice(-1)] }],
        ["calls in another order", { ...victim, calls: calls.toReversed() }],
        ["other fuel", {
          ...victim,
          closing: { ...closing, fuel: (closing.fuel ?? 0) + 1 } as typeof closing,
        }],
        ["another end", {
          ...victim,
          closing: activation.turns.find((turn) =>
            turn.closing.kind === "return" && turn.closing.outcome === "err"
          )!.closing,
        }],
      ];
      for (const [what, forged] of forgeries) {
        const turns = activation.turns.with(index, forged);
        await rejects(replay(reader, "everything", { ...activation, turns }, "null"), (error: unknown) => {
          ok(error instanceof ReplayError && error.fault.code === "diverged", `${what}: ${error}`);
          strictEqual(error.fault.turn, victim.turn, what);
          return true;
        });
      }
      const { instantiation } = activation;
      await rejects(
        replay(
          reader,
          "everything",
          { ...activation, instantiation: { ...instantiation, calls: [] } },
          "null",
        ),
        (error: unknown) =>
          error instanceof ReplayError && error.fault.code === "diverged" && error.fault.turn === 0,
      );
      await rejects(
        replay(reader, "everything", activation, '{"other":"state"}'),
        (error: unknown) =>
          error instanceof ReplayError && error.fault.code === "diverged" && error.fault.turn === 0,
      );
    });
  },
);
