/**
 * Addresses and origins: how actors and chains are named.
 *
 * Every character of them is one that JSON leaves as it is, so they are written
 * into entries and messages without escaping.
 *
 * Layer 1.
 * @module
 */

/** Longest address, in characters (all ASCII, so also in bytes). */
export const addressCharsMax = 512;

/** The sender of a message that no actor sent. No actor may have this address. */
export const outside = "outside";

/** The address that is kept for the log of the node itself; the only one that begins with a dot. */
export const nodeAddress = ".node";

const segment = "[a-z0-9_-][a-z0-9._-]{0,63}";
const addressPattern = new RegExp(`^${segment}(?:/${segment})*$`);
const nodePattern = new RegExp(`^${segment}\\+[0-9a-f]{32}$`);

/**
 * Whether a text is the address of an actor: segments of 1 to 64 characters of
 * `[a-z0-9._-]`, not beginning with a dot, joined by `/`; at most
 * {@linkcode addressCharsMax} in all; not {@linkcode outside}; or {@linkcode nodeAddress}.
 */
export function isAddress(text: string): boolean {
  return text === nodeAddress ||
    text.length <= addressCharsMax && text !== outside && addressPattern.test(text);
}

/** Whether a text names a node: `<name>+<32 lowercase hex digits>`, the name being one segment. */
export function isNodeName(text: string): boolean {
  return nodePattern.test(text);
}

/** Whether a text is the origin of a chain: `<node>/<address>`. */
export function isOrigin(text: string): boolean {
  const slash = text.indexOf("/");
  return slash > 0 && isNodeName(text.slice(0, slash)) && isAddress(text.slice(slash + 1));
}

/**
 * Joins the origin of an actor's chain.
 *
 * @throws {TypeError} if either is not what it should be.
 */
export function formatOrigin(node: string, address: string): string {
  if (!isNodeName(node)) {
    throw new TypeError(`Cannot name a chain: wanted <name>+<32 hex digits>, got ${node}`);
  }
  if (!isAddress(address)) throw new TypeError(`Cannot name a chain: wanted an address, got ${address}`);
  return `${node}/${address}`;
}

/** The address in an origin: what stands behind its first `/`. */
export function addressOf(origin: string): string {
  return origin.slice(origin.indexOf("/") + 1);
}

/** The node in an origin: what stands before its first `/`. */
export function nodeOf(origin: string): string {
  return origin.slice(0, origin.indexOf("/"));
}
