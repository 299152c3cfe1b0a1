import { checkJsonText, JsonTextError } from "../codec/mod.ts";
import { readDuration } from "./moment.ts";
import type { Reader } from "./option.ts";

/** `<seq>=<json>`: an entry, and what takes its place. */
export const override: Reader<{ readonly seq: number; readonly text: string }> = {
  placeholder: "<seq>=<json>",
  wanted: "the number of an entry and what is to take its place, in JSON, such as 12=5",
  read(given) {
    const equals = given.indexOf("=");
    const seq = readDigits(given.slice(0, Math.max(0, equals)));
    const text = given.slice(equals + 1);
    if (seq === undefined) return undefined;
    try {
      checkJsonText(text, { bytesMax: Infinity, depthMax: jsonDepthMax });
      return { seq, text };
    } catch (error) {
      if (error instanceof JsonTextError) return undefined;
      throw error;
    }
  },
};

/** Deepest JSON that an actor takes. */
const jsonDepthMax = 512;

/**
 * Any text that is not empty.
 *
 * @param wanted what it is: "a file". @default "some text"
 */
export function text(placeholder: string, wanted = "some text"): Reader<string> {
  return { placeholder, wanted, read: (given) => given === "" ? undefined : given };
}

/** One word of a list. */
export function choice<const C extends string>(placeholder: string, choices: readonly C[]): Reader<C> {
  return {
    placeholder,
    wanted: `one of ${choices.join(", ")}`,
    choices,
    read: (given) => choices.find((one) => one === given),
  };
}

/** A whole number of at least `least`, in decimal digits; commas and underscores between them are ignored. */
export function wholeNumber(placeholder: string, least = 0): Reader<number> {
  return {
    placeholder,
    wanted: least === 0 ? "a whole number" : `a whole number of at least ${least}`,
    read: (given) => {
      const number = readDigits(given);
      return number !== undefined && number >= least ? number : undefined;
    },
  };
}

/** Longest wait that the runtimes' timers take, in milliseconds (2^31 - 1). */
const durationMsMax = 2_147_483_647;

/** A length of time, in milliseconds. */
export const duration: Reader<number> = {
  placeholder: "<time>",
  wanted: "a length of time such as 500ms, 30s or 2m, at most 24 days",
  read: (given) => {
    const ms = readDuration(given);
    return ms !== undefined && ms <= durationMsMax ? ms : undefined;
  },
};

/** `n`, or `all` for no limit. */
export const countOrAll: Reader<number> = {
  placeholder: "<n>",
  wanted: 'a whole number, or "all"',
  read: (given) => given === "all" ? Infinity : readDigits(given),
};

/** Whole numbers from `from` to `to`, both included. */
export interface Span {
  readonly from: number;
  /** Infinity where it is left open. */
  readonly to: number;
}

/** `7`, `3..9`, `3..` or `..9`; both ends included. */
export const span: Reader<Span> = {
  placeholder: "<a..b>",
  wanted: "a number or a range such as 3..9, 3.. or ..9",
  read: (given) => {
    const dots = given.indexOf("..");
    if (dots < 0) {
      const only = readDigits(given);
      return only === undefined ? undefined : { from: only, to: only };
    }
    const [first, last] = [given.slice(0, dots), given.slice(dots + 2)];
    if (first === "" && last === "") return undefined;
    const from = first === "" ? 0 : readDigits(first);
    const to = last === "" ? Infinity : readDigits(last);
    return from === undefined || to === undefined || from > to ? undefined : { from, to };
  },
};

function readDigits(given: string): number | undefined {
  if (!/^[0-9]+(?:[,_][0-9]+)*$/.test(given)) return undefined;
  const number = Number(given.replace(/[,_]/g, ""));
  return Number.isSafeInteger(number) ? number : undefined;
}

/** The address of an actor, whether there is one or not. */
export const actorAddress: Reader<string> = text("<actor>", "the address of an actor");
