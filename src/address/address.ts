import { Buffer } from "node:buffer";

declare const addressBrand: unique symbol;

/** Where an actor lives: its parent's address, "/", then its own name. Checked by {@linkcode parseAddress}. */
export type Address = string & { readonly [addressBrand]: true };

/** Longest address, in bytes. */
export const ADDRESS_BYTES_MAX = 512;
/** Longest segment, in bytes. */
export const SEGMENT_BYTES_MAX = 64;

/** The actor that stands for the node itself. No manifest can name it. */
export const NODE_ADDRESS = ".node" as Address;
/** What stands for the sender of a message that no actor sent, so that no actor may be called so. */
export const OUTSIDE = "outside";

/** Why a text is not an address. Plain data, so it crosses a thread intact. */
export interface AddressFault {
  readonly code: "bad_address";
  readonly wanted: string;
  readonly got: string;
}

/** A text that is not an address, or not a pattern of addresses. */
export class AddressError extends Error {
  override readonly name = "AddressError";
  readonly fault: AddressFault;

  constructor(text: string, what: string, reason: Reason) {
    super(`Cannot read ${brief(text)} as ${what}: wanted ${reason.wanted}, got ${reason.got}`);
    this.fault = { code: "bad_address", ...reason };
  }
}

/** The two halves of a refusal. */
export interface Reason {
  readonly wanted: string;
  readonly got: string;
}

/**
 * Reads an address: segments of `[a-z0-9._-]`, 1 to 64 characters each, joined
 * by "/", 512 bytes at most. Segments that begin with "." are reserved, and so
 * is the first segment "outside".
 *
 * @throws {AddressError}
 */
export function parseAddress(text: string): Address {
  const reason = addressReason(text);
  if (reason !== undefined) throw new AddressError(text, "an address", reason);
  return text as Address;
}

/** The address of a parent's child.
 *
 * @throws {AddressError} Where `name` is no segment, or the whole grows too long.
 */
export function childAddress(parent: Address, name: string): Address {
  const reason = segmentReason(name);
  if (reason !== undefined) throw new AddressError(name, "the name of an actor", reason);
  return parseAddress(`${parent}/${name}`);
}

/** The address of an actor's parent; undefined for one that has none. */
export function parentAddress(address: string): string | undefined {
  const slash = address.lastIndexOf("/");
  return slash < 0 ? undefined : address.slice(0, slash);
}

/** Says in words why a text is not an address, or nothing if it is one. */
export function addressFault(text: string): string | undefined {
  const reason = addressReason(text);
  return reason === undefined ? undefined : `wanted ${reason.wanted}, got ${reason.got}`;
}

/** Why a text is not an address. */
export function addressReason(text: string): Reason | undefined {
  if (text.length > ADDRESS_BYTES_MAX) {
    return { wanted: `at most ${ADDRESS_BYTES_MAX} bytes`, got: `${Buffer.byteLength(text)} bytes` };
  }
  const segments = text.split("/");
  if (segments[0] === OUTSIDE) {
    return { wanted: "an actor", got: `"${OUTSIDE}", which stands for the world outside` };
  }
  for (const segment of segments) {
    const reason = segmentReason(segment);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** Why a text is not one segment of an address, so not the name of an actor. */
export function segmentReason(text: string): Reason | undefined {
  if (text === "") return { wanted: "a name between the slashes", got: "nothing" };
  if (text.length > SEGMENT_BYTES_MAX) {
    return { wanted: `a name of at most ${SEGMENT_BYTES_MAX} characters`, got: `${text.length} characters` };
  }
  const bad = text.match(/[^a-z0-9._-]/u);
  if (bad !== null) {
    return { wanted: "only a-z, 0-9, dot, underscore and hyphen", got: JSON.stringify(bad[0]) };
  }
  if (text.startsWith(".")) {
    return { wanted: "a name that does not begin with a dot", got: JSON.stringify(text) };
  }
  return undefined;
}

/** Quotes a text from outside, never more than a line of it. */
export function brief(text: string): string {
  return JSON.stringify(text.length > 64 ? text.slice(0, 64) + "…" : text);
}
