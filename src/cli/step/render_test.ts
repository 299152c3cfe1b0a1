import { equal, match, ok } from "node:assert/strict";
import { test } from "node:test";
import { appendEntry, type ChainHead, type Draft } from "../../chain/mod.ts";
import { encodeUtf8 } from "../../codec/mod.ts";
import { widthOf } from "../printable.ts";
import { ansiStyle, plainStyle, type Style } from "../style.ts";
import type { StepModel } from "./model.ts";
import type { PageEntry, StepPage } from "./page.ts";
import { drawScreen, headingOf, helpBody, pageBody, type StateView } from "./render.ts";

const salt = new Uint8Array(16);

function entriesOf(...drafts: (readonly [draft: Draft, ...said: readonly string[]])[]): PageEntry[] {
  let head: ChainHead | undefined;
  return drafts.map(([draft, ...said]) => {
    const inputs = said.map((text) => ({ bytes: encodeUtf8(text), salt }));
    const appended = appendEntry(head, draft, inputs);
    head = appended.head;
    return { entry: appended.entry, parts: inputs.map((part) => ({ status: "present", ...part })) };
  });
}

const hostile = "red \x1b[31m \u202e \t Zoë 東京 \u{1f600}";
const [genesis, receive, ...rest] = entriesOf(
  [{ kind: "genesis", time: 0, origin: "home~00112233445566778899aabbccddeeff/till" }, '{"theater":"x"}'],
  [
    { kind: "receive", time: 1, turn: 4, type: "send", from: "outside", keyed: true },
    JSON.stringify({ hostile, long: "x".repeat(300), many: Array.from({ length: 60 }, (_, k) => k) }),
    hostile,
  ],
  ...Array.from({ length: 30 }, (_, call): [Draft, string, string] => [
    {
      kind: "call",
      time: 2,
      turn: 4,
      call,
      function: "theater:actor/log@0.1.0#write",
      outcome: "returned",
      bodied: false,
    },
    JSON.stringify(["info", hostile]),
    "[]",
  ]),
  [
    { kind: "trap", time: 3, turn: 4, code: "script", calls: 30, effects: 0, fuel: 5 },
    `Error: ${hostile}\n\tat x`,
  ],
);
if (genesis === undefined || receive === undefined) throw new Error("Cannot make the pages");
const turn = [receive, ...rest];

function pageOf(shown: PageEntry): StepPage {
  const { entry } = shown;
  const own = "turn" in entry
    ? { turn: entry.turn, nextTurn: entry.turn + 1, around: turn }
    : { turn: undefined, nextTurn: 0, around: [shown] };
  return { actor: "till", seq: entry.seq, shown, left: { before: 0, after: 0 }, ...own };
}

const model: StepModel = {
  seq: 1,
  turn: 4,
  nextTurn: 5,
  size: 33,
  turns: 5,
  unit: "entry",
  state: "change",
  help: false,
  scroll: 0,
  scrollMax: 0,
  page: 0,
  prompt: undefined,
  sought: undefined,
  notice: undefined,
};

const views: readonly StateView[] = [
  { view: "loading" },
  { view: "failed", message: `Cannot show: ${hostile}\n  and more` },
  { view: "known", before: undefined, after: JSON.stringify({ a: hostile }) },
  { view: "known", before: '{"a":1}', after: '{"a":1}' },
  {
    view: "known",
    before: '{"a":1,"gone":[1]}',
    after: JSON.stringify({ a: 2, [hostile]: "y".repeat(300) }),
  },
];

test("a drawing fills the screen, whatever its size, and says nothing to the terminal but colours", () => {
  const models: StepModel[] = [
    model,
    { ...model, scroll: 3 },
    { ...model, scroll: 1e6 },
    { ...model, notice: hostile },
    { ...model, prompt: { asks: "find", text: hostile } },
    { ...model, prompt: { asks: "go", text: "turn:" } },
  ];
  const draw = (
    model: StepModel,
    page: StepPage,
    body: readonly string[],
    [columns, rows]: readonly [columns: number, rows: number],
    style: Style,
  ) => {
    const { lines } = drawScreen(model, body, headingOf(model, page, style), { columns, rows }, style);
    equal(lines.length, Math.max(1, rows));
    for (const line of lines) {
      // deno-lint-ignore no-control-regex -- Looks for them.
      const plain = line.replace(/\x1b\[[0-9;]*m/g, "");
      ok(widthOf(plain) <= columns, `${columns}: ${JSON.stringify(line)}`);
      // deno-lint-ignore no-control-regex -- As above.
      ok(!/[\x00-\x1f\x7f-\x9f\u202e]/.test(plain), JSON.stringify(line));
      if (style === plainStyle) equal(plain, line);
    }
  };
  for (const style of [plainStyle, ansiStyle]) {
    for (const columns of [0, 1, 19, 80, 300]) {
      for (const shown of [genesis, ...turn.slice(0, 2), ...turn.slice(-1)]) {
        const page = pageOf(shown);
        for (const view of views) {
          for (const whole of [true, false]) {
            draw(model, page, pageBody(page, view, whole, columns, style), [columns, 120], style);
          }
        }
      }
      const page = pageOf(receive);
      for (const body of [pageBody(page, { view: "loading" }, false, columns, style), helpBody(style), []]) {
        for (const rows of [0, 1, 2, 3, 24]) {
          for (const each of models) draw(each, page, body, [columns, rows], style);
        }
      }
    }
  }
});

const at = (shown: PageEntry, view: StateView = { view: "loading" }, whole = false) =>
  pageBody(pageOf(shown), view, whole, 100, plainStyle).join("\n");

test("a page has the turn with the entry marked, the state, and what was said", () => {
  const body = at(receive, views[4]);
  match(body, /^\nturn 4 {2}send from outside\n▸ +1 .* receive /);
  match(body, /\n {2}18 after\n/);
  match(body, /\nstate {2}what the turn changed\n {2}~ \/a {2}1 → 2\n {2}- \/gone {2}\[1\]\n/);
  match(body, /\nbody {2}\d+ B\n {2}\{\n/);
  match(body, /\nkey {2}\d+ B\n {2}red \\u001b\[31m/);
  const last = turn.at(-1);
  if (last === undefined) throw new Error("Cannot find the end of the turn");
  match(at(last), /\n {2}18 before\n/);
  match(at(last), /\nstate {2}running turns again…\n/);
  match(at(receive, views[2], true), /\nstate {2}after the turn, \d+ B\n/);
  match(at(receive, views[3]), /\nstate {2}not changed by the turn\n/);
});

test("an entry that is pruned says so", () => {
  const page: StepPage = { ...pageOf(receive), shown: undefined, turn: undefined };
  match(pageBody(page, { view: "loading" }, false, 80, plainStyle).join("\n"), /entry 1 is pruned/);
});

test("scrolling stops where the body ends", () => {
  const body = Array.from({ length: 30 }, (_, k) => `line ${k}`);
  const drawn = (scroll: number) =>
    drawScreen({ ...model, scroll }, body, "heading", { columns: 80, rows: 12 }, plainStyle);
  const { lines, scrollMax, page } = drawn(99);
  equal(scrollMax, 20);
  equal(page, 10);
  equal(lines.at(-2), "line 29");
  match(lines.at(-1) ?? "", /^↑↓ end/);
  match(drawn(0).lines.at(-1) ?? "", /^↑↓ 20 more/);
});
