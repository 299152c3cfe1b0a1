/**
 * What `--withhold` takes: `kind:call`, `function:wasi:http/*`, `part:body`,
 * `seq:3..9`, `actor:bank/*`; several with commas between, which must all fit.
 *
 * @module
 */

import { matchesAny, patternReason } from "../address/mod.ts";
import { type Entry, type EntryKind, isPartRole, partRoleNames } from "../chain/mod.ts";
import { BundleError } from "./bundle_error.ts";
import type { PartPlace } from "./part_place.ts";

/** Which parts to take away. */
export interface WithholdSpec {
  /** As it was written. */
  readonly text: string;
  /** Whether a part is meant. */
  fits(place: PartPlace, entry: Entry): boolean;
}

type Condition = WithholdSpec["fits"];

const kinds: { readonly [kind in EntryKind]: true } = {
  genesis: true,
  keyframe: true,
  accept: true,
  receive: true,
  call: true,
  return: true,
  trap: true,
  cut: true,
  erase: true,
  prune: true,
  key: true,
  incarnation: true,
  supervise: true,
};

const rangePattern = /^(0|[1-9][0-9]{0,15})(?:\.\.(0|[1-9][0-9]{0,15}))?$/;

/** The inclusive range that a text names: `7`, or `3..9`; nothing for other texts. */
export function readSeqRange(text: string): { readonly first: number; readonly last: number } | undefined {
  const [, from, to = from] = rangePattern.exec(text) ?? [];
  if (from === undefined) return undefined;
  const range = { first: Number(from), last: Number(to) };
  return range.last < range.first ? undefined : range;
}

/**
 * Reads one `--withhold`.
 *
 * @throws {BundleError} `bad_spec`
 */
export function parseWithholdSpec(text: string): WithholdSpec {
  const conditions = text.split(",").map((word) => readCondition(word, text));
  return { text, fits: (place, entry) => conditions.every((fits) => fits(place, entry)) };
}

function readCondition(word: string, text: string): Condition {
  const colon = word.indexOf(":");
  const what = word.slice(0, Math.max(colon, 0));
  const value = word.slice(colon + 1);
  switch (what) {
    case "kind":
      if (!Object.hasOwn(kinds, value)) throw bad(text, `one of ${Object.keys(kinds).join(", ")}`, value);
      return (_, entry) => entry.kind === value;
    case "function": {
      if (value === "") throw bad(text, "the name of a function", value);
      const pattern = globPattern(value);
      return (_, entry) => entry.kind === "call" && pattern.test(entry.function);
    }
    case "part":
      if (!isPartRole(value)) throw bad(text, `one of ${partRoleNames.join(", ")}`, value);
      return (place) => place.role === value;
    case "seq": {
      const range = readSeqRange(value);
      if (range === undefined) throw bad(text, "a number, or first..last", value);
      return (place) => place.seq >= range.first && place.seq <= range.last;
    }
    case "actor": {
      const reason = patternReason(value);
      if (reason !== undefined) throw bad(text, reason.wanted, reason.got);
      return (place) => matchesAny([value], place.address);
    }
    default:
      throw bad(text, "kind:, function:, part:, seq: or actor:", word);
  }
}

/** `*` stands for anything, slashes too; a name without one fits the whole or what follows the last `#`. */
function globPattern(glob: string): RegExp {
  const body = glob.split("*").map((piece) => piece.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")).join(".*");
  return new RegExp(glob.includes("*") ? `^${body}$` : `^(?:.*#)?${body}$`);
}

function bad(text: string, wanted: string, got: string): BundleError {
  return new BundleError({ code: "bad_spec", text, wanted, got });
}
