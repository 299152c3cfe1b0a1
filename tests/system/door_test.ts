import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { connect } from "node:net";
import process from "node:process";
import { socketPathFor } from "../../src/platform/mod.ts";
import { knock, openDoor } from "../../src/runtime/mod.ts";
import { checkLog, inHouse, logPath, makeFolder, openHouse, story, test } from "./house.ts";

process.env["XDG_RUNTIME_DIR"] = makeFolder();

const files = {
  "theater.toml": `name = "slow"\ncomponent = "slow.ts"\nlimits = { turn_ms = 60_000 }\n`,
  "slow.ts": `
    export function init() { return { n: 0 }; }
    export function handle(state, { body }) {
      for (let i = 0; i < body; i++);
      return [{ n: state.n + 1 }, state.n + 1];
    }`,
};

test("whoever waits at the door when the house stops is answered, not hung up on", async () => {
  const folder = makeFolder(files);
  const { theater } = await openHouse(folder);
  const door = await openDoor(theater, logPath(folder));
  const knocked = Array.from(
    { length: 5 },
    () => knock(logPath(folder), { to: "slow", body: "3000000", wait: "response" }, 60_000),
  );
  const quick = await knock(logPath(folder), { to: "slow", body: "0", wait: "acceptance" }, 60_000);
  strictEqual(quick.answer, "accepted");
  await theater.stop();
  await door.close();
  const answers = await Promise.all(knocked);
  const words = answers.map((answer) => answer.answer === "undelivered" ? answer.code : answer.answer);
  ok(words.every((word) => word === "ok" || word === "not_running"), words.join());
  const turns = story(folder, "slow").filter((word) => word === "receive request").length;
  strictEqual(words.filter((word) => word === "ok").length, turns);
  const late = await knock(logPath(folder), { to: "slow", body: "0", wait: "response" }, 60_000);
  deepStrictEqual(late, { answer: "closed" });
  checkLog(folder);
});

test("whoever does not take his answer does not keep the door open", async () => {
  const folder = makeFolder({
    ...files,
    "slow.ts": `export function handle(state) { return [state, "x".repeat(900_000)]; }`,
  });
  await inHouse(folder, async ({ theater }) => {
    const door = await openDoor(theater, logPath(folder));
    const socket = connect({ path: socketPathFor(logPath(folder)) });
    socket.pause();
    await new Promise<void>((resolve) => socket.on("connect", resolve));
    for (let id = 0; id < 10; id++) socket.write(`{"id":${id},"to":"slow","body":"1","wait":"response"}\n`);
    const answer = await knock(logPath(folder), { to: "slow", body: "0", wait: "response" }, 60_000);
    strictEqual(answer.answer, "ok");
    await theater.stop();
    await door.close();
    socket.destroy();
  });
});

test("whoever does not speak as he should is shown out, and harms nobody", async () => {
  const folder = makeFolder(files);
  await inHouse(folder, async ({ theater }) => {
    const door = await openDoor(theater, logPath(folder));
    const lines = [
      "",
      "{",
      "[]",
      "null",
      "{}",
      '{"id":1}',
      '{"id":1,"to":"slow","body":{},"wait":"response"}',
    ];
    for (const line of [...lines, '{"id":1,"to":"slow","body":"1","wait":"never"}', "\xff\xfe"]) {
      await new Promise<void>((resolve, reject) => {
        const socket = connect(
          { path: socketPathFor(logPath(folder)) },
          () => void socket.write(line + "\n"),
        );
        socket.on("error", reject);
        socket.on("data", () => reject(new Error(`It was answered: ${line}`)));
        socket.on("close", () => resolve());
      });
    }
    // And one that leaves before it is answered.
    await new Promise<void>((resolve) => {
      const socket = connect({ path: socketPathFor(logPath(folder)) }, () => {
        socket.write('{"id":1,"to":"slow","body":"100000","wait":"response"}\n', () => socket.destroy());
      });
      socket.on("close", () => resolve());
    });
    const answer = await knock(logPath(folder), { to: "slow", body: "0", wait: "response" }, 60_000);
    strictEqual(answer.answer, "ok");
    await theater.stop();
    await door.close();
  });
  checkLog(folder);
});
