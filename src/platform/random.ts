// Taken now: a sealed realm has no crypto any more.
const fill = crypto.getRandomValues.bind(crypto);

/** One call to the system's generator serves this many bytes: 256 salts. */
const poolBytes = 4096;

let pool = new Uint8Array(0);
let used = 0;

/**
 * `count` bytes from the system's cryptographic generator; goes on working in
 * a sealed realm. Each call returns bytes that nobody else gets.
 *
 * Small requests are cut from a pool, as one call to the generator costs about
 * as much for 4 KiB as for 16 bytes.
 *
 * @throws {RangeError} when `count` is not an integer from 0 to 65536
 */
export function randomBytes(count: number): Uint8Array {
  if (!Number.isInteger(count) || count < 0 || count > 65536) {
    throw new RangeError(`Cannot draw random bytes: wanted a count from 0 to 65536, got ${count}`);
  }
  if (count > poolBytes / 16) return fill(new Uint8Array(count));
  if (used + count > pool.length) {
    pool = fill(new Uint8Array(poolBytes));
    used = 0;
  }
  used += count;
  return pool.slice(used - count, used);
}
