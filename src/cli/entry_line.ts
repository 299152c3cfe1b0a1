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
const gap = "  ";
/** Facts give way until so much of what was said can be shown. */
const payloadLeast = 28;

/** One entry on one line, line feed included. */
export function formatEntryLine(
  address: string,
  entry: Entry,
  parts: readonly StoredPart[],
  layout: LineLayout,
): string {
  const { style } = layout;
  const words = describeEntry(entry, parts);
  const { date, time } = toMoment(entry.time, layout.utc);
  const lead: Column[] = [
    { text: String(entry.seq).padStart(layout.seqColumns), paint: style.dim },
    { text: layout.dated ? `${date} ${time}` : time, paint: style.dim },
  ];
  if (layout.actorColumns !== undefined) {
    const actor = fit(address, layout.actorColumns);
    lead.push({ text: actor + " ".repeat(layout.actorColumns - widthOf(actor)) });
  }
  const kind = entry.kind.padEnd(kindColumns);
  lead.push({ text: kind, paint: words.alarm ? (text) => style.bold(style.red(text)) : style.bold });
  const room = layout.columns === undefined
    ? Infinity
    : layout.columns - lead.reduce((sum, { text }) => sum + widthOf(text) + gap.length, 0);
  const line = [...lead, ...layWords(words, room, style)].filter(({ text }) => text !== "");
  return `${line.map(({ text, paint }) => paint === undefined ? text : paint(text)).join(gap).trimEnd()}\n`;
}

interface Column {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

/** What an entry says in `room` columns: first its facts give way, then what was said is cut. */
function layWords(words: EntryWords, room: number, style: Style): readonly Column[] {
  const what = fit(words.what, room);
  const said = joinSaid(words.asked, words.answered);
  const used = what === "" ? 0 : widthOf(what) + gap.length;
  const facts = [...words.facts];
  const factsWidth = () => facts.reduce((sum, fact) => sum + widthOf(fact) + gap.length, 0);
  const wanted = Math.min(widthOf(said), payloadLeast);
  while (facts.length > 0 && room - used - factsWidth() < wanted) facts.pop();
  return [
    words.alarm ? { text: what, paint: style.red } : { text: what },
    { text: fitSaid(words, room - used - factsWidth()) },
    { text: facts.join(gap), paint: style.dim },
  ];
}

function joinSaid(asked: string, answered: string): string {
  return answered === "" ? asked : asked === "" ? `→ ${answered}` : `${asked} → ${answered}`;
}

/** Where both do not fit, the answer keeps a third of the room, or what the question leaves. */
function fitSaid({ asked, answered }: EntryWords, room: number): string {
  if (asked === "" || answered === "" || widthOf(asked) + widthOf(answered) + 3 <= room) {
    return fit(joinSaid(asked, answered), room);
  }
  const answer = fit(answered, Math.max(room - 3 - widthOf(asked), Math.floor(room / 3)));
  return fit(joinSaid(fit(asked, room - 3 - widthOf(answer)), answer), room);
}
