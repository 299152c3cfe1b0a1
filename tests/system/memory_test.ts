import { ok, strictEqual } from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import process from "node:process";
import { checkLog, type House, inHouse, makeFolder, story, test } from "./house.ts";

/** How many messages, and how many crashes; more for a long test. */
const messages = Number(process.env["THEATER_TEST_MESSAGES"] ?? 10_000);
const crashes = Number(process.env["THEATER_TEST_CRASHES"] ?? 80);

const files = {
  "theater.toml":
    `name = "counter"\ncomponent = "counter.wasm"\nsupervisor.intensity = 1000\npermissions = { log = true }\n`,
  "counter.wasm": "counter.wasm",
};

const megabyte = 1024 * 1024;

/** Threads of this process; 0 where the system does not say. */
function threads(): number {
  return existsSync("/proc/self/task") ? readdirSync("/proc/self/task").length : 0;
}

async function sendMany({ send }: House, count: number, body: string, answer: string): Promise<void> {
  let sent = 0;
  const lane = async () => {
    while (sent < count) {
      sent += 1;
      strictEqual((await send(body)).answer, answer);
    }
  };
  await Promise.all(Array.from({ length: 32 }, lane));
}

test(`${messages} messages through one actor take no more memory than the first tenth of them did`, async () => {
  const folder = makeFolder(files);
  await inHouse(folder, async (house) => {
    await sendMany(house, messages / 10, "plain", "ok");
    const before = process.memoryUsage().rss;
    await sendMany(house, messages - messages / 10, "plain", "ok");
    const grown = (process.memoryUsage().rss - before) / megabyte;
    if (process.env["THEATER_TEST_SAY"]) console.log({ grown });
    ok(grown < 150, `grew by ${Math.round(grown)} MB`);
  });
  checkLog(folder);
});

test(`${crashes} crashes leave neither threads nor memory behind`, async () => {
  const folder = makeFolder(files);
  await inHouse(folder, async (house) => {
    await sendMany(house, crashes / 10, "trap", "trapped");
    const before = { rss: process.memoryUsage().rss, threads: threads() };
    await sendMany(house, crashes - crashes / 10, "trap", "trapped");
    const grown = (process.memoryUsage().rss - before.rss) / megabyte;
    ok(grown < 100, `grew by ${Math.round(grown)} MB`);
    const more = threads() - before.threads;
    ok(more < 10, `${more} more threads`);
    const answer = await house.send("plain");
    strictEqual(answer.answer === "ok" && answer.response, "1");
    if (process.env["THEATER_TEST_SAY"]) console.log({ grown, more });
  });
  strictEqual(story(folder, "counter").filter((word) => word === "keyframe restart").length, crashes);
  checkLog(folder);
});
