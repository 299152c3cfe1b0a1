import type { Point } from "../travel/mod.ts";
import { moment } from "./moment.ts";
import type { Reader } from "./option.ts";

/**
 * A moment of a chain: `14` (after this entry), `turn:12` (after this turn),
 * `last`, `last-3` (three turns before the last), or a time as
 * {@linkcode moment} reads it (after what had been recorded by then). Read as a
 * function of the present.
 */
export const point: Reader<(nowMs: number) => Point> = {
  placeholder: "<moment>",
  wanted: "a moment: an entry such as 14, turn:12, last, last-3, or a time such as 10m, 14:03 or " +
    "2026-03-01T14:03:22Z",
  read: (given) => {
    const number = (digits: string | undefined) => {
      const read = Number((digits ?? "0").replace(/[,_]/g, ""));
      return Number.isSafeInteger(read) ? read : undefined;
    };
    const match = /^(?:(turn:)?([0-9]+(?:[,_][0-9]+)*)|last(?:-([0-9]+))?)$/.exec(given);
    if (match === null) {
      const time = moment.read(given);
      return time && ((nowMs) => ({ point: "time", timeMs: time(nowMs) }));
    }
    const [, turn, digits, back] = match;
    const count = number(digits ?? back);
    if (count === undefined) return undefined;
    if (digits === undefined) return () => ({ point: "last", turnsBefore: count });
    return () => turn === undefined ? { point: "entry", seq: count } : { point: "turn", turn: count };
  },
};

/** What help says of moments, with each command that takes one. */
export const pointHelp =
  "A moment is the number of an entry, as theater log shows it (14: after that entry); a turn (turn:12: " +
  "after that turn); the end (last), or so many turns before it (last-3); or a time (10m ago, 14:03 today, " +
  "2026-03-01T14:03: after what had been recorded by then).";
