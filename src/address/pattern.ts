import { AddressError, addressReason, brief, type Reason } from "./address.ts";

declare const patternBrand: unique symbol;

/**
 * Some addresses: `bank/teller` is that one, `bank/*` all below `bank` at any
 * depth (not `bank` itself), `*` all. Checked by {@linkcode parsePattern}.
 */
export type AddressPattern = string & { readonly [patternBrand]: true };

/**
 * Reads a pattern of addresses.
 *
 * @throws {AddressError}
 */
export function parsePattern(text: string): AddressPattern {
  const reason = patternReason(text);
  if (reason !== undefined) throw new AddressError(text, "a pattern of addresses", reason);
  return text as AddressPattern;
}

/** Why a text is not a pattern of addresses. */
export function patternReason(text: string): Reason | undefined {
  if (text === "*") return undefined;
  const stem = text.endsWith("/*") ? text.slice(0, -2) : text;
  const star = stem.indexOf("*");
  if (star >= 0) {
    return { wanted: 'an address, "address/*" or "*"', got: `a star at offset ${star} of ${brief(text)}` };
  }
  return addressReason(stem);
}

/** Whether one of the patterns takes the address in. */
export function matchesAny(patterns: readonly string[], address: string): boolean {
  return patterns.some((pattern) => {
    if (pattern === "*") return true;
    // "bank/*" without the star is the prefix "bank/".
    return pattern.endsWith("/*") ? address.startsWith(pattern.slice(0, -1)) : address === pattern;
  });
}

/** Whether every address that `inner` takes in is taken in by one of `outer`. */
export function coveredByAny(outer: readonly string[], inner: string): boolean {
  return outer.some((pattern) => {
    if (pattern === "*" || pattern === inner) return true;
    // No other pattern takes in all that "*" or a subtree does; below, "bank/a/*" starts like what is in it.
    return pattern.endsWith("/*") && inner.startsWith(pattern.slice(0, -1));
  });
}
