import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import type { Key, KeyName } from "./key.ts";
import { pressKey, type StepModel, type StepWish } from "./model.ts";

const names: readonly KeyName[] = [
  "up",
  "down",
  "left",
  "right",
  "page up",
  "page down",
  "home",
  "end",
  "enter",
  "tab",
  "backspace",
  "escape",
  "interrupt",
];
const keys: readonly Key[] = [
  ...names.map((key) => ({ key }) as Key),
  ...[..." nlphjk][0Gtsg/fb?qx"].map((text) => ({ key: "character" as const, text })),
];

const start: StepModel = {
  seq: 0,
  turn: undefined,
  nextTurn: 0,
  size: 12,
  turns: 3,
  unit: "entry",
  state: "change",
  help: false,
  scroll: 0,
  scrollMax: 5,
  page: 3,
  prompt: undefined,
  sought: undefined,
  notice: undefined,
};

/** A chain of 12 entries: genesis, then 3 turns of 3 entries, then 2 that belong to none. */
function arrive(model: StepModel, wish: StepWish): StepModel {
  if (wish.wish !== "go") return model;
  const { target } = wish;
  if (target.to === "moment") return model;
  const seq = target.to === "entry" ? target.seq : 1 + 3 * target.turn;
  if (seq >= model.size || (target.to === "turn" && target.turn >= model.turns)) return model;
  const turn = seq === 0 || seq > 9 ? undefined : Math.floor((seq - 1) / 3);
  return { ...model, seq, turn, nextTurn: seq === 0 ? 0 : turn === undefined ? 3 : turn + 1, scroll: 0 };
}

test("every key in every state that can be reached leads to a sound one", () => {
  const seen = new Map<string, StepModel>();
  const open = [start];
  const wishes = new Set<string>();
  while (open.length > 0) {
    const model = open.pop() ?? start;
    const before = JSON.stringify(model);
    if (seen.has(before)) continue;
    seen.set(before, model);
    for (const key of keys) {
      const pressed = pressKey(Object.freeze(model), key);
      const where = `${JSON.stringify(key)} in ${before}`;
      equal(JSON.stringify(model), before, where);
      const { model: next, wish } = pressed;
      wishes.add(wish.wish);
      ok(next.scroll >= 0 && next.scroll <= next.scrollMax, where);
      equal(
        wish.wish === "quit",
        key.key === "interrupt" || (!model.help && model.prompt === undefined &&
          (key.key === "escape" || (key.key === "character" && key.text === "q"))),
        where,
      );
      if (wish.wish === "go" && wish.target.to === "entry") ok(wish.target.seq >= 0, where);
      if (wish.wish === "go" && wish.target.to === "turn") ok(wish.target.turn >= 0, where);
      if (wish.wish === "go" && wish.target.to === "moment") ok(wish.target.text !== "", where);
      if (wish.wish === "find") ok(wish.text !== "", where);
      if (wish.wish === "quit" || wish.wish === "nothing") equal(next.seq, model.seq, where);
      if (model.help && wish.wish !== "quit") equal(next.help, false, where);
      // Where keys are typed into a line, none of them does anything else.
      if (model.prompt !== undefined && key.key === "character") {
        equal(next.prompt?.text, model.prompt.text + key.text, where);
      }
      // A notice is gone with the next key, and one text that is typed stands for all.
      const arrived = { ...arrive(next, wish), notice: undefined };
      if (["", "n"].includes(arrived.prompt?.text ?? "") && (arrived.sought ?? "n") === "n") {
        open.push(arrived);
      }
    }
  }
  deepEqual([...wishes].sort(), ["find", "go", "nothing", "quit"]);
  for (let seq = 0; seq < start.size; seq++) {
    ok([...seen.values()].some((model) => model.seq === seq), `entry ${seq} is never reached`);
  }
});

/** Presses characters one after the other; the last wish, and where that leads. */
function type(from: StepModel, text: string) {
  let model = from;
  let wish: StepWish = { wish: "nothing" };
  for (const character of text) {
    const key: Key = character === "⏎" ? { key: "enter" } : { key: "character", text: character };
    ({ model, wish } = pressKey(model, key));
    model = arrive(model, wish);
  }
  return { model, wish };
}

test("a step is an entry, or with t a turn", () => {
  equal(type(start, "nnnn").model.seq, 4);
  equal(type(start, "nnnnp").model.seq, 3);
  equal(type(start, "tnn").model.seq, 4);
  equal(type(start, "tnnp").model.seq, 1);
  equal(type(start, "nnn]").model.seq, 4); // From the end of turn 0 to the beginning of turn 1.
  equal(type(start, "nnn[").model.notice, "this is before the first turn");
  equal(type(start, "G").model.seq, 11);
  equal(type(start, "G[").model.seq, 7);
  equal(type(start, "p").model.notice, "this is the first entry");
});

test("g and / read a line, and f and b find again", () => {
  deepEqual(type(start, "gturn:2⏎").wish, { wish: "go", target: { to: "moment", text: "turn:2" } });
  deepEqual(type(start, "/q n⏎").wish, { wish: "find", text: "q n", backwards: false });
  deepEqual(type(start, "/x⏎f").wish, { wish: "find", text: "x", backwards: false });
  deepEqual(type(start, "/x⏎b").wish, { wish: "find", text: "x", backwards: true });
  deepEqual(type(start, "/x⏎/⏎").wish, { wish: "find", text: "x", backwards: false });
  equal(type(start, "f").model.notice, "nothing was looked for yet: / does");
  equal(type(start, "g⏎").wish.wish, "nothing");
});
