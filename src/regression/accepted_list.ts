/**
 * The list of differences that were looked at and are intended: a text file that
 * stands beside the code, and is reviewed with it.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue, memberOf } from "../codec/mod.ts";
import { type CodeDifference, type DiffersIn, differsIn, type FieldDifference } from "../replay/mod.ts";

/** One accepted difference: what differs in a turn, and how. */
export interface Accepted {
  readonly turn: number;
  readonly what: DiffersIn;
  /** SHA-256 of what was recorded, and of what is to come instead. */
  readonly expected: string;
  readonly got: string;
  /** The first fields that differ, for who reads it. */
  readonly fields: readonly string[];
  /** What a person wrote about it. */
  readonly why?: string;
}

/** Accepted differences by the origin of their chain. */
export type AcceptedList = ReadonlyMap<string, readonly Accepted[]>;

/** Stands at the head of a list, so that no other file is taken for one. */
const format = "theater accepted differences, version 1";

/** Most fields of one difference that are written down. */
const fieldsMax = 5;

/** Writes a difference as it is accepted. */
export function acceptedOf(turn: number, difference: CodeDifference, why: string | undefined): Accepted {
  const { what, expected, got, fields, more } = difference;
  const rest = more + Math.max(0, fields.length - fieldsMax);
  return {
    turn,
    what,
    expected,
    got,
    fields: [...fields.slice(0, fieldsMax).map(fieldText), ...(rest > 0 ? [`and ${rest} more`] : [])],
    ...(why !== undefined && { why }),
  };
}

/** A field that differs, on one line. */
export function fieldText({ path, expected, got }: FieldDifference): string {
  const change = `${expected ?? "nothing"} -> ${got ?? "nothing"}`;
  return path === "" ? change : `${path}: ${change}`;
}

/** What makes two differences of a chain the same. */
export function acceptedKey({ turn, what, expected, got }: Omit<Accepted, "fields">): string {
  return `${turn} ${what} ${expected} ${got}`;
}

/** Writes a list: JSON, one line a difference, in the order of chains and turns. */
export function formatAccepted(list: AcceptedList): string {
  const chains = [...list].filter(([, all]) => all.length > 0).sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = chains.map(([origin, all]) => {
    const sorted = all.toSorted((a, b) =>
      a.turn - b.turn || differsIn.indexOf(a.what) - differsIn.indexOf(b.what) ||
      (acceptedKey(a) < acceptedKey(b) ? -1 : 1)
    );
    return `    ${JSON.stringify(origin)}: [\n${
      sorted.map((each) => `      ${formatOne(each)}`).join(",\n")
    }\n    ]`;
  });
  const body = lines.length === 0 ? "{}" : `{\n${lines.join(",\n")}\n  }`;
  return `{\n  "format": ${JSON.stringify(format)},\n  "accepted": ${body}\n}\n`;
}

function formatOne({ turn, what, fields, expected, got, why }: Accepted): string {
  const members = { turn, what, ...(why !== undefined && { why }), fields, expected, got };
  return `{ ${
    Object.entries(members).map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`).join(
      ", ",
    )
  } }`;
}

/**
 * Reads a list.
 *
 * @returns the list, or what is wrong with the text
 */
export function parseAccepted(text: string): AcceptedList | { readonly detail: string } {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch (error) {
    return { detail: error instanceof Error ? error.message : String(error) };
  }
  if (!isJsonObject(value) || memberOf(value, "format") !== format) {
    return { detail: `wanted "format": "${format}"` };
  }
  const accepted = memberOf(value, "accepted");
  if (!isJsonObject(accepted)) {
    return { detail: 'wanted "accepted" to be an object, by the origin of each chain' };
  }
  const list = new Map<string, readonly Accepted[]>();
  for (const [origin, items] of Object.entries(accepted)) {
    if (!Array.isArray(items)) return { detail: `wanted an array at accepted[${JSON.stringify(origin)}]` };
    const all: Accepted[] = [];
    for (const [k, item] of items.entries()) {
      const one = isJsonObject(item) ? parseOne(item) : "wanted an object";
      if (typeof one === "string") {
        return { detail: `accepted[${JSON.stringify(origin)}][${k}]: ${one}` };
      }
      all.push(one);
    }
    list.set(origin, all);
  }
  return list;
}

const names = ["turn", "what", "why", "fields", "expected", "got"];

function parseOne(item: JsonObject): Accepted | string {
  const unknown = Object.keys(item).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    return `there is no member ${JSON.stringify(unknown)}: wanted ${names.join(", ")}`;
  }
  const { turn, what, why, fields = [], expected, got } = item;
  const known = differsIn.find((each) => each === what);
  if (typeof turn !== "number" || !Number.isSafeInteger(turn) || turn < 0) {
    return "turn: wanted a whole number from 0";
  }
  if (known === undefined) return `what: wanted one of ${differsIn.join(", ")}`;
  if (!isHash(expected)) return "expected: wanted 64 lowercase hex digits";
  if (!isHash(got)) return "got: wanted 64 lowercase hex digits";
  if (!isTexts(fields)) return "fields: wanted an array of texts";
  if (why !== undefined && typeof why !== "string") return "why: wanted a text";
  return { turn, what: known, expected, got, fields, ...(why !== undefined && { why }) };
}

function isHash(value: JsonValue | undefined): value is string {
  return typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
}

function isTexts(value: JsonValue): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
