import { deepEqual, equal, match, ok, rejects, throws } from "node:assert/strict";
import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assertReplay, RegressionError, replay, ReplayAssertionError, type ReplayResult } from "../../mod.ts";
import { junitXml } from "../../src/regression/mod.ts";
import { exportBundle, parseWithholdSpec } from "../../src/bundle/mod.ts";
import { type Entry, parseEntry } from "../../src/chain/mod.ts";
import { openDatabase } from "../../src/platform/mod.ts";
import { type LogReader, openLogReader } from "../../src/store/mod.ts";
import { forge } from "./forge.ts";
import { inHouse, logPath, makeFolder, test, writeFiles } from "./house.ts";

/** What was recorded ran this. */
const till = `import { clock, log, Refusal, send } from "theater";
let told = 0;
export const init = () => ({ sum: 0, notes: [] });
export function handle(state, { body }) {
  if (body === "crash") throw new Error("out of paper");
  if (body === "no") throw new Refusal("no way");
  if (typeof body !== "number") return [state, null];
  const sum = state.sum + body;
  log.info("paid", { sum });
  if (body > 3) send("till/quiet", { sum });
  const at = clock.now();
  told += 1;
  return [{ sum, notes: state.notes.concat(body).slice(-2) }, { sum, at: String(at) }];
}
`;
const quiet = `export const init = () => 0;
export const handle = (n) => [n + 1, n];
`;
const manifest = `name = "till"
component = "till.ts"
permissions = { log = true, clock = true, send = ["till/quiet"] }
[[child]]
name = "quiet"
component = "quiet.ts"
`;

const files = { "theater.toml": manifest, "till.ts": till, "quiet.ts": quiet };

/** Turns: 0 starts, 1 init, 2 to 4 pay, 5 is refused, 6 crashes, 7 starts again, 8 pays and 9 pays and sends. */
const recorded = (async () => {
  const folder = makeFolder(files);
  await inHouse(folder, async (house) => {
    for (const body of [1, 2, 3, "no", "crash", 2, 5]) await house.send(body);
    await house.send(0, { to: "till/quiet" }); // After what till sent it.
  });
  return folder;
})();

/** Changes of the code, what differs then by turn, and a word that the message about it has. */
const changes: readonly (readonly [string, (source: string) => string, Record<number, string>, RegExp])[] = [
  ["a comment", (source) => `// new\n${source}`, {}, /none differs/],
  [
    "the same state in another order of members",
    (s) =>
      s.replace("{ sum, notes: ", "{ notes: ").replace(
        ".slice(-2) }, {",
        ".slice(-2), sum }, {",
      ),
    {},
    /none differs/,
  ],
  ["a sum", (s) => s.replace("state.sum + body", "state.sum + body * (body === 3 ? 2 : 1)"), {
    4: "state response calls",
  }, /\/sum\n {6}expected {2}6\n {6}got {7}9/],
  ["a field more", (s) => s.replace("[{ sum,", "[{ sum, paid: true,"), {
    2: "state",
    3: "state",
    4: "state",
    8: "state",
    9: "state",
  }, /\/paid\n {6}expected {2}nothing\n {6}got {7}true/],
  ["a response", (s) => s.replace("{ sum, at:", "{ sum, next: sum + 1, at:"), {
    2: "response",
    3: "response",
    4: "response",
    8: "response",
    9: "response",
  }, /another response\n {4}\/next/],
  ["the words of a refusal", (s) => s.replace("no way", "certainly not"), { 5: "error" }, /certainly not/],
  ["what was refused is taken", (s) => s.replace('throw new Refusal("no way")', "return [state, 1]"), {
    5: "outcome",
  }, /refused: no way/],
  [
    "what was taken is refused",
    (s) => s.replace("const at", "if (body === 3) throw new Refusal('3');\nconst at"),
    {
      4: "outcome calls",
    },
    /got {7}refused: 3/,
  ],
  ["a crash more", (s) => s.replace("const at", "if (body === 3) throw new Error('three');\nconst at"), {
    4: "trap calls",
  }, /a new trap\n.*\n {6}got {7}trap \(script\): Error: three/],
  ["a crash less", (s) => s.replace('throw new Error("out of paper")', "return [state, 0]"), {
    6: "no-trap",
  }, /expected {2}trap \(script\): Error: out of paper/],
  ["another crash", (s) => s.replace("out of paper", "out of ink"), { 6: "trap" }, /out of ink/],
  ["a crash in another line", (s) => `\n\n${s}`, {}, /none differs/],
  ["another line for the log", (s) => s.replace('"paid"', '"cash"'), {
    2: "calls",
    3: "calls",
    4: "calls",
    8: "calls",
    9: "calls",
  }, /log@0\.1\.0#write arguments\[1\]\n {6}expected {2}"paid/],
  [
    "no line for the log",
    (s) =>
      s.replace("if (body > 3) send", "if (body < 0) log.info(1);\n  if (body > 3) send")
        .replace('log.info("paid", { sum });', 'if (body !== 3) log.info("paid", { sum });'),
    {
      4: "calls",
    },
    /call 0: theater:actor\/log@0\.1\.0#write\n {6}expected {2}\["info",.*\n {6}got {7}nothing/,
  ],
  [
    "calls in another order",
    (s) =>
      s.replace('  log.info("paid", { sum });\n', "").replace(
        "told += 1;",
        'log.info("paid", { sum });',
      ),
    { 2: "calls", 3: "calls", 4: "calls", 8: "calls", 9: "calls" },
    /order of call 1/,
  ],
  ["a second look at the clock", (s) => s.replace("const at", "clock.now();\nconst at"), {
    2: "calls",
    3: "calls",
    4: "calls",
    8: "calls",
    9: "calls",
  }, /Cannot answer theater:actor\/clock@0\.1\.0#now: no recorded call of this turn is left that asks this/],
  [
    "what it was never granted",
    (s) => `import { random } from "theater";\n${s.replace("told += 1", "random.bytes(3)")}`,
    {
      2: "calls",
      3: "calls",
      4: "calls",
      8: "calls",
      9: "calls",
    },
    /Cannot answer theater:actor\/random@0\.1\.0#bytes/,
  ],
  [
    "memory instead of state",
    (s) => s.replace("state.sum + body;", "state.sum + body + 0 * told + (told > 2 ? 1 : 0);"),
    {
      // The instance that saw turns 2 to 4 died in turn 6, here as in the recording.
    },
    /none differs/,
  ],
  ["memory that counts", (s) => s.replace("state.sum + body;", "state.sum + body + (told > 1 ? 1 : 0);"), {
    4: "state response calls",
  }, /\/sum/],
  [
    "no start",
    (s) => `${s}\nthrow new Error("never")`,
    Object.fromEntries([...Array(10).keys()].map((turn) => [turn, "trap"])),
    /never/,
  ],
];

/** What differs, by turn. */
function seen(result: ReplayResult): Record<number, string> {
  const turns = result.actors.flatMap(({ differing }) => differing);
  return Object.fromEntries(
    turns.map(({ turn, differences }) => [turn, differences.map(({ what }) => what).join(" ")]),
  );
}

const only = { actors: ["till"] };

for (const [name, change, expected, words] of changes) {
  test(`new code against a recording: ${name}`, async () => {
    const folder = await recorded;
    const source = change(till);
    ok(source !== till, "the change changes nothing");
    const against = join(makeFolder({ "new.ts": source }), "new.ts");
    const result = await replay(logPath(folder), { against, ...only });
    deepEqual(seen(result), expected);
    const differing = Object.keys(expected).length;
    equal(result.verdict, differing === 0 ? "same" : "different");
    deepEqual([result.turns, result.compared, result.differing, result.same], [
      10,
      10,
      differing,
      10 - differing,
    ]);
    if (differing === 0) assertReplay(result);
    else {
      throws(() => assertReplay(result), (error) => {
        ok(error instanceof ReplayAssertionError && error instanceof Error);
        match(error.message, words);
        return true;
      });
    }
  });
}

test("with its own state, new code takes a difference along; by itself each turn stands alone", async () => {
  const folder = await recorded;
  const against = join(
    makeFolder({ "new.ts": till.replace("+ body;", "+ body + (body === 1 ? 10 : 0);") }),
    "new.ts",
  );
  const alone = await replay(logPath(folder), { against, ...only });
  deepEqual(Object.keys(seen(alone)), ["2"]);
  const carried = await replay(logPath(folder), { against, ...only, carry: true });
  deepEqual(Object.keys(seen(carried)), ["2", "3", "4", "8", "9"]);
  const last = carried.actors[0]?.differing[1]?.differences[0];
  deepEqual([last?.what, last?.fields[0]], ["state", { path: "/sum", expected: "3", got: "13" }]);
  const same = await replay(logPath(folder), { against: join(folder, "till.ts"), ...only, carry: true });
  equal(same.verdict, "same");
});

test("a manifest tests every actor that it declares, and says which it does not", async () => {
  const folder = await recorded;
  const next = makeFolder({ ...files, "quiet.ts": quiet.replace("n + 1", "n + 2") });
  const both = await replay(logPath(folder), { against: join(next, "theater.toml") });
  deepEqual(both.actors.map(({ actor, differing }) => [actor, differing.length > 0]), [
    ["till", false],
    ["till/quiet", true],
  ]);
  writeFiles(next, {
    "alone.toml": manifest.slice(0, manifest.indexOf("[[child]]")).replace("till/quiet", "x"),
  });
  const alone = await replay(logPath(folder), { against: join(next, "alone.toml") });
  deepEqual([alone.verdict, alone.actors.length, alone.untested.length], ["same", 1, 1]);
});

test("a component of other making is held to the same: counter.wasm recorded, a script against it", async () => {
  const folder = makeFolder({
    "theater.toml": 'name = "counter"\ncomponent = "counter.wasm"\npermissions = { log = true }\n',
    "counter.wasm": "counter.wasm",
  });
  await inHouse(folder, async (house) => {
    for (const body of [1, "err", "two", "trap", 3]) await house.send(body);
  });
  const script = `import { log, Refusal } from "theater";
    export const init = () => 0;
    export function handle(n, message) {
      log.info(JSON.stringify(message));
      if (message.body === "err") throw new Refusal("refused");
      if (message.body === "trap") throw new Error("trap");
      return [n + 1, n + 1];
    }`;
  const against = join(makeFolder({ "counter.ts": script }), "counter.ts");
  const result = await replay(logPath(folder), { against });
  deepEqual(seen(result), { 5: "trap" }, "it dies of something else");
  const itself = await replay(logPath(folder), { against: join(folder, "counter.wasm") });
  deepEqual([itself.verdict, itself.compared], ["same", 8]);
  const other = await replay(logPath(await recorded), { against: join(folder, "counter.wasm"), ...only });
  equal(other.verdict, "different");
  ok(seen(other)[2]?.includes("calls"));
});

test("accepted differences are no failure, others are, and so are those that no longer happen", async () => {
  const folder = await recorded;
  const sources = {
    "new.ts": till.replace("no way", "certainly not"),
    "other.ts": till.replace("no way", "never").replace("{ sum, at:", "{ sum, ok: 1, at:"),
  };
  const work = makeFolder(sources);
  const list = join(work, "accepted.json");
  const run = (against: string, update = false) =>
    replay(logPath(folder), { against, ...only, accept: list, update, folder: work });
  const first = await run("new.ts");
  deepEqual([first.verdict, first.differing, first.accepted, existsSync(list)], ["different", 1, 0, false]);
  const updated = await run("new.ts", true);
  deepEqual([updated.verdict, updated.accepted, updated.updated?.added], ["same", 1, 1]);
  const text = readFileSync(list, "utf8");
  match(text, /"turn": 5, "what": "error", "fields": \["refused: no way -> refused: certainly not"\]/);
  equal((await run("new.ts")).verdict, "same");
  writeFileSync(list, text.replace('"what": "error", ', '"what": "error", "why": "ticket 12", '));
  const other = await run("other.ts");
  deepEqual([other.verdict, other.differing, other.stale.length], ["different", 6, 1]);
  equal((await run("other.ts", true)).updated?.removed, 1);
  deepEqual((await run("other.ts")).verdict, "same");
  const back = await run("../nowhere.ts").then(() => undefined, (error: unknown) => error);
  ok(back instanceof RegressionError);
  writeFileSync(list, text.replace('"what": "error", ', '"what": "error", "why": "ticket 12", '));
  await run("new.ts", true);
  match(readFileSync(list, "utf8"), /"why": "ticket 12"/, "what a person wrote stays");
  equal((await run("../" + folder.split("/").pop() + "/till.ts")).stale.length, 1);
});

test("the same run twice writes the same list, and the same result", async () => {
  const folder = await recorded;
  const work = makeFolder({ "new.ts": till.replace("[{ sum,", "[{ sum, paid: true,") });
  const run = async (accept: string) => {
    const { updated: _, ...result } = await replay(logPath(folder), {
      against: "new.ts",
      folder: work,
      ...only,
      accept,
      update: true,
    });
    return [JSON.stringify(result), readFileSync(join(work, accept), "utf8")];
  };
  deepEqual(await run("a.json"), await run("b.json"));
});

test("what is withheld is not compared, and the rest is", async () => {
  const folder = makeFolder();
  const bundle = join(folder, "withheld.db");
  const reader = openLogReader(logPath(await recorded));
  const seq = seqOf(reader, (entry) => entry.kind === "receive" && entry.turn === 4);
  const withhold = [parseWithholdSpec(`seq:${seq},part:body`)];
  exportBundle(reader, bundle, { addresses: ["till"], withhold, closure: false, force: false });
  reader.close();
  const result = await replay(bundle, { against: join(await recorded, "till.ts") });
  const [actor] = result.actors;
  deepEqual([result.verdict, actor?.passedOver[0]?.code, actor?.passedOver[0]?.turn], ["same", "absent", 4]);
  ok(result.compared >= 4 && result.compared < 10, `${result.compared} compared`);
});

test("a recording that its own code does not reproduce shows nothing about new code", async () => {
  const path = join(makeFolder(), "forged.db");
  copyFileSync(logPath(await recorded), path);
  const reader = openLogReader(path);
  const seq = seqOf(reader, (entry) => entry.kind === "return");
  reader.close();
  forge(path, { address: "till", seq, parts: { 1: "0" } });
  const result = await replay(path, { against: join(await recorded, "till.ts"), ...only });
  deepEqual([result.verdict, result.differing], ["incomplete", 0]);
  equal(result.actors[0]?.divergences[0]?.turn, 9);
  throws(() => assertReplay(result), /not even the recorded code does what is recorded/);
  match(junitXml(result), /errors="1"/);
});

/** The last entry of till for which something holds. */
function seqOf(reader: LogReader, holds: (entry: Entry) => boolean): number {
  let seq = -1;
  for (const stored of reader.entries("till")) if (holds(parseEntry(stored.text))) seq = stored.seq;
  return seq;
}

/** What cannot be tested, and why. */
const refusals:
  readonly (readonly [string, (folder: string) => Parameters<typeof replay>, string, RegExp])[] = [
    ["no recording", () => [[], { against: "till.ts" }], "no_recording", /wanted at least one recording/],
    [
      "a recording that is not there",
      () => ["gone.db", { against: "till.ts" }],
      "recording_not_found",
      /gone\.db/,
    ],
    ["a recording that is none", () => ["till.ts", { against: "till.ts" }], "unreadable", /till\.ts/],
    ["code that is not there", (log) => [log, { against: "gone.ts" }], "code_not_found", /gone\.ts/],
    [
      "code of another kind",
      (log) => [log, { against: "notes.txt", ...only }],
      "bad_code",
      /wanted a file that ends in/,
    ],
    ["code that is no component", (log) => [log, { against: "bad.wasm", ...only }], "bad_code", /bad\.wasm/],
    ["code that does not parse", (log) => [log, { against: "bad.ts", ...only }], "bad_code", /bad\.ts/],
    ["code that is no actor", (log) => [log, { against: "values.wasm", ...only }], "bad_code", /wanted/],
    [
      "code that imports what the recording never had",
      (log) => [log, {
        against: "counter.wasm",
        actors: ["till/quiet"],
      }],
      "bad_code",
      /theater:actor\/log@0\.1\.0.*log = true/s,
    ],
    [
      "one code for actors of different code",
      (log) => [log, { against: "till.ts" }],
      "which_actor",
      /till, till\/quiet/,
    ],
    [
      "an actor that is not there",
      (log) => [log, { against: "till.ts", actors: ["bank"] }],
      "no_such_actor",
      /"bank"/,
    ],
    ["a manifest with problems", (log) => [log, { against: "bad.toml" }], "bad_code", /bad\.toml/],
    [
      "a manifest that declares none of them",
      (log) => [log, { against: "other.toml" }],
      "not_declared",
      /does not declare/,
    ],
    [
      "a list that is none",
      (log) => [log, { against: "till.ts", ...only, accept: "bad.toml" }],
      "bad_list",
      /bad\.toml/,
    ],
    [
      "an update of no list",
      (log) => [log, { against: "till.ts", ...only, update: true }],
      "no_list",
      /--accept/,
    ],
  ];

for (const [name, call, code, words] of refusals) {
  test(`it is said what cannot be tested: ${name}`, async () => {
    const work = makeFolder({
      ...files,
      "notes.txt": "",
      "bad.ts": "export const = 1",
      "bad.toml": "name = 1",
      "other.toml": 'name = "bank"\ncomponent = "till.ts"\n',
      "counter.wasm": "counter.wasm",
      "values.wasm": "values.wasm",
    });
    writeFileSync(join(work, "bad.wasm"), "\0asm no");
    const [recordings, options] = call(logPath(await recorded));
    await rejects(replay(recordings, { ...options, folder: work }), (error) => {
      ok(error instanceof RegressionError, String(error));
      equal(error.fault.code, code);
      match(error.message, words);
      return true;
    });
  });
}

test("a recording that is refuted is not run", async () => {
  const folder = makeFolder();
  copyFileSync(logPath(await recorded), join(folder, "forged.db"));
  const database = openDatabase(join(folder, "forged.db"));
  database.exec("UPDATE entry SET entry = replace(entry, '\"turn\":3', '\"turn\":4')");
  database.close();
  await rejects(
    replay(join(folder, "forged.db"), { against: join(await recorded, "till.ts"), ...only }),
    (error) => error instanceof RegressionError && error.fault.code === "refuted",
  );
});

test("a result is JUnit XML: a suite an actor, a case a turn, whatever the code says", async () => {
  const folder = await recorded;
  const nasty = ']]>&<\\"\\u0000\\u001b[31m\\ud800';
  const against = join(makeFolder({ "new.ts": till.replace("no way", nasty) }), "new.ts");
  const xml = junitXml(await replay(logPath(folder), { against, ...only }));
  match(xml, /<testsuites name="theater test" tests="10" failures="1" errors="0" skipped="0">/);
  match(
    xml,
    /<testcase classname="till" name="turn 5 \(request\)"><failure type="error" message="differs in error">/,
  );
  match(xml, /\]\]&gt;&amp;&lt;&quot;/);
  // deno-lint-ignore no-control-regex
  ok(!/[\u0000-\u0008\u001b]/.test(xml) && xml.isWellFormed());
});

test("a turn that migrated the state is not asked of new code; those around it are run on their own states", async () => {
  const old = "export const init = () => ({ n: 0 });\nexport const handle = ({ n }) => [{ n: n + 1 }, n];\n";
  const next = `export const init = () => ({ count: 0 });
    export const handle = ({ count }) => [{ count: count + 1 }, count];
    export const migrate = ({ n }) => ({ count: n });`;
  const folder = makeFolder({
    "theater.toml": 'name = "counter"\ncomponent = "v1.ts"\n',
    "v1.ts": old,
    "v2.ts": next,
  });
  await inHouse(folder, async ({ send, theater }) => {
    await send(1);
    const answer = await theater.upgrade({ address: "counter", path: join(folder, "v2.ts"), migrate: true });
    equal(answer.answer, "upgraded");
    await send(2);
  });
  const result = await replay(logPath(folder), { against: join(folder, "v2.ts") });
  const { passedOver = [], turns, compared } = result.actors[0] ?? {};
  deepEqual(passedOver.map(({ code, turn }) => [code, turn]), [["migrate", 4]]);
  deepEqual([turns, compared], [6, 5]);
  deepEqual(seen(result), { 1: "state", 2: "trap" }, "what it said on states of the one before");
});
