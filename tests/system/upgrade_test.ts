import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import process from "node:process";
import { exitCode } from "../../src/cli/exit_code.ts";
import { replayLog } from "../../src/cli/replay_log.ts";
import { openDoor } from "../../src/runtime/mod.ts";
import { openLogReader } from "../../src/store/mod.ts";
import { callCli } from "../cli/call_cli.ts";
import {
  checkLog,
  crashCopy,
  entriesOf,
  inHouse,
  logPath,
  makeFolder,
  story,
  test,
  writeFiles,
} from "./house.ts";

process.env["XDG_RUNTIME_DIR"] = makeFolder();

/** A counter that says which version of it counts, and by how much. */
function counter(version: number, extra = ""): string {
  return `
    ${extra}
    export function init() { return { n: 0 }; }
    export function handle(state, { body }) {
      if (body === "slow") for (let i = 0; i < 300_000; i++);
      return [{ n: state.n + ${version} }, { n: state.n + ${version}, version: ${version} }];
    }`;
}

const files = {
  "theater.toml": `name = "counter"\ncomponent = "v1.ts"\npermissions = { log = true }\n`,
  "v1.ts": counter(1),
  "v2.ts": counter(10),
  "broken.ts": counter(0, "null.nothing;"),
};

async function replays(folder: string): Promise<void> {
  checkLog(folder);
  const reader = openLogReader(logPath(folder));
  try {
    for (const { address, divergences, passedOver } of await replayLog(reader)) {
      deepStrictEqual([divergences, passedOver], [[], []], address);
    }
  } finally {
    reader.close();
  }
}

test("a live actor goes on from its state with another component, and no message is lost", async () => {
  const folder = makeFolder(files);
  await inHouse(folder, async ({ send, theater }) => {
    for (let k = 0; k < 3; k++) await send(k);
    const before = Array.from({ length: 100 }, (_, k) => send(k % 10 === 0 ? "slow" : k));
    const upgraded = theater.upgrade({ address: "counter", path: join(folder, "v2.ts") });
    const after = Array.from({ length: 100 }, (_, k) => send(k));
    const answer = await upgraded;
    ok(answer.answer === "upgraded", JSON.stringify(answer));
    strictEqual(entriesOf(folder, "counter")[answer.seq]?.entry.kind, "keyframe");
    deepStrictEqual(answer.manifest, {
      path: join(folder, "theater.toml"),
      component: "v2.ts",
      differs: true,
    });
    const versions = (await Promise.all([...before, ...after])).map((each) =>
      each.answer === "ok" ? JSON.parse(each.response).version : each.answer
    );
    // In order: some by the first, then all by the second.
    deepStrictEqual(versions, versions.toSorted((a, b) => a - b));
    strictEqual(versions.at(-1), 10);
    const ones = versions.filter((version) => version === 1).length;
    const last = await send("last");
    strictEqual(last.answer === "ok" && JSON.parse(last.response).n, 3 + ones + 10 * (201 - ones));
  });
  deepStrictEqual(
    story(folder, "counter").filter((word) => word.startsWith("keyframe")),
    ["keyframe start", "keyframe upgrade"],
  );
  await replays(folder);
  // The manifest says so too from now on.
  writeFiles(folder, { "theater.toml": files["theater.toml"].replace("v1", "v2") });
  await inHouse(folder, async ({ send }) => strictEqual((await send(1)).answer, "ok"));
  await replays(folder);
});

test("where the new component does not start, the old one goes on, and the log says so", async () => {
  const folder = makeFolder(files);
  await inHouse(folder, async ({ send, theater }) => {
    await send(1);
    const waiting = send("slow");
    const answer = await theater.upgrade({ address: "counter", path: join(folder, "broken.ts") });
    ok(answer.answer === "rolled-back", JSON.stringify(answer));
    strictEqual(answer.code, "script");
    match(answer.reason, /null/);
    strictEqual((await waiting).answer, "ok");
    const after = await send(1);
    deepStrictEqual(after.answer === "ok" && JSON.parse(after.response), { n: 3, version: 1 });
    const again = await theater.upgrade({ address: "counter", path: join(folder, "v2.ts") });
    strictEqual(again.answer, "upgraded");
    await replays(crashCopy(folder));
  });
  deepStrictEqual(
    story(folder, "counter").filter((word) => /keyframe|trap/.test(word)),
    ["keyframe start", "keyframe upgrade", "trap script", "keyframe restart", "keyframe upgrade"],
  );
  await replays(folder);
});

test("an actor that failed goes on when its component is mended", async () => {
  const folder = makeFolder({ ...files, "v1.ts": counter(1, "null.nothing;") });
  await inHouse(folder, async ({ send, theater }) => {
    strictEqual((await send(1)).answer, "undelivered");
    const answer = await theater.upgrade({ address: "counter", path: join(folder, "v2.ts") });
    strictEqual(answer.answer, "upgraded");
    const first = await send(1);
    deepStrictEqual(first.answer === "ok" && JSON.parse(first.response), { n: 10, version: 10 });
  });
  await replays(folder);
});

test("what cannot be an upgrade is refused, and nothing is recorded", async () => {
  const folder = makeFolder({
    "theater.toml": `name = "house"\ncomponent = "v1.ts"\npermissions = { log = true, send = ["x"] }\n` +
      `[[child]]\nname = "one"\ncomponent = "v1.ts"\npermissions = { log = true }\n`,
    "more.toml": `name = "one"\ncomponent = "v1.ts"\npermissions = { random = true }\n`,
    "less.toml": `name = "house"\ncomponent = "v1.ts"\n[[child]]\nname = "one"\ncomponent = "v1.ts"\n`,
    "none.toml": `name = "house"\ncomponent = "v1.ts"\n`,
    "odd.toml": `name = 3\n`,
    "v1.ts": counter(1),
    "values.wasm": "values.wasm",
    "counter.wasm": "counter.wasm",
    "bad.ts": "export function handle( {",
  });
  await inHouse(folder, async ({ theater, send }) => {
    await send(1);
    const size = entriesOf(folder, "house").length;
    const refusals: readonly [string, string, string, RegExp][] = [
      ["nobody", "v1.ts", "no_such_actor", /no actor nobody/],
      ["house", "v1.ts", "unchanged", /already/],
      ["house", "nowhere.ts", "unusable", /nowhere/],
      ["house", "bad.ts", "unusable", /bad\.ts/],
      ["house", "values.wasm", "unusable", /actor/],
      ["house", "odd.toml", "unusable", /name/],
      ["house", "none.toml", "unusable", /children/],
      ["house", "less.toml", "unusable", /house\/one.* log/],
      ["house/one", "more.toml", "unusable", /declares/],
    ];
    for (const [address, file, code, detail] of refusals) {
      const answer = await theater.upgrade({ address, path: join(folder, file) });
      ok(answer.answer === "not-upgraded", `${file}: ${JSON.stringify(answer)}`);
      strictEqual(answer.code, code, file);
      match(answer.detail, detail, file);
    }
    strictEqual(entriesOf(folder, "house").length, size);
  });
});

/** A counter whose state looks otherwise, and what it makes of the state of the one before. */
function renamed(migrate: string): string {
  return `
    import { log, Refusal } from "theater";
    export function init() { return { count: 0, unit: "?" }; }
    export function handle(state) { return [{ ...state, count: state.count + 1 }, state]; }
    ${migrate}`;
}

const migrating = renamed(`export function migrate(state) {
  log.info("from", state);
  return { count: state.n, unit: "apples" };
}`);

test("with migrate, the new component makes its state of the old one, in a turn of its own", async () => {
  const folder = makeFolder({ ...files, "v2.ts": migrating });
  await inHouse(folder, async ({ send, theater }) => {
    const sent = Array.from({ length: 50 }, (_, k) => send(k));
    const answer = await theater.upgrade({ address: "counter", path: join(folder, "v2.ts"), migrate: true });
    ok(answer.answer === "upgraded" && answer.migrated, JSON.stringify(answer));
    const words = (await Promise.all(sent)).map((each) => each.answer);
    deepStrictEqual(new Set(words), new Set(["ok"]));
    const last = await send(1);
    deepStrictEqual(last.answer === "ok" && JSON.parse(last.response), { count: 50, unit: "apples" });
    const from = story(folder, "counter").indexOf("keyframe upgrade");
    deepStrictEqual(
      story(folder, "counter").slice(from, from + 6),
      ["keyframe upgrade", "call load returned", "ok", "receive migrate", "call write returned", "ok"],
    );
    await replays(crashCopy(folder));
  });
  await replays(folder);
});

test("where the state cannot be migrated, the old component and the old state go on", async () => {
  const ways: readonly [string, RegExp, string][] = [
    [renamed(""), /no function migrate/, "ok"],
    [renamed("export function migrate() { throw new Refusal('too old'); }"), /too old/, "err"],
    [renamed("export function migrate() { null.nothing; }"), /null/, "trap script"],
    [renamed("export async function migrate() { return {}; }"), /promise/, "trap script"],
    [renamed("export function migrate() { return undefined; }"), /state/, "trap script"],
    [renamed("export function migrate() { for (;;); }"), /longer than 400 ms/, "cut deadline"],
    [renamed("export const migrate = 3;"), /migrate\(state\)/, "trap script"],
  ];
  const folder = makeFolder({
    ...files,
    "theater.toml": `${files["theater.toml"]}limits = { turn_ms = 400 }\n`,
  });
  await inHouse(folder, async ({ send, theater }) => {
    await send(1);
    for (const [k, [source, reason]] of ways.entries()) {
      writeFiles(folder, { "v2.ts": source });
      const waiting = send(k);
      const answer = await theater.upgrade({
        address: "counter",
        path: join(folder, "v2.ts"),
        migrate: true,
      });
      ok(answer.answer === "rolled-back", JSON.stringify(answer));
      match(answer.reason, reason);
      // A crash right now leaves the failed upgrade last in the log: the old component goes on all the same.
      const crashed = crashCopy(folder);
      strictEqual((await waiting).answer, "ok");
      const next = await send(k);
      deepStrictEqual(next.answer === "ok" && JSON.parse(next.response), { n: 3 + 2 * k, version: 1 });
      if (k > 1) continue;
      await inHouse(crashed, async (house) => {
        const after = await house.send(0);
        ok(after.answer === "ok" && JSON.parse(after.response).version === 1, JSON.stringify(after));
      });
      await replays(crashed);
    }
  });
  strictEqual(story(folder, "counter").filter((word) => word === "keyframe upgrade").length, ways.length);
  strictEqual(story(folder, "counter").filter((word) => word === "keyframe restart").length, ways.length);
  await replays(folder);
});

test("a component that cannot migrate is refused before anything is done", async () => {
  const folder = makeFolder({ ...files, "counter.wasm": "counter.wasm" });
  await inHouse(folder, async ({ theater, send }) => {
    await send(1);
    const size = entriesOf(folder, "counter").length;
    const path = join(folder, "counter.wasm");
    const answer = await theater.upgrade({ address: "counter", path, migrate: true });
    ok(answer.answer === "not-upgraded" && answer.code === "unusable", JSON.stringify(answer));
    match(answer.detail, /theater:actor\/migration@0.1.0/);
    strictEqual(entriesOf(folder, "counter").length, size);
  });
});

test("theater upgrade: through the door, with an answer for people and for machines", async () => {
  const folder = makeFolder(files);
  await inHouse(folder, async ({ theater, send }) => {
    const door = await openDoor(theater, logPath(folder));
    const call = (...args: string[]) => callCli(["upgrade", "--db", logPath(folder), ...args], { folder });
    try {
      await send(1);
      const done = await call("counter", "v2.ts");
      strictEqual(done.code, exitCode.done, done.stderr);
      match(done.stdout, /^counter goes on as a new activation, from entry \d+\n {2}before {2}component /);
      match(done.stdout, /write component = "v2.ts" into theater.toml\n$/);
      const json = await call("counter", "v1.ts", "--json");
      const { upgraded } = JSON.parse(json.stdout);
      deepStrictEqual([upgraded.actor, upgraded.manifest.differs], ["counter", true]);
      const rolledBack = await call("counter", "broken.ts");
      strictEqual(rolledBack.code, exitCode.no);
      match(rolledBack.stderr, /did not take over \(script\)[^]*the old one goes on/);
      const missing = await call("counter", "nowhere.wasm");
      strictEqual(missing.code, exitCode.failed);
      match(missing.stderr, /no such file/);
    } finally {
      await theater.stop();
      await door.close();
    }
  });
  const closed = await callCli(["upgrade", "--db", logPath(folder), "counter", "v2.ts"], { folder });
  strictEqual(closed.code, exitCode.failed);
  match(closed.stderr, /nobody runs this log[^]*theater run <manifest> --upgrade/);
});

test("theater upgrade --check: only code that would have done the same, unless forced", async () => {
  const folder = makeFolder({ ...files, "same.ts": `${counter(1)}// said otherwise` });
  await inHouse(folder, async ({ theater, send }) => {
    const door = await openDoor(theater, logPath(folder));
    const call = (...args: string[]) =>
      callCli(["upgrade", "--db", logPath(folder), "counter", ...args], { folder });
    const keyframes = () => story(folder, "counter").filter((word) => word.startsWith("keyframe")).length;
    try {
      for (let k = 0; k < 5; k++) await send(k);
      const differs = await call("v2.ts", "--check");
      strictEqual(differs.code, exitCode.no, differs.stderr);
      match(differs.stdout, /different: 7 turns compared: 5 differ/);
      match(differs.stderr, /something else in 5 of 7 recorded turns[^]*--force/);
      strictEqual(keyframes(), 1);
      const same = await call("same.ts", "--check", "--json");
      strictEqual(same.code, exitCode.done, same.stderr);
      const { upgraded, checked } = JSON.parse(same.stdout);
      deepStrictEqual([upgraded.actor, checked.verdict, checked.same], ["counter", "same", 7]);
      strictEqual(keyframes(), 2);
      const forced = await call("v2.ts", "--check", "--force");
      strictEqual(forced.code, exitCode.done, forced.stderr);
      match(forced.stdout, /different[^]*counter goes on as a new activation/);
      strictEqual(keyframes(), 3);
      for (
        const [args, why] of [
          [["--check", "--migrate"], /understand only once migrated/],
          [["--force"], /nothing is checked/],
          [["--accept", "x.json"], /nothing is checked/],
        ] as const
      ) {
        const refused = await call("v1.ts", ...args);
        strictEqual(refused.code, exitCode.failed);
        match(refused.stderr, why);
      }
    } finally {
      await theater.stop();
      await door.close();
    }
  });
  await replays(folder);
});
