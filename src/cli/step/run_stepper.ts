/**
 * The stepper at a terminal: keys in, drawings out, and the log behind it.
 *
 * @module
 */

import type { ReplayTools } from "../../replay/mod.ts";
import type { ActorRow, LogReader } from "../../store/mod.ts";
import { locate, openingOf, TravelError } from "../../travel/mod.ts";
import { CliError } from "../cli_error.ts";
import { createMatcher } from "../entry_filter.ts";
import { readEntry } from "../logged_entry.ts";
import { point } from "../point.ts";
import { formatCount } from "../quantity.ts";
import { requireActor } from "../read_log.ts";
import type { Style } from "../style.ts";
import { readKeys } from "./key.ts";
import { pressKey, type StepModel, type StepTarget, type StepWish } from "./model.ts";
import { readPage, type StepPage } from "./page.ts";
import { drawScreen, headingOf, helpBody, pageBody, type StateView } from "./render.ts";
import { createStepStates } from "./states.ts";

/** The terminal, as the stepper needs it. */
export interface StepTerminal {
  size(): { readonly columns: number; readonly rows: number };
  write(text: string): Promise<void>;
  /** What happens there; ends when nobody is there any more. */
  next(): Promise<StepEvent>;
  /** Whether something waits that `next` would give at once. */
  waiting(): boolean;
  /** Has `next` give a drawing anew. */
  redraw(): void;
  readonly style: Style;
}

/** Something that happens. */
export type StepEvent =
  | { readonly event: "input"; readonly text: string }
  | { readonly event: "draw" }
  | { readonly event: "end" };

/** What is stepped through, and where it begins. */
export interface StepSubject {
  readonly reader: LogReader;
  readonly actor: string;
  readonly seq: number;
  readonly tools: () => Promise<ReplayTools>;
  readonly nowMs: () => number;
}

/** Entries looked at between two looks at the keyboard. */
const findEntries = 2000;

/** Steps through a chain until the user has seen enough. */
export async function runStepper(subject: StepSubject, terminal: StepTerminal): Promise<void> {
  const { reader, tools } = subject;
  const { style } = terminal;
  let row: ActorRow = requireActor(reader, subject.actor);
  let page: StepPage = readPage(reader, row, subject.seq);
  let model: StepModel = {
    ...placeOf(page, row),
    unit: "entry",
    state: "change",
    help: false,
    scroll: 0,
    scrollMax: 0,
    page: 1,
    prompt: undefined,
    sought: undefined,
    notice: undefined,
  };
  const states = createStepStates(reader, () => row, tools, () => terminal.redraw());
  let drawn: { readonly body: readonly string[]; readonly of: readonly unknown[] } | undefined;

  function bodyOf(view: StateView, columns: number): readonly string[] {
    // Laid out anew only when something of it is another: scrolling a long state must not wait for that.
    const known = view.view === "known" ? [view.before, view.after] : [view.view];
    const of = [page, ...known, model.state, columns];
    if (drawn === undefined || drawn.of.length !== of.length || of.some((each, k) => each !== drawn?.of[k])) {
      drawn = { of, body: pageBody(page, view, model.state === "whole", columns, style) };
    }
    return drawn.body;
  }

  async function draw(): Promise<void> {
    const size = terminal.size();
    const view: StateView = page.turn === undefined ? { view: "loading" } : states.view(page.turn);
    const body = model.help ? helpBody(style) : bodyOf(view, size.columns);
    const { lines, ...fitted } = drawScreen(model, body, headingOf(model, page, style), size, style);
    model = { ...model, ...fitted, scroll: Math.min(model.scroll, fitted.scrollMax) };
    await terminal.write(`\x1b[H${lines.map((line) => `${line}\x1b[0m\x1b[K`).join("\r\n")}`);
  }

  function show(seq: number): void {
    row = requireActor(reader, subject.actor);
    page = readPage(reader, row, seq);
    model = { ...model, ...placeOf(page, row), scroll: 0 };
  }

  function go(target: StepTarget): void {
    row = requireActor(reader, subject.actor);
    switch (target.to) {
      case "entry":
        if (target.seq >= row.size) throw new Aside("this is the last entry");
        return show(target.seq);
      case "turn":
        if (target.turn >= row.turns) throw new Aside("no turn begins after this");
        return show(openingOf(reader, row, target.turn).seq);
      case "moment": {
        const read = point.read(target.text);
        if (read === undefined) throw new Aside(`wanted ${point.wanted}`);
        return show(locate(reader, row, read(subject.nowMs())));
      }
    }
  }

  /** Looks for text in what was said; any key ends it. */
  async function find(text: string, backwards: boolean): Promise<void> {
    const matches = createMatcher({ ...everything, text });
    const from = backwards ? 0 : model.seq + 1;
    const range = backwards ? { to: model.seq, backwards } : { from };
    let looked = 0;
    for (const stored of reader.records(row.address, range)) {
      if (matches(readEntry(reader, row.address, stored))) return show(stored.seq);
      if (++looked % findEntries > 0) continue;
      model = { ...model, notice: `looking for ${text}: entry ${formatCount(stored.seq)}; any key ends it` };
      await draw();
      await new Promise((resolve) => setTimeout(resolve, 0));
      if (terminal.waiting()) throw new Aside("not looked any further");
    }
    throw new Aside(`"${text}" was not said ${backwards ? "before" : "after"} this`);
  }

  async function fulfil(wish: StepWish): Promise<void> {
    try {
      if (wish.wish === "go") go(wish.target);
      else if (wish.wish === "find") await find(wish.text, wish.backwards);
    } catch (error) {
      if (!(error instanceof Aside || error instanceof TravelError || error instanceof CliError)) throw error;
      model = { ...model, notice: error.message.split("\n")[0] };
    }
  }

  for (;;) {
    if (!terminal.waiting()) await draw();
    const event = await terminal.next();
    if (event.event === "end") return;
    if (event.event === "draw") continue;
    for (const key of readKeys(event.text)) {
      const pressed = pressKey(model, key);
      model = pressed.model;
      if (pressed.wish.wish === "quit") return;
      await fulfil(pressed.wish);
    }
  }
}

/** Something that is said in the last line, and changes nothing. */
class Aside extends Error {
  override readonly name = "Aside";
}

const everything = {
  kinds: [],
  functions: [],
  turn: undefined,
  sinceMs: undefined,
  untilMs: undefined,
} as const;

function placeOf({ seq, turn, nextTurn }: StepPage, { size, turns }: ActorRow) {
  return { seq, turn, nextTurn, size, turns };
}
