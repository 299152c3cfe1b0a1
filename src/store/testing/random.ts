/** Random choices that a seed repeats. */
export interface Random {
  /** An integer from 0 to `limit - 1`. */
  below(limit: number): number;
  /** A short text, with characters of one to four bytes. */
  text(): string;
}

/** Same seed, same choices (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  const letters = ["a", "z", "0", '"', "\\", "\n", "é", "€", "😀", "\u0000"];
  return {
    below,
    text: () => Array.from({ length: below(12) }, () => letters[below(letters.length)]).join(""),
  };
}
