import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import {
  checkLog,
  crashAfter,
  entriesOf,
  type House,
  inHouse,
  makeFolder,
  readLog,
  test,
  until,
} from "./house.ts";

const alarm = {
  "theater.toml": `name = "alarm"\ncomponent = "alarm.ts"\npermissions = { timers = true }\n`,
  "alarm.ts": `
    import { Refusal, timers } from "theater";
    export function init() { return { fired: [] }; }
    export function handle(state, message) {
      const { type, id, body } = message;
      if (type === "timer") {
        if (body === "die") throw new Error("as told");
        return [{ fired: [...state.fired, { id, body }] }, null];
      }
      if (body === "fired") return [state, state.fired];
      const ids = (body.set ?? []).map(([delay, what]) => timers.set(delay, what));
      for (const id of body.cancel ?? []) timers.cancel(id);
      for (const index of body.cancelOwn ?? []) timers.cancel(ids[index]);
      if (body.refuse) throw new Refusal("as told");
      if (body.die) throw new Error("as told");
      return [state, ids];
    }`,
};

async function ask<T>(house: House, body: unknown): Promise<T> {
  const answer = await house.send(body);
  if (answer.answer !== "ok") throw new Error(JSON.stringify(answer));
  return JSON.parse(answer.response);
}

type Fired = readonly { readonly id: string; readonly body: unknown }[];

async function fired(house: House, count: number): Promise<Fired> {
  for (let tries = 0;; tries++) {
    const all = await ask<Fired>(house, "fired");
    if (all.length >= count) return all;
    if (tries > 2000) throw new Error(`Gave up: ${JSON.stringify(all)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function timersIn(folder: string): number {
  return readLog(folder, (reader) => reader.timers().length);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test("timers fire once each, by due time, no sooner than they were asked for", async () => {
  const folder = makeFolder(alarm);
  await inHouse(folder, async (house) => {
    const ids = await ask<string[]>(house, { set: [[80, "late"], [0, "now"], [40, { schön: 1 }]] });
    deepStrictEqual(await fired(house, 3), [
      { id: ids[1], body: "now" },
      { id: ids[2], body: { schön: 1 } },
      { id: ids[0], body: "late" },
    ]);
    await pause(60);
    strictEqual((await fired(house, 3)).length, 3);
  });
  strictEqual(timersIn(folder), 0);
  const entries = entriesOf(folder, "alarm");
  const delays: number[] = [];
  for (const { entry } of entries) {
    if (entry.kind !== "receive" || entry.type !== "timer") continue;
    strictEqual(entry.cause_origin, undefined);
    const cause = entries[entry.cause_seq ?? -1];
    ok(
      cause?.entry.kind === "call" && cause.parts[1]?.includes(entry.timer ?? "?"),
      "the cause set this timer",
    );
    delays.push(entry.time - cause.entry.time);
  }
  ok(delays[0]! >= 0 && delays[1]! >= 40 && delays[2]! >= 80, delays.join());
  checkLog(folder);
});

test("timers survive a stop and a crash, and fire once", async () => {
  const folder = makeFolder(alarm);
  await inHouse(folder, async (house) => {
    await ask(house, { set: [[1500, "a"], [1600, "b"], [1e9, "never"]] });
  });
  strictEqual(timersIn(folder), 3);
  const crashed = await crashAfter(folder, async (house) => {
    deepStrictEqual(await ask(house, { set: [[1550, "c"]] }), [String(4 * 1_048_576)]);
  });
  strictEqual(timersIn(crashed), 4);
  await pause(1700); // They are due while nothing runs.
  await inHouse(crashed, async (house) => {
    const all = await fired(house, 3);
    deepStrictEqual(
      all.map(({ body }) => body),
      ["a", "c", "b"].sort((x, y) => order(crashed, x) - order(crashed, y)),
    );
  });
  await inHouse(crashed, async (house) => strictEqual((await fired(house, 3)).length, 3));
  strictEqual(timersIn(crashed), 1);
  checkLog(crashed);
});

/** When a timer was due: the time of the return that committed it, and its delay. */
function order(folder: string, what: string): number {
  const entries = entriesOf(folder, "alarm");
  const at = entries.findIndex(({ entry, parts }) =>
    entry.kind === "call" && parts[2] === JSON.stringify(what)
  );
  const closing = entries.slice(at).find(({ entry }) => entry.kind === "return");
  return (closing?.entry.time ?? 0) + Number(JSON.parse(entries[at]?.parts[0] ?? "[0]")[0]);
}

test("a timer that is taken back does not fire: in its own turn, in a later one, after a restart", async () => {
  const folder = makeFolder(alarm);
  let later = "";
  await inHouse(folder, async (house) => {
    await ask(house, { set: [[1e6, "own"], [10, "kept"]], cancelOwn: [0] });
    const [early, last] = await ask<string[]>(house, { set: [[1e6, "early"], [1e6, "later"]] });
    later = last ?? "";
    await ask(house, { cancel: [early, "12345"] });
    deepStrictEqual((await fired(house, 1)).map(({ body }) => body), ["kept"]);
  });
  strictEqual(timersIn(folder), 1);
  await inHouse(folder, async (house) => {
    await ask(house, { cancel: [later] });
  });
  strictEqual(timersIn(folder), 0);
  checkLog(folder);
});

test("timers of turns that are refused or crash are dropped, and so are their cancels", async () => {
  const folder = makeFolder(alarm);
  await inHouse(folder, async (house) => {
    const [id] = await ask<string[]>(house, { set: [[50, "kept"]] });
    strictEqual((await house.send({ set: [[0, "refused"]], cancel: [id], refuse: true })).answer, "refused");
    strictEqual((await house.send({ set: [[0, "crashed"]], cancel: [id], die: true })).answer, "trapped");
    deepStrictEqual((await fired(house, 1)).map(({ body }) => body), ["kept"]);
  });
  strictEqual(timersIn(folder), 0);
  checkLog(folder);
});

test("a timer whose turn crashes is spent", async () => {
  const folder = makeFolder(alarm);
  await inHouse(folder, async (house) => {
    await ask(house, { set: [[0, "die"], [20, "after"]] });
    deepStrictEqual((await fired(house, 1)).map(({ body }) => body), ["after"]);
    ok(house.events.some(({ event }) => event === "crashed"));
  });
  strictEqual(timersIn(folder), 0);
  await inHouse(folder, async (house) => strictEqual((await fired(house, 1)).length, 1));
  checkLog(folder);
});

test("timers due at start wait behind the mail that came before them", async () => {
  const folder = makeFolder(alarm);
  const crashed = await crashAfter(folder, async (house) => {
    await ask(house, { set: [[0, "due"]] });
  });
  await inHouse(crashed, async (house) => {
    strictEqual((await fired(house, 1)).length, 1);
    await until("it to be gone", () => timersIn(crashed) === 0);
  });
  await inHouse(crashed, async (house) => strictEqual((await fired(house, 1)).length, 1));
  checkLog(crashed);
});
