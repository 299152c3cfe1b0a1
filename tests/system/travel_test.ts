import { deepStrictEqual, ok, rejects, strictEqual, throws } from "node:assert/strict";
import { limits } from "../../src/limits/mod.ts";
import { ReplayError, type ReplayTools } from "../../src/replay/mod.ts";
import { createLoader, execution, recordedSetup, replayBehaviours } from "../../src/runtime/mod.ts";
import { openDatabase } from "../../src/platform/mod.ts";
import { type LogReader, openLogReader } from "../../src/store/mod.ts";
import {
  blameField,
  locate,
  openingOf,
  type Point,
  stateAt,
  statesAround,
  TravelError,
} from "../../src/travel/mod.ts";
import { startReplaying } from "../../src/worker/mod.ts";
import { crashCopy, entriesOf, inHouse, logPath, makeFolder, sharedCache, story, test } from "./house.ts";

const load = createLoader(sharedCache);
const tools: ReplayTools = {
  start: startReplaying,
  load: (log, actor, keyframe) => recordedSetup(log, actor, keyframe, load),
  ability: { behaviours: replayBehaviours, schedules: limits.schedules },
  execution,
};

/** Answers with its own state, but for what is long in it; counts in its memory what its state forgets. */
const script = `
  import { Refusal } from "theater";
  let remembered = 0;
  const answer = (state) => [state, { ...state, pad: state.pad.slice(0, 3) }];
  export function init() { return { sum: 0, remembered, pad: "" }; }
  export function handle(state, { body }) {
    remembered += 1;
    if (body === "refuse") throw new Refusal("as asked");
    if (body === "die") throw new TypeError("as asked");
    if (body === "loop") for (;;);
    if (body === "look") return answer(state);
    const next = typeof body === "string"
      ? { ...state, remembered, pad: body.padEnd(20000, body) }
      : { ...state, remembered, sum: state.sum + body };
    return answer(next);
  }`;

const folder = makeFolder({
  "theater.toml":
    'name = "till"\ncomponent = "till.ts"\nsupervisor.intensity = 1000\nlimits = { turn_ms = 400 }\n',
  "till.ts": script,
});

/** Large states, so that keyframes do not keep them, and everything that can happen to a turn. */
const bodies = [
  1,
  2,
  "refuse",
  3,
  "look",
  "die",
  4,
  "loop",
  "big",
  5,
  6,
  "refuse",
  "look",
  7,
  8,
  9,
  10,
  "die",
  11,
  12,
  13,
];
const turnsPerActivation = 4;

const recorded = inHouse(folder, async ({ send }) => {
  for (const body of bodies) await send(body);
}, { turnsPerActivation });

/** What the state is after each entry, as the responses of the actor tell it; undefined before the first. */
function expectedStates(): (string | undefined)[] {
  let state: string | undefined;
  return entriesOf(folder, "till").map(({ entry, parts }) => {
    if (entry.kind === "keyframe") state ??= "null";
    if (entry.kind === "return" && entry.outcome === "ok" && entry.parts.length === 2) {
      const said = JSON.parse(parts[1] ?? "");
      state = JSON.stringify({ ...said, pad: said.pad === "" ? "" : said.pad.padEnd(20_000, said.pad) });
    } else if (entry.kind === "return" && entry.outcome === "ok" && entry.turn === 1) {
      state = '{"sum":0,"remembered":0,"pad":""}';
    }
    return state;
  });
}

async function inLog<T>(at: string, work: (reader: LogReader) => Promise<T>): Promise<T> {
  const reader = openLogReader(logPath(at));
  try {
    return await work(reader);
  } finally {
    reader.close();
  }
}

function rowOf(reader: LogReader) {
  const row = reader.actor("till");
  ok(row !== undefined);
  return row;
}

const lazily = () => Promise.resolve(tools);

test("stateAt() knows the state after every entry of a chain in which everything happens", async () => {
  await recorded;
  const words = story(folder, "till");
  for (const word of ["err", "trap script", "cut deadline", "keyframe renew", "keyframe restart"]) {
    ok(words.includes(word), `the recording lacks "${word}"`);
  }
  const expected = expectedStates();
  await inLog(folder, async (reader) => {
    const row = rowOf(reader);
    const derivable = words.filter((word, seq) =>
      word.startsWith("keyframe") && reader.parts("till", seq)[0]?.bytes === undefined
    );
    ok(derivable.length > 1, "all keyframes keep their states");
    for (const [seq, state] of expected.entries()) {
      if (seq % 4 > 0 && !words[seq]?.startsWith("keyframe")) continue; // Each takes a worker.
      if (state === undefined) {
        await rejects(stateAt(reader, row, seq, lazily), (error) => {
          ok(error instanceof TravelError && error.fault.code === "no_state");
          return true;
        });
        continue;
      }
      const found = await stateAt(reader, row, seq, lazily);
      strictEqual(found.state, state, `after entry ${seq}`);
      ok(found.seq <= seq);
    }
  });
});

test("stateAt() runs nothing where the state is at hand, and no further than it takes", async () => {
  await recorded;
  await inLog(folder, async (reader) => {
    const row = rowOf(reader);
    const never = () => Promise.reject(new Error("asked for"));
    strictEqual((await stateAt(reader, row, row.size - 1, never)).replayed, 0);
    const second = locate(reader, row, { point: "turn", turn: 3 });
    strictEqual((await stateAt(reader, row, second, lazily)).replayed, 4); // Turns 0 to 3.
  });
});

test("locate() finds every turn, every entry and every time", async () => {
  await recorded;
  await inLog(folder, (reader) => {
    const row = rowOf(reader);
    const entries = entriesOf(folder, "till").map(({ entry }) => entry);
    const at = (point: Point) => locate(reader, row, point);
    const refused = (point: Point, code: string) =>
      throws(
        () => at(point),
        (error) => error instanceof TravelError && error.fault.code === code,
        JSON.stringify(point),
      );
    for (const entry of entries) {
      strictEqual(at({ point: "entry", seq: entry.seq }), entry.seq);
      const last = entries.findLastIndex(({ time }) => time <= entry.time);
      strictEqual(at({ point: "time", timeMs: entry.time }), last);
      if (entry.kind === "return" || entry.kind === "trap" || entry.kind === "cut") {
        strictEqual(at({ point: "turn", turn: entry.turn }), entry.seq);
        strictEqual(
          at({ point: "last", turnsBefore: row.turns - 1 - entry.turn }),
          entry.turn === row.turns - 1 ? row.size - 1 : entry.seq,
        );
      }
      if (entry.kind === "receive" || entry.kind === "keyframe") {
        deepStrictEqual(openingOf(reader, row, entry.turn), entry);
      }
    }
    strictEqual(at({ point: "time", timeMs: Date.now() + 1000 }), row.size - 1);
    refused({ point: "time", timeMs: (entries[0]?.time ?? 0) - 1 }, "before_first");
    refused({ point: "entry", seq: row.size }, "no_such_entry");
    refused({ point: "turn", turn: row.turns }, "no_such_turn");
    refused({ point: "last", turnsBefore: row.turns }, "no_such_turn");
    return Promise.resolve();
  });
});

test("blameField() finds every turn that changed a field, with any number of workers", async () => {
  await recorded;
  const expected = expectedStates();
  const closings = entriesOf(folder, "till").flatMap(({ entry }) =>
    entry.kind === "return" || entry.kind === "trap" || entry.kind === "cut" ? [entry] : []
  );
  const fieldOf = (state: string | undefined, name: string) => {
    const value: unknown = JSON.parse(state ?? "null")?.[name];
    return value === undefined ? undefined : JSON.stringify(value);
  };
  await inLog(folder, async (reader) => {
    const row = rowOf(reader);
    for (const name of ["sum", "pad", "nothing"]) {
      const wanted = closings.flatMap(({ seq, turn }, k) => {
        const [before, after] = [closings[k - 1]?.seq ?? -1, seq].map((each) =>
          fieldOf(expected[each], name)
        );
        return before === after ? [] : [{ turn, before, after }];
      });
      for (const workers of [1, 3]) {
        const { changes, value, passedOver, failure } = await blameField(reader, row, [name], tools, {
          all: true,
          workers,
        });
        deepStrictEqual(
          changes.toReversed().map((change) => ({
            turn: change.by === "turn" ? change.recorded.turn : -1,
            before: change.before,
            after: change.after,
          })),
          wanted,
          name,
        );
        strictEqual(value, fieldOf(expected.at(-1), name));
        deepStrictEqual([passedOver, failure], [[], undefined]);
      }
      const { changes: [last, ...others], replayed } = await blameField(reader, row, [name], tools, {
        all: false,
        workers: 1,
      });
      strictEqual(others.length, 0);
      strictEqual(last?.by === "turn" ? last.recorded.turn : undefined, wanted.at(-1)?.turn, name);
      if (name === "sum") ok(replayed < row.turns, `${replayed} turns for the last change`);
      // As of each turn.
      for (const { seq, turn } of closings) {
        const { changes: [then] } = await blameField(reader, row, [name], tools, {
          all: false,
          workers: 1,
          to: seq + 1,
        });
        strictEqual(
          then?.by === "turn" ? then.recorded.turn : undefined,
          wanted.findLast((each) => each.turn <= turn)?.turn,
        );
        if (name !== "sum") break;
      }
    }
  });
});

test("statesAround() gives the states before and after a turn, of any turn", async () => {
  await recorded;
  const expected = expectedStates();
  await inLog(folder, async (reader) => {
    const row = rowOf(reader);
    for (const size of [{ turns: 1, chars: 0 }, { turns: 100, chars: 1e6 }]) {
      for (let turn = 0; turn < row.turns; turn += 3) {
        const { states, begins, firstTurn, failure } = await statesAround(reader, row, turn, tools, size);
        strictEqual(failure, undefined);
        strictEqual(states.get(turn), expected[locate(reader, row, { point: "turn", turn })], `turn ${turn}`);
        const before = turn === 0 ? "null" : expected[locate(reader, row, { point: "turn", turn: turn - 1 })];
        strictEqual(turn === firstTurn ? begins : states.get(turn - 1), before, `before turn ${turn}`);
      }
    }
  });
});

test("a state that does not match its commitment is never shown", async () => {
  await recorded;
  const copy = crashCopy(folder);
  const database = openDatabase(logPath(copy));
  database.exec("UPDATE state SET bytes = CAST('{}' AS BLOB)");
  database.close();
  await inLog(copy, async (reader) => {
    const row = rowOf(reader);
    await rejects(stateAt(reader, row, row.size - 1, lazily), (error) => {
      ok(error instanceof ReplayError && error.fault.code === "damaged");
      return true;
    });
  });
});

test("where the component is not here, states that are kept are shown, and of others it is said why not", async () => {
  await recorded;
  const copy = crashCopy(folder);
  const database = openDatabase(logPath(copy));
  database.exec("DELETE FROM blob");
  database.close();
  await inLog(copy, async (reader) => {
    const row = rowOf(reader);
    strictEqual((await stateAt(reader, row, row.size - 1, lazily)).replayed, 0);
    await rejects(stateAt(reader, row, locate(reader, row, { point: "turn", turn: 3 }), lazily), (error) => {
      ok(error instanceof TravelError && error.fault.code === "not_run" && error.fault.why === "component");
      return true;
    });
    const { changes, failure, passedOver } = await blameField(reader, row, ["sum"], tools, {
      all: true,
      workers: 2,
    });
    ok(failure !== undefined && passedOver.length > 0);
    ok(changes.every(({ by }) => by === "unknown"));
  });
});
