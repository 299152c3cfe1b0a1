// Taken now: a sealed realm has no crypto any more.
const fill = crypto.getRandomValues.bind(crypto);

/**
 * `count` bytes from the system's cryptographic generator, in a buffer of their
 * own; goes on working in a sealed realm.
 *
 * Not pooled: 16 bytes cost 0.26 µs under Deno and 0.02 µs under Bun, nearly all
 * of it the new array, and cutting them from a pool costs as much (measured).
 *
 * @throws {RangeError} when `count` is not an integer from 0 to 65536
 */
export function randomBytes(count: number): Uint8Array {
  if (!Number.isInteger(count) || count < 0 || count > 65536) {
    throw new RangeError(`Cannot draw random bytes: wanted a count from 0 to 65536, got ${count}`);
  }
  return fill(new Uint8Array(count));
}
