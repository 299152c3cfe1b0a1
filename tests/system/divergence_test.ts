/** What a replay says of records that are not what happened. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { exportBundle, parseWithholdSpec } from "../../src/bundle/mod.ts";
import { replayLog } from "../../src/cli/replay_log.ts";
import { decodeUtf8 } from "../../src/codec/mod.ts";
import type { ChainReplay } from "../../src/replay/mod.ts";
import { openEvidence, openLogReader } from "../../src/store/mod.ts";
import { verify } from "../../src/verify/mod.ts";
import { addBlob, forge, type Forgery } from "./forge.ts";
import { entriesOf, inHouse, logPath, makeFolder, test } from "./house.ts";

const address = "shop";
const folder = makeFolder({
  "theater.toml": `name = "shop"\ncomponent = "shop.ts"\npermissions = { log = true, random = true }\n`,
  "shop.ts": `
    import { log, random, Refusal } from "theater";
    export function init() { return { orders: [], total: 0 }; }
    export function handle(state, { body }) {
      if (body.price < 0) throw new Refusal("a price below zero");
      if (body.price === 0) throw new Error("for nothing");
      log.info("order", { item: body.item, price: body.price });
      const id = random.number();
      return [{ orders: [...state.orders, body.item], total: state.total + body.price }, { id, of: body.item }];
    }`,
});

const recorded = inHouse(folder, async ({ send }) => {
  for (
    const [item, price] of [["tea", 3], ["rice", 5], ["air", -1], ["milk", 2], ["nothing", 0], ["salt", 1]]
  ) {
    await send({ item, price });
  }
  await send({ item: "bread", price: 4 });
}, { turnsPerActivation: 3 });

let copies = 0;

/** A copy of the log to be forged. */
async function copyLog(): Promise<string> {
  await recorded;
  const copy = join(folder, `copy${copies++}.db`);
  copyFileSync(logPath(folder), copy);
  return copy;
}

async function replay(path: string): Promise<ChainReplay> {
  const reader = openLogReader(path);
  try {
    const [chain] = await replayLog(reader);
    ok(chain);
    strictEqual(
      chain.reproduced + chain.passedOver.reduce((sum, { turns }) => sum + turns, 0) +
        chain.divergences.filter(({ what }) => what !== "keyframe").length,
      chain.turns,
      JSON.stringify(chain),
    );
    return chain;
  } finally {
    reader.close();
  }
}

function exitOf(path: string): number {
  const evidence = openEvidence(path);
  try {
    return verify(evidence).verdict.exit;
  } finally {
    evidence.close();
  }
}

/** The entries of the turn that ordered an item. */
function turnOf(item: string) {
  const all = entriesOf(folder, address);
  const from = all.findIndex(({ entry, parts }) =>
    entry.kind === "receive" && parts[0]?.includes(`"${item}"`)
  );
  const to = all.findIndex(({ entry }, k) => k > from && "effects" in entry);
  const turn = all.slice(from, to + 1);
  return { opening: turn[0]!, calls: turn.slice(1, -1), closing: turn.at(-1)! };
}

test("a log replays whole, several activations at a time", async () => {
  const { reproduced, turns, activations, passedOver, divergences, partsPassedOver } = await replay(
    await copyLog(),
  );
  deepStrictEqual({ passedOver, divergences, partsPassedOver }, {
    passedOver: [],
    divergences: [],
    partsPassedOver: 0,
  });
  ok(activations > 2);
  strictEqual(reproduced, turns);
});

/** The same with another digit in the middle of its number. */
function otherNumber(text: string): string {
  const at = text.search(/[0-9]/) + 4;
  return `${text.slice(0, at)}${(Number(text[at]) + 1) % 10}${text.slice(at + 1)}`;
}

/** What is forged, and what the replay says of it. */
interface Case {
  readonly name: string;
  readonly make: () => Omit<Forgery, "address">;
  /** Entry where it is found, if another than the one that was forged. */
  readonly at?: () => number;
  readonly what: string;
  readonly path?: string;
  readonly expected?: string;
  readonly got?: RegExp;
  readonly function?: RegExp;
}

const cases: readonly Case[] = [
  {
    name: "one byte of an argument",
    make: () => {
      const { entry, parts } = turnOf("rice").calls[0]!;
      return { seq: entry.seq, parts: { 0: parts[0]!.replace("rice", "rise") } };
    },
    what: "call",
    path: "arguments[1]",
    got: /rice/,
    function: /log@.*#write$/,
  },
  {
    name: "the level of a line",
    make: () => {
      const { entry, parts } = turnOf("milk").calls[0]!;
      return { seq: entry.seq, parts: { 0: parts[0]!.replace("info", "warn") } };
    },
    what: "call",
    path: "arguments[0]",
    expected: '"warn"',
    got: /"info"/,
    function: /log@.*#write$/,
  },
  {
    name: "another function",
    make: () => {
      const { entry } = turnOf("rice").calls[0]!;
      return { seq: entry.seq, entry: { function: "theater:actor/log@0.1.0#wrote" } };
    },
    what: "call",
    path: "function",
    expected: "theater:actor/log@0.1.0#wrote",
    got: /#write$/,
  },
  {
    name: "an answer of the host",
    make: () => {
      const { entry, parts } = turnOf("tea").calls.at(-1)!;
      return { seq: entry.seq, parts: { 1: otherNumber(parts[1]!) } };
    },
    at: () => turnOf("tea").closing.entry.seq,
    what: "response",
  },
  {
    name: "a message",
    make: () => {
      const { entry, parts } = turnOf("tea").opening;
      return { seq: entry.seq, parts: { 0: parts[0]!.replace("tea", "sea") } };
    },
    at: () => turnOf("tea").calls[0]!.entry.seq,
    what: "call",
    path: "arguments[1]",
    got: /sea/,
  },
  {
    name: "a response",
    make: () => {
      const { entry, parts } = turnOf("tea").closing;
      return { seq: entry.seq, parts: { 1: parts[1]!.replace("tea", "tee") } };
    },
    what: "response",
    path: "response.of",
    expected: '"tee"',
    got: /"tea"/,
  },
  {
    name: "a state of which the log has only a commitment",
    make: () => ({
      seq: turnOf("tea").closing.entry.seq,
      parts: { 0: '{"orders":["tea"],"total":4}' },
      kept: false,
    }),
    what: "state",
    path: "state",
    got: /^\{"orders":\["tea"\],"total":3\}$/,
  },
  {
    name: "a refusal",
    make: () => ({ seq: turnOf("air").closing.entry.seq, parts: { 0: "a price of zero" } }),
    what: "error",
    path: "error",
    expected: "a price of zero",
    got: /^a price below zero$/,
  },
  {
    name: "the code of a trap",
    make: () => ({ seq: turnOf("nothing").closing.entry.seq, entry: { code: "unreachable" } }),
    what: "end",
    expected: "a trap (unreachable)",
    got: /^a trap \(script\)/,
  },
  {
    name: "one unit of fuel",
    make: () => {
      const { entry } = turnOf("salt").closing;
      return { seq: entry.seq, entry: { fuel: ("fuel" in entry ? entry.fuel ?? 0 : 0) + 1 } };
    },
    what: "fuel",
    path: "fuel",
  },
];

for (const { name, make, at, what, path, expected, got, function: called } of cases) {
  test(`forged: ${name} is found at its entry`, async () => {
    const copy = await copyLog();
    const forgery = make();
    forge(copy, { address, ...forgery });
    const { divergences } = await replay(copy);
    const [first] = divergences;
    ok(first, "nothing was found");
    deepStrictEqual(
      [first.address, first.seq, first.what],
      [address, at?.() ?? forgery.seq, what],
      first.detail,
    );
    if (path !== undefined) strictEqual(first.path, path);
    if (expected !== undefined) strictEqual(first.expected, expected);
    if (got !== undefined) match(first.got ?? "", got);
    if (called !== undefined) match(first.function ?? "", called);
    ok(first.causes.length > 0 && first.before.every((seq) => seq < first.seq));
    ok(!first.causes.some((cause) => cause.startsWith("nondeterminism")));
  });
}

/** The log with another script than the one that ran: in its keyframes, and in the calls that hand it over. */
async function withScript(change: (source: string) => string, handedOver = true): Promise<string> {
  const copy = await copyLog();
  const reader = openLogReader(copy);
  const keyframes = entriesOf(folder, address).filter(({ entry }) => entry.kind === "keyframe");
  const part = JSON.parse(keyframes[0]?.parts[1] ?? "");
  const source = decodeUtf8(reader.blob(part.source) ?? new Uint8Array());
  reader.close();
  const changed = change(source);
  ok(changed !== source, "the script was not changed");
  const sha256 = addBlob(copy, changed);
  for (const { entry } of keyframes) {
    const text = JSON.stringify({ component: part.component, source: sha256 });
    forge(copy, { address, seq: entry.seq, parts: { 1: text } });
    if (handedOver) forge(copy, { address, seq: entry.seq + 1, parts: { 1: JSON.stringify([changed]) } });
  }
  strictEqual(exitOf(copy), 0, "only a replay may tell");
  return copy;
}

test("a component that differs by one byte is found at the entry and field that it changes", async () => {
  const copy = await withScript((source) => source.replace('"order"', '"orden"'));
  const { divergences: [first] } = await replay(copy);
  ok(first);
  // A script of another text costs other fuel, or the same: what it says differs in any case.
  strictEqual(first.seq <= turnOf("tea").calls[0]!.entry.seq, true, JSON.stringify(first));
  strictEqual(first.what, "call");
  strictEqual(first.path, "arguments[1]");
  match(first.expected ?? "", /order/);
  match(first.got ?? "", /orden/);
});

test("a script that was handed over and is not the one that the keyframe names is found", async () => {
  const copy = await withScript((source) => source.replace('"order"', '"orden"'), false);
  const { divergences: [first] } = await replay(copy);
  ok(first);
  match(first.detail, /not the one that the keyframe names/);
  match(first.function ?? "", /#load$/);
});

test("a component that tries to reach the host in a replay finds no host", async () => {
  for (
    const [call, name] of [
      ["random.bytes(4)", /random@/],
      ["log.warn(1)", /log@/],
      ["Date.now()", /clock@|random@|log@/],
    ] as const
  ) {
    const copy = await withScript((source) => source.replace(/(if \([^)]*\.price === 0\))/, `${call}; $1`));
    let first = (await replay(copy)).divergences[0];
    // The forger fits the fuel of what comes before, as another script costs another.
    while (first?.what === "fuel") {
      forge(copy, { address, seq: first.seq, entry: { fuel: Number(first.got) } });
      first = (await replay(copy)).divergences[0];
    }
    ok(first, call);
    // It asks, is not answered, and is stopped there: the record has another call in that place.
    strictEqual(first.what, "call", call);
    strictEqual(first.seq, turnOf("tea").calls[0]!.entry.seq, call);
    const asked = first.divergence?.got;
    ok(asked !== undefined && asked !== "end of turn", call);
    match(asked.function, name, call);
  }
});

test("a state that changes between two activations is found at the keyframe", async () => {
  const copy = await copyLog();
  const keyframes = entriesOf(folder, address).filter(({ entry }) => entry.kind === "keyframe");
  const { entry } = keyframes[1]!;
  forge(copy, {
    address,
    seq: entry.seq,
    parts: { 0: '{"orders":[],"total":0}' },
    kept: keyframes[1]!.parts[0] !== undefined,
  });
  const { divergences } = await replay(copy);
  ok(
    divergences.some(({ what, seq }) => what === "keyframe" && seq === entry.seq),
    JSON.stringify(divergences),
  );
});

test("what is withheld is no difference, and what does not rest on it is run", async () => {
  await recorded;
  const reader = openLogReader(logPath(folder));
  const bundle = join(folder, "withheld.db");
  const { entry } = turnOf("rice").opening;
  exportBundle(reader, bundle, {
    addresses: [address],
    withhold: [parseWithholdSpec(`seq:${entry.seq}`)],
    force: true,
  });
  reader.close();
  strictEqual(exitOf(bundle), 0);
  const { divergences, passedOver, reproduced, turns } = await replay(bundle);
  deepStrictEqual(divergences, []);
  ok(reproduced > 0 && reproduced < turns);
  strictEqual(passedOver[0]?.code, "absent");
  strictEqual(passedOver[0].seq, entry.seq);
});

test("what was cut while it was instantiated is run again up to there", async () => {
  const house = makeFolder({
    "theater.toml": `name = "stuck"\ncomponent = "stuck.ts"\nlimits = { turn_ms = 200 }\n`,
    "stuck.ts": "for (let i = 0;; i++); export function handle(state, message) { return [state, null]; }",
  });
  await inHouse(house, () => Promise.resolve());
  const [closing] = entriesOf(house, "stuck").slice(-2);
  ok(closing?.entry.kind === "cut" && (closing.entry.fuel ?? 0) > 0, closing?.entry.kind);
  const { reproduced, turns, divergences } = await replay(logPath(house));
  deepStrictEqual([reproduced, turns, divergences], [1, 1, []]);
});
