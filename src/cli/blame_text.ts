import type { Entry } from "../chain/mod.ts";
import type { FieldChange } from "../travel/mod.ts";
import { reasonWords } from "./entry_words.ts";
import { fit, printable, widthOf } from "./printable.ts";
import { formatCount } from "./quantity.ts";
import type { Style } from "./style.ts";
import { toMoment } from "./timestamp.ts";

/** Changes of a field, a line each: turn, entry, time, what came in, and the values. */
export function formatFieldChanges(
  changes: readonly FieldChange[],
  style: Style,
  columns: number | undefined,
): string[] {
  const rows = changes.map((change) => ({ ...rowOf(change), change }));
  const width = (pick: (row: Row) => string) => Math.max(0, ...rows.map((row) => widthOf(pick(row))));
  const widths = {
    turn: width(({ turn }) => turn),
    seq: width(({ seq }) => seq),
    what: width(({ what }) => what),
  };
  return rows.map(({ turn, seq, time, what, change }) => {
    const lead = `${turn.padEnd(widths.turn)}  ${seq.padEnd(widths.seq)}  `;
    const cause = what.padEnd(widths.what + what.length - widthOf(what));
    const room = columns === undefined ? Infinity : columns - widthOf(`${lead}${time}  ${cause}  `);
    return `${lead}${style.dim(time)}  ${cause}  ${values(change, style, room)}`;
  });
}

interface Row {
  readonly turn: string;
  readonly seq: string;
  readonly time: string;
  readonly what: string;
}

function rowOf(change: FieldChange): Row {
  switch (change.by) {
    case "turn": {
      const { turn, opening, closing } = change.recorded;
      return { ...placeOf(turn, closing), what: causeWords(opening) };
    }
    case "keyframe": {
      const { keyframe } = change.activation;
      return { ...placeOf(keyframe.turn, keyframe), what: causeWords(keyframe) };
    }
    case "unknown": {
      const turn = change.turn === change.last
        ? `turn ${formatCount(change.turn)}`
        : `turns ${formatCount(change.turn)} to ${formatCount(change.last)}`;
      return { turn, seq: "", time: "", what: "one that cannot be run again" };
    }
  }
}

function placeOf(turn: number, { seq, time }: Entry) {
  const moment = toMoment(time, false);
  return {
    turn: `turn ${formatCount(turn)}`,
    seq: `entry ${formatCount(seq)}`,
    time: `${moment.date} ${moment.time}`,
  };
}

/** What opened a turn, in a few words. */
export function causeWords(opening: Entry): string {
  if (opening.kind === "receive") {
    return opening.type === "init" ? "init" : `${opening.type} from ${printable(opening.from)}`;
  }
  return opening.kind === "keyframe" ? `activation ${opening.activation} ${reasonWords(opening.reason)}` : "";
}

function values({ before, after }: FieldChange, style: Style, room: number): string {
  const [old, fresh] = [before, after].map((json) => json === undefined ? "nothing" : printable(json));
  const half = Math.max(8, Math.floor((room - 3) / 2));
  const shown = (text = "") => room === Infinity ? text : fit(text, half);
  return `${style.red(shown(old))} → ${style.green(shown(fresh))}`;
}
