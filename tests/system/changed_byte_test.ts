/** What a replay says when one byte of the component is another than when it was recorded. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { exitCode } from "../../src/cli/exit_code.ts";
import { replayLog } from "../../src/cli/replay_log.ts";
import { openLogReader } from "../../src/store/mod.ts";
import { callCli } from "../cli/call_cli.ts";
import { addBlob, forge } from "./forge.ts";
import { entriesOf, inHouse, logPath, makeFolder, repositoryPath, test } from "./house.ts";

const address = "counter";
const folder = makeFolder({
  "theater.toml": `name = "counter"\ncomponent = "counter.wasm"\npermissions = { log = true }\n`,
  "counter.wasm": "counter.wasm",
});

const recorded = inHouse(folder, async ({ send }) => {
  for (const body of ["plain", "err", "plain", "trap", "plain", "err"]) await send(body);
});

/** Its data are `trapspingrowdeeperrrefused0`: what a message may hold, the refusal, and the first state. */
const component = readFileSync(repositoryPath("tests/guests/counter.wasm"));
const data = component.indexOf("trapspingrowdeeperrrefused0");

/** A copy of the log that says another component ran: one with this byte changed. */
async function withByte(at: number, byte: string): Promise<string> {
  await recorded;
  const copy = join(folder, `byte-${at}.db`);
  copyFileSync(logPath(folder), copy);
  const bytes = new Uint8Array(component);
  bytes[at] = byte.charCodeAt(0);
  const sha256 = addBlob(copy, bytes);
  for (const { entry } of entriesOf(folder, address)) {
    if (entry.kind !== "keyframe") continue;
    forge(copy, { address, seq: entry.seq, parts: { 1: JSON.stringify({ component: sha256 }) } });
  }
  return copy;
}

/** The entry that closes the first turn of a message, or of `init`. */
function closingOf(body: string): number {
  const all = entriesOf(folder, address);
  const from = all.findIndex(({ entry, parts }) => entry.kind === "receive" && parts[0] === body);
  return all.findIndex(({ entry }, k) => k > from && "effects" in entry);
}

const cases = [
  { name: "a letter of a refusal", at: 25, to: "f", body: '"err"', what: "error", path: "error" },
  { name: "the first state", at: 26, to: "7", body: "null", what: "state", path: "state" },
  // "err" is no word of it any more, so that it goes on: the turn ends otherwise.
  { name: "what it looks for in a message", at: 18, to: "x", body: '"err"', what: "end", path: undefined },
] as const;

for (const { name, at, to, body, what, path } of cases) {
  test(`one byte of a component: ${name}: is found at the entry, with the field`, async () => {
    const copy = await withByte(data + at, to);
    const reader = openLogReader(copy);
    const [chain] = await replayLog(reader);
    reader.close();
    const [first] = chain?.divergences ?? [];
    ok(first, "nothing was found");
    deepStrictEqual(
      [first.address, first.seq, first.what, first.path],
      [address, closingOf(body), what, path],
      first.detail,
    );
    // Of a state the log keeps only the commitment.
    ok(
      first.got !== undefined && (what === "state" || first.expected !== undefined) &&
        first.expected !== first.got,
    );
    match(first.causes[0] ?? "", /another component/);
  });
}

test("theater replay tells it", async () => {
  const copy = await withByte(data + 25, "f");
  const { code, stdout } = await callCli(["replay", copy], { folder });
  strictEqual(code, exitCode.no);
  match(stdout, new RegExp(`counter, turn \\d+, entry ${closingOf('"err"')}: the error differs`));
  match(stdout, /at {8}error\n {2}expected {2}"?refused"?\n {2}got {7}"?refusef"?/);
});
