import { utf8Length } from "./utf8_length.ts";

/** The room that the records of one turn have. */
export interface Room {
  /** Takes room for texts; false, and takes none, if there is not enough. */
  take(...texts: readonly string[]): boolean;
  /** All of it again. */
  clear(): void;
}

/** @param bytesMax of UTF-8 */
export function createRoom(bytesMax: number): Room {
  // Counting bytes costs more than all the rest of a call, so an upper bound is kept, and the texts
  // are counted only once that comes near the limit.
  let counted = 0;
  let bound = 0;
  let uncounted: string[] = [];

  return {
    take(...texts) {
      let more = 0;
      for (const text of texts) more += text.length * 3;
      if (bound + more > bytesMax) {
        for (const text of uncounted) counted += utf8Length(text);
        uncounted = [];
        bound = counted;
        let bytes = 0;
        for (const text of texts) bytes += utf8Length(text);
        if (counted + bytes > bytesMax) return false;
      }
      uncounted.push(...texts);
      bound += more;
      return true;
    },
    clear() {
      counted = 0;
      bound = 0;
      uncounted = [];
    },
  };
}
