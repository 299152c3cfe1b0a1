/**
 * The stepper as a state machine: what a key does, without a terminal and
 * without a log.
 *
 * @module
 */

import type { Key } from "./key.ts";

/** What is looked at, and how. */
export interface StepModel {
  /** The entry; `[0, size)`. */
  readonly seq: number;
  /** Its turn, if it belongs to one. */
  readonly turn: number | undefined;
  /** The first turn that begins after it; as many as there are if none does. */
  readonly nextTurn: number;
  /** How many entries and turns the chain has; both may grow. */
  readonly size: number;
  readonly turns: number;
  /** What one step is. */
  readonly unit: "entry" | "turn";
  /** What is shown of the state: what the turn changed, or all of it after the turn. */
  readonly state: "change" | "whole";
  readonly help: boolean;
  /** How many lines of the body are above the screen, and how many may be at most. */
  readonly scroll: number;
  readonly scrollMax: number;
  /** How many lines a page has. */
  readonly page: number;
  /** What is being typed. */
  readonly prompt: { readonly asks: "find" | "go"; readonly text: string } | undefined;
  /** What was looked for last. */
  readonly sought: string | undefined;
  /** Shown until the next key. */
  readonly notice: string | undefined;
}

/** Where to go. */
export type StepTarget =
  | { readonly to: "entry"; readonly seq: number }
  | { readonly to: "turn"; readonly turn: number }
  /** As the user typed it. */
  | { readonly to: "moment"; readonly text: string };

/** What the machine wants to be done about a key. */
export type StepWish =
  | { readonly wish: "nothing" }
  | { readonly wish: "quit" }
  | { readonly wish: "go"; readonly target: StepTarget }
  | { readonly wish: "find"; readonly text: string; readonly backwards: boolean };

/** What a key came to. */
export interface StepResult {
  readonly model: StepModel;
  readonly wish: StepWish;
}

const nothing: StepWish = { wish: "nothing" };

/** Does what a key says. */
export function pressKey(before: StepModel, key: Key): StepResult {
  const model: StepModel = { ...before, notice: undefined };
  if (key.key === "interrupt") return { model, wish: { wish: "quit" } };
  if (model.prompt !== undefined) return typeInto(model, model.prompt, key);
  if (model.help) return { model: { ...model, help: false }, wish: nothing };
  switch (key.key) { // No default: a new key fails to compile here.
    case "character":
      return pressCharacter(model, key.text);
    case "right":
    case "enter":
      return step(model, 1);
    case "left":
    case "backspace":
      return step(model, -1);
    case "up":
      return scrolled(model, -1);
    case "down":
      return scrolled(model, 1);
    case "page up":
      return scrolled(model, -model.page);
    case "page down":
      return scrolled(model, model.page);
    case "home":
      return goTo(model, 0);
    case "end":
      return goTo(model, model.size - 1);
    case "tab":
      return { model: otherUnit(model), wish: nothing };
    case "escape":
      return { model, wish: { wish: "quit" } };
  }
}

function pressCharacter(model: StepModel, character: string): StepResult {
  switch (character) {
    case "n":
    case "l":
    case " ":
      return step(model, 1);
    case "p":
    case "h":
      return step(model, -1);
    case "j":
      return scrolled(model, 1);
    case "k":
      return scrolled(model, -1);
    case "]":
      return stepTurn(model, 1);
    case "[":
      return stepTurn(model, -1);
    case "0":
      return goTo(model, 0);
    case "G":
      return goTo(model, model.size - 1);
    case "t":
      return { model: otherUnit(model), wish: nothing };
    case "s":
      return {
        model: { ...model, state: model.state === "change" ? "whole" : "change", scroll: 0 },
        wish: nothing,
      };
    case "g":
      return { model: { ...model, prompt: { asks: "go", text: "" } }, wish: nothing };
    case "/":
      return { model: { ...model, prompt: { asks: "find", text: "" } }, wish: nothing };
    case "f":
      return findAgain(model, false);
    case "b":
      return findAgain(model, true);
    case "?":
      return { model: { ...model, help: true }, wish: nothing };
    case "q":
      return { model, wish: { wish: "quit" } };
    default: // Any other character does nothing; there is no list of them.
      return { model: { ...model, notice: "? shows the keys" }, wish: nothing };
  }
}

function typeInto(model: StepModel, { asks, text }: NonNullable<StepModel["prompt"]>, key: Key): StepResult {
  const typed = (to: string): StepResult => ({
    model: { ...model, prompt: { asks, text: to } },
    wish: nothing,
  });
  if (key.key === "character") return typed(text + key.text);
  if (key.key === "backspace" && text !== "") return typed([...text].slice(0, -1).join(""));
  const closed: StepModel = { ...model, prompt: undefined };
  if (key.key === "escape" || key.key === "backspace") return { model: closed, wish: nothing };
  if (key.key !== "enter") return { model, wish: nothing };
  if (asks === "find") {
    if (text === "") return findAgain(closed, false);
    return { model: { ...closed, sought: text }, wish: { wish: "find", text, backwards: false } };
  }
  if (text === "") return { model: closed, wish: nothing };
  return { model: closed, wish: { wish: "go", target: { to: "moment", text } } };
}

function findAgain(model: StepModel, backwards: boolean): StepResult {
  const { sought } = model;
  if (sought === undefined) {
    return { model: { ...model, notice: "nothing was looked for yet: / does" }, wish: nothing };
  }
  return { model, wish: { wish: "find", text: sought, backwards } };
}

function step(model: StepModel, by: 1 | -1): StepResult {
  return model.unit === "turn" ? stepTurn(model, by) : goTo(model, model.seq + by);
}

function goTo(model: StepModel, seq: number): StepResult {
  if (seq < 0) return { model: { ...model, notice: "this is the first entry" }, wish: nothing };
  // Past the end too: a chain may have grown since it was measured.
  return { model, wish: { wish: "go", target: { to: "entry", seq } } };
}

function stepTurn(model: StepModel, by: 1 | -1): StepResult {
  const turn = by === 1 ? model.nextTurn : (model.turn ?? model.nextTurn) - 1;
  if (turn < 0) return { model: { ...model, notice: "this is before the first turn" }, wish: nothing };
  return { model, wish: { wish: "go", target: { to: "turn", turn } } };
}

function scrolled(model: StepModel, by: number): StepResult {
  const scroll = Math.max(0, Math.min(model.scrollMax, model.scroll + by));
  return { model: { ...model, scroll }, wish: nothing };
}

function otherUnit(model: StepModel): StepModel {
  const unit = model.unit === "entry" ? "turn" : "entry";
  return { ...model, unit, notice: unit === "turn" ? "turn by turn" : "entry by entry" };
}
