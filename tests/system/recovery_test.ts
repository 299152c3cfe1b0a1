import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { openDatabase } from "../../src/platform/mod.ts";
import { currentState, ReplayError } from "../../src/replay/mod.ts";
import { createLoader, recordedSetup } from "../../src/runtime/mod.ts";
import { openLogReader, StoreError } from "../../src/store/mod.ts";
import { startReplaying } from "../../src/worker/mod.ts";
import {
  checkLog,
  crashAfter,
  crashCopy,
  type House,
  inHouse,
  logPath,
  makeFolder,
  openHouse,
  readLog,
  sharedCache,
  story,
  test,
} from "./house.ts";

/** How many turns it takes to know the state, and that state. */
async function stateOf(folder: string, address: string) {
  const load = createLoader(sharedCache);
  const reader = openLogReader(logPath(folder));
  try {
    return await currentState(reader, address, {
      start: startReplaying,
      load: (log, actor, keyframe) => recordedSetup(log, actor, keyframe, load),
    });
  } finally {
    reader.close();
  }
}

/** An actor whose state is so large that its row in the log is seldom written. */
function largeActor(padding: number, handle = ""): Record<string, string> {
  return {
    "theater.toml":
      `name = "large"\ncomponent = "large.ts"\nsupervisor.intensity = 1000\npermissions = { random = true }\n`,
    "large.ts": `
      import { random, Refusal } from "theater";
      let hidden = 0;
      export function init() { return { pad: "x".repeat(${padding}), n: 0, sum: 0 }; }
      export function handle(state, { body }) {
        if (body === "refuse") throw new Refusal("as told");
        if (body === "die") throw new Error("as told");
        ${handle}
        const n = state.n + 1;
        return [{ ...state, n, sum: state.sum + random.number() }, n];
      }`,
  };
}

async function sendMany({ send }: House, count: number): Promise<void> {
  for (const answer of await Promise.all(Array.from({ length: count }, (_, k) => send(k)))) {
    strictEqual(answer.answer, "ok");
  }
}

/** Sends one by one until the state row is within the activation and older than the last turn. */
async function sendUntilBehind(folder: string, { send }: House): Promise<number> {
  for (let n = 1;; n++) {
    strictEqual((await send(n)).answer, "ok");
    const behind = readLog(folder, (reader) => {
      const seq = reader.state("large")?.seq ?? 0;
      return seq > 20 && seq < (reader.actor("large")?.size ?? 0) - 4;
    });
    if (behind) return n;
  }
}

test("a state row that is older than the last turns: they are run again", async () => {
  const crashed = await crashAfter(makeFolder(largeActor(300_000)), async (house) => {
    await sendMany(house, 40);
    strictEqual((await house.send("refuse")).answer, "refused");
    strictEqual((await house.send("die")).answer, "trapped");
    await sendMany(house, 10);
    strictEqual((await house.send("die")).answer, "trapped");
  });
  checkLog(crashed);
  const { state, replayed } = await stateOf(crashed, "large");
  ok(replayed > 50, `wanted more than 50 turns run again, got ${replayed}`);
  strictEqual(JSON.parse(state).n, 50);
  await inHouse(crashed, async ({ send }) => {
    const answer = await send("next");
    strictEqual(answer.answer === "ok" && answer.response, "51");
  });
  checkLog(crashed);
  strictEqual(story(crashed, "large").filter((word) => word === "keyframe recover").length, 1);
});

test("what one crash leaves to be run again is not left for the next", async () => {
  let folder = makeFolder(largeActor(300_000));
  for (let k = 0; k < 4; k++) folder = await crashAfter(folder, (house) => sendMany(house, 20));
  const { state, replayed } = await stateOf(folder, "large");
  strictEqual(JSON.parse(state).n, 80);
  ok(replayed <= 21, `wanted the turns of one start, got ${replayed}`);
});

test("renewal writes the state, so that one activation is all that is run again", async () => {
  const folder = makeFolder(largeActor(300_000));
  const house = await openHouse(folder, { turnsPerActivation: 25 });
  await sendMany(house, 60);
  const crashed = crashCopy(folder);
  await house.stop();
  const { state, replayed } = await stateOf(crashed, "large");
  strictEqual(JSON.parse(state).n, 60);
  strictEqual(replayed, 1 + 10);
});

test("an actor that remembers more than its state is recovered by a run from a keyframe on", async () => {
  const actor = largeActor(6000, "hidden += 1; if (hidden !== state.n + 1) throw new Error('forgot');");
  const folder = makeFolder(actor);
  let sent = 0;
  const crashed = await crashAfter(
    folder,
    async (house) => void (sent = await sendUntilBehind(folder, house)),
  );
  const { state, replayed } = await stateOf(crashed, "large");
  strictEqual(JSON.parse(state).n, sent);
  strictEqual(replayed, 2 + sent);
});

const damages: readonly (readonly [what: string, sql: string])[] = [
  [
    "the bytes of the state row",
    "UPDATE state SET bytes = CAST(replace(CAST(bytes AS TEXT), '\"n\":', '\"n\":1') AS BLOB)",
  ],
  ["the entry that the state row names", "UPDATE state SET seq = seq - 1"],
  [
    "the last entry",
    "UPDATE entry SET entry = replace(entry, '\"time\":1', '\"time\":2') WHERE id = (SELECT max(id) FROM entry)",
  ],
  [
    "an entry that is run again",
    "UPDATE entry SET entry = replace(entry, '\"time\":1', '\"time\":2') WHERE seq = (SELECT seq + 2 FROM state)",
  ],
  [
    "a message that is run again",
    "UPDATE entry SET part_0 = CAST('77' AS BLOB) WHERE seq = (SELECT seq + 1 FROM state)",
  ],
  [
    "the result of a call",
    "UPDATE entry SET part_1 = CAST('\"1\"' AS BLOB) WHERE seq = (SELECT seq + 2 FROM state)",
  ],
  ["a salt", "UPDATE entry SET salts = randomblob(length(salts)) WHERE seq = (SELECT seq + 2 FROM state)"],
  [
    "the manifest of the keyframe",
    "UPDATE entry SET part_2 = CAST('{}' AS BLOB) WHERE entry LIKE '%\"kind\":\"keyframe\"%'",
  ],
  [
    "the script",
    "UPDATE blob SET bytes = CAST(replace(CAST(bytes AS TEXT), 'n + 1', 'n + 2') AS BLOB) WHERE length(bytes) < 9000",
  ],
  [
    "the head of the chain",
    "UPDATE actor SET head = '0000000000000000000000000000000000000000000000000000000000000000'",
  ],
  ["the size of the chain", "UPDATE actor SET size = size - 1"],
  ["an entry that is gone", "DELETE FROM entry WHERE seq = (SELECT seq + 2 FROM state)"],
];

test("a damaged log is refused with the reason, and nothing is written to it", async () => {
  const source = makeFolder(largeActor(6000));
  const intact = await crashAfter(source, async (house) => void (await sendUntilBehind(source, house)));
  for (const [what, sql] of damages) {
    const folder = crashCopy(intact);
    const database = openDatabase(logPath(folder));
    database.exec(sql);
    strictEqual(
      Number(database.prepare("SELECT changes() AS n").get()?.["n"]) > 0,
      true,
      `${what}: nothing changed`,
    );
    const stands = () => database.prepare("SELECT size, head, status, bytes FROM actor").all();
    const before = stands();
    await rejects(openHouse(folder), (error: unknown) => {
      ok(error instanceof ReplayError || error instanceof StoreError, `${what}: ${error}`);
      ok(["damaged", "diverged"].includes(error.fault.code), `${what}: ${error.fault.code}`);
      ok(error.message.length > 40, error.message);
      return true;
    }, what);
    deepStrictEqual(stands(), before, what);
    database.close();
  }
});
