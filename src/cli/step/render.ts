/**
 * What the stepper draws: lines of text for a screen of a given size.
 *
 * @module
 */

import { partRoles } from "../../chain/mod.ts";
import { decodeUtf8 } from "../../codec/mod.ts";
import { differences, parseVerbatim } from "../../difference/mod.ts";
import type { StoredPart } from "../../store/mod.ts";
import { causeWords } from "../blame_text.ts";
import { formatChanges } from "../change_text.ts";
import { formatEntryLine } from "../entry_line.ts";
import { isJsonRole } from "../entry_words.ts";
import { prettyJson } from "../pretty_json.ts";
import { printable, printableLines } from "../printable.ts";
import { formatBytes, formatCount } from "../quantity.ts";
import type { Style } from "../style.ts";
import { toMoment } from "../timestamp.ts";
import type { StepModel } from "./model.ts";
import type { PageEntry, StepPage } from "./page.ts";
import { fitStyled } from "./styled.ts";

/** What is known of the state before and after the turn that is shown. */
export type StateView =
  | { readonly view: "loading" }
  | { readonly view: "failed"; readonly message: string }
  /** `before` is absent where nobody knows it. */
  | { readonly view: "known"; readonly before: string | undefined; readonly after: string };

/** A screen full of text. */
export interface Drawing {
  /** As many as the screen has rows, none wider than it. */
  readonly lines: readonly string[];
  /** How many lines of the body can be above the screen, and how many are shown. */
  readonly scrollMax: number;
  readonly page: number;
}

/** Entries of a turn that are listed at once. */
const listedMax = 14;
/** Lines of a part, or of a state, that are laid out. */
const partLinesMax = 1000;

/** Draws a body as far as the screen has room, with a line above and one below. */
export function drawScreen(
  model: StepModel,
  body: readonly string[],
  heading: string,
  size: { readonly columns: number; readonly rows: number },
  style: Style,
): Drawing {
  const rows = Math.max(1, size.rows);
  const page = Math.max(0, rows - 2);
  const scrollMax = Math.max(0, body.length - page);
  const scroll = Math.min(model.scroll, scrollMax);
  const shown = body.slice(scroll, scroll + page);
  const blank = Array.from({ length: page - shown.length }, () => "");
  const last = footer(model, scroll, scrollMax, style);
  const lines = rows === 1 ? [last] : [heading, ...shown, ...blank, last];
  return { lines: lines.map((line) => fitStyled(line, Math.max(0, size.columns))), scrollMax, page };
}

/** The line at the top: where one is. */
export function headingOf(model: StepModel, page: StepPage, style: Style): string {
  const { entry } = page.shown ?? {};
  const turn = page.turn === undefined
    ? "between turns"
    : `turn ${formatCount(page.turn)} of ${formatCount(model.turns)}`;
  const moment = entry === undefined ? undefined : toMoment(entry.time, false);
  return [
    style.bold(printable(page.actor)),
    `entry ${formatCount(model.seq)} of ${formatCount(model.size)}`,
    turn,
    ...(moment === undefined ? [] : [style.dim(`${moment.date} ${moment.time}`)]),
    style.dim(model.unit === "turn" ? "turn by turn" : "entry by entry"),
  ].join("  ");
}

function footer(model: StepModel, scroll: number, scrollMax: number, style: Style): string {
  const { prompt, notice } = model;
  if (prompt !== undefined) {
    const asks = prompt.asks === "find" ? "/" : "go to (14, turn:12, last, last-3, a time): ";
    return `${style.bold(asks)}${printable(prompt.text)}▏`;
  }
  if (notice !== undefined) return style.bold(printable(notice));
  const more = scrollMax === 0 ? "" : `↑↓ ${scroll === scrollMax ? "end" : `${scrollMax - scroll} more`}  `;
  return style.dim(`${more}→ on  ← back  ] [ by turns  g go to  / find  s whole state  ? all keys  q end`);
}

/** What is said of the keys. */
export function helpBody(style: Style): readonly string[] {
  const rows: readonly (readonly [keys: string, what: string])[] = [
    ["→ n l enter space", "one step on"],
    ["← p h backspace", "one step back"],
    ["t tab", "a step is an entry, or a turn"],
    ["] [", "a turn on, a turn back"],
    ["0 home, G end", "the first entry, the last"],
    ["g", "go to a moment: 14 (an entry), turn:12, last, last-3, 14:03, 10m"],
    ["/", "find text in what was said, from here on"],
    ["f b", "find it again, onwards and backwards"],
    ["↓ j, ↑ k, page keys", "scroll"],
    ["s", "what the turn changed in the state, or all of it"],
    ["q escape ctrl-c", "end"],
  ];
  return [
    "",
    ...rows.map(([keys, what]) => `  ${style.bold(keys.padEnd(22))}${what}`),
    "",
    `  ${style.dim("any key goes back")}`,
  ];
}

/** Everything about an entry and its turn. */
export function pageBody(
  page: StepPage,
  view: StateView,
  whole: boolean,
  columns: number,
  style: Style,
): readonly string[] {
  const { shown } = page;
  if (shown === undefined) {
    return [
      "",
      `entry ${page.seq} is pruned: nothing but its hash is left, which an entry of the chain says`,
    ];
  }
  return [
    "",
    ...turnLines(page, columns, style),
    "",
    ...stateLines(page, view, whole, columns, style),
    ...partLines(shown, columns, style),
  ];
}

function turnLines(page: StepPage, columns: number, style: Style): string[] {
  const { around, left, seq } = page;
  const at = around.findIndex(({ entry }) => entry.seq === seq);
  const from = Math.max(0, Math.min(at - Math.floor(listedMax / 2), around.length - listedMax));
  const listed = around.slice(from, from + listedMax);
  const before = left.before + from;
  const after = left.after + around.length - from - listed.length;
  const [first] = around;
  const cause = first === undefined || left.before > 0 ? "" : causeWords(first.entry);
  const layout = {
    style,
    columns: Math.max(20, columns - 2),
    utc: false,
    seqColumns: String((around.at(-1)?.entry.seq ?? seq) + 1).length,
    dated: false,
  };
  return [
    ...(page.turn === undefined ? [] : [`${style.bold(`turn ${formatCount(page.turn)}`)}  ${cause}`]),
    ...(before > 0 ? [style.dim(`  ${formatCount(before)} before`)] : []),
    ...listed.map(({ entry, parts }) => {
      const line = formatEntryLine(page.actor, entry, parts, layout).trimEnd();
      return entry.seq === seq ? `${style.bold("▸")} ${line}` : `  ${line}`;
    }),
    ...(after > 0 ? [style.dim(`  ${formatCount(after)} after`)] : []),
  ];
}

function partLines({ entry, parts }: PageEntry, columns: number, style: Style): string[] {
  return partRoles(entry).flatMap((role, index) => {
    const part = parts[index];
    // States are shown above, whether the log keeps them or not.
    if (role === "state") return [];
    const heading = `${style.bold(role)}  ${style.dim(sizeWords(part))}`;
    if (part?.bytes === undefined) return [heading, ""];
    const text = decodeUtf8(part.bytes);
    const laid = isJsonRole(role) ? prettyJson(text, Math.max(20, columns - 2)) : text;
    return [heading, ...indented(laid), ""];
  });
}

function sizeWords(part: StoredPart | undefined): string {
  if (part?.bytes !== undefined) return formatBytes(part.bytes.length);
  return part?.status === "derivable" ? "comes out of a replay" : part?.status ?? "missing";
}

function stateLines(
  page: StepPage,
  view: StateView,
  whole: boolean,
  columns: number,
  style: Style,
): string[] {
  if (page.turn === undefined) return [];
  return [...stateWords(view, whole, columns, style), ""];
}

function stateWords(view: StateView, whole: boolean, columns: number, style: Style): string[] {
  const heading = style.bold("state");
  switch (view.view) {
    case "loading":
      return [`${heading}  ${style.dim("running turns again…")}`];
    case "failed":
      return [`${heading}  ${style.red("not known")}`, ...indented(view.message)];
    case "known": {
      const { before, after } = view;
      if (whole || before === undefined) {
        return [
          `${heading}  ${
            style.dim(`after the turn, ${formatBytes(new TextEncoder().encode(after).length)}`)
          }`,
          ...indented(prettyJson(after, Math.max(20, columns - 2))),
        ];
      }
      const changes = differences(parseVerbatim(before), parseVerbatim(after));
      if (changes.length === 0) return [`${heading}  ${style.dim("not changed by the turn")}`];
      return [
        `${heading}  ${style.dim("what the turn changed")}`,
        ...formatChanges(changes, style, Math.max(20, columns - 2)).slice(0, partLinesMax).map((line) =>
          `  ${line}`
        ),
      ];
    }
  }
}

function indented(text: string): string[] {
  const lines = printableLines(text).replaceAll("\t", " ").split("\n");
  const rest = lines.length - partLinesMax;
  return [
    ...lines.slice(0, partLinesMax).map((line) => `  ${line}`),
    ...(rest > 0 ? [`  … ${formatCount(rest)} lines more`] : []),
  ];
}
