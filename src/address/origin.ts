import { ADDRESS_BYTES_MAX, NODE_ADDRESS, OUTSIDE } from "./address.ts";

// Every character of these is one that JSON leaves as it is, so they are written into entries and messages
// without escaping. Patterns, not `addressReason()`, as every entry that is read passes through here.
const segment = "[a-z0-9_-][a-z0-9._-]{0,63}";
const addressPattern = new RegExp(`^${segment}(?:/${segment})*$`);
const nodePattern = new RegExp(`^${segment}~[0-9a-f]{32}$`);

/**
 * Whether a text is the address of an actor: segments of 1 to 64 characters of
 * `[a-z0-9._-]`, not beginning with a dot, joined by `/`; at most
 * {@linkcode ADDRESS_BYTES_MAX} in all; not {@linkcode OUTSIDE}; or {@linkcode NODE_ADDRESS}.
 */
export function isAddress(text: string): boolean {
  return text === NODE_ADDRESS ||
    text.length <= ADDRESS_BYTES_MAX && text !== OUTSIDE && addressPattern.test(text);
}

/** Whether a text names a node: `<name>~<32 lowercase hex digits>`, the name being one segment. */
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
    throw new TypeError(`Cannot name a chain: wanted <name>~<32 hex digits>, got ${node}`);
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
