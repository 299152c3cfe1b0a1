/**
 * Addresses of actors, and patterns of addresses.
 *
 * An address is chosen by the parent, never random, so that a replay finds the
 * same ones. Apart from the manifest's room because workers check addresses and
 * should not load a TOML reader for it. Trusts nothing. Pure. Layer 0.
 *
 * @example
 * ```ts
 * import { childAddress, matchesAny, parseAddress } from "./mod.ts";
 *
 * const teller = childAddress(parseAddress("bank"), "teller-3"); // bank/teller-3
 * matchesAny(["bank/*"], teller); // true
 * parseAddress("Bank"); // AddressError: wanted only a-z, …
 * ```
 * @module
 */

export {
  type Address,
  ADDRESS_BYTES_MAX,
  AddressError,
  type AddressFault,
  addressFault,
  addressReason,
  childAddress,
  NODE_ADDRESS,
  OUTSIDE,
  parentAddress,
  parseAddress,
  type Reason,
  SEGMENT_BYTES_MAX,
  segmentReason,
} from "./address.ts";
export { addressOf, formatOrigin, isAddress, isNodeName, isOrigin, nodeOf } from "./origin.ts";
export { type AddressPattern, coveredByAny, matchesAny, parsePattern, patternReason } from "./pattern.ts";
