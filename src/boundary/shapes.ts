import type { ValueType, VariantCase } from "../value/mod.ts";
import { camelCase } from "./names.ts";

/** Field names as JavaScript has them, in the order of the type. */
export function memberNames(names: readonly string[]): readonly string[] {
  const members = names.map(camelCase);
  const twice = members.find((member, i) => members.indexOf(member) !== i);
  if (twice !== undefined) {
    throw new TypeError(
      `Cannot encode a type with the names ${names.join(", ")}: two are ${twice} in JavaScript`,
    );
  }
  return members;
}

/**
 * Whether none and some are told apart by a tag in JavaScript: jco does so only
 * where the payload may itself be undefined, so every other level is tagged.
 */
export function isTagged(option: Extract<ValueType, { kind: "option" }>): boolean {
  return option.some.kind === "option" && !isTagged(option.some);
}

/** A result is a variant of two cases, except that a side without a payload has one that is null. */
export function resultCases(type: Extract<ValueType, { kind: "result" }>): readonly VariantCase[] {
  return [
    type.ok === undefined ? { name: "ok" } : { name: "ok", type: type.ok },
    type.err === undefined ? { name: "err" } : { name: "err", type: type.err },
  ];
}

/** Whether a text is one Unicode scalar value, which is what a char is. */
export function isScalar(text: string): boolean {
  return (text.length === 1 || (text.length === 2 && (text.codePointAt(0) ?? 0) > 0xffff)) &&
    text.isWellFormed();
}
