import type { Entry } from "../chain/mod.ts";
import type { StoredPart } from "../store/mod.ts";
import { describeEntry, type EntryWords } from "./entry_words.ts";
import { fit, widthOf } from "./printable.ts";
import type { Style } from "./style.ts";
import { toMoment } from "./timestamp.ts";

/** How lines are laid out; the same for all lines of one output. */
export interface LineLayout {
  readonly style: Style;
  /** Columns of a line; nothing is cut off without. */
  readonly columns?: number;
  readonly utc: boolean;
  /** Width of the column of sequence numbers. */
  readonly seqColumns: number;
  /** Width of the column of actors; there is none without. */
  readonly actorColumns?: number;
  /** Whether the date stands before the time. */
  readonly dated: boolean;
}

const kindColumns = 8;
/** Even on a narrow terminal so much of what was said is shown. */
const payloadLeast = 12;

/** One entry on one line, line feed included. */
export function formatEntryLine(
  address: string,
  entry: Entry,
  parts: readonly StoredPart[],
  layout: LineLayout,
): string {
  const { style } = layout;
  const words = describeEntry(entry, parts);
  const paint = words.alarm ? (text: string) => style.bold(style.red(text)) : style.bold;
  const moment = toMoment(entry.time, layout.utc);
  const columns: Column[] = [
    { text: String(entry.seq).padStart(layout.seqColumns), paint: style.dim },
    { text: layout.dated ? `${moment.date} ${moment.time}` : moment.time, paint: style.dim },
  ];
  if (layout.actorColumns !== undefined) {
    const actor = fit(address, layout.actorColumns);
    columns.push({ text: actor + " ".repeat(layout.actorColumns - widthOf(actor)) });
  }
  columns.push({ text: entry.kind.padEnd(kindColumns), paint });
  columns.push(words.alarm ? { text: words.what, paint: style.red } : { text: words.what });
  const payload = layPayload(columns, words, layout.columns);
  if (payload !== "") columns.push({ text: payload });
  if (words.facts.length > 0) columns.push({ text: words.facts.join("  "), paint: style.dim });
  const line = columns.map(({ text, paint = identity }) => text === "" ? "" : paint(text)).join("  ");
  return `${line.trimEnd()}\n`;
}

interface Column {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

function identity(text: string): string {
  return text;
}

/** What was asked, and what was answered, in the room that the other columns leave. */
function layPayload(columns: readonly Column[], words: EntryWords, lineColumns: number | undefined): string {
  const { asked, answered } = words;
  const arrow = answered === "" ? "" : asked === "" ? "→ " : " → ";
  if (lineColumns === undefined) return asked + arrow + answered;
  const others = [...columns.map(({ text }) => text), ...words.facts];
  const taken = others.reduce((sum, text) => sum + widthOf(text) + 2, 0) + arrow.length;
  const room = Math.max(payloadLeast, lineColumns - taken);
  const answer = fit(answered, Math.max(room - widthOf(asked), asked === "" ? room : Math.floor(room / 3)));
  return fit(asked, room - widthOf(answer)) + arrow + answer;
}
