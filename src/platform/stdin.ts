import process from "node:process";
import { createLineSplitter } from "./lines.ts";

/** Lines of standard input. */
export interface InputLines extends AsyncIterable<string> {
  /** Stops reading, also while somebody waits for a line: the iteration ends. */
  close(): void;
}

/**
 * Reads standard input line by line, once per process. While the consumer is
 * busy with a line nothing more is read, so a fast sender waits.
 *
 * The iteration throws `LineError` at a line that is too long or not UTF-8.
 *
 * @param lineBytesMax longest line, in bytes without its end
 */
export function readInputLines(lineBytesMax: number): InputLines {
  const stream = process.stdin;
  let closed = false;
  async function* lines(): AsyncGenerator<string> {
    const splitter = createLineSplitter(lineBytesMax);
    try {
      for await (const chunk of stream) {
        for (const line of splitter.push(chunk as Uint8Array)) {
          yield line;
          if (closed) return;
        }
      }
    } catch (error) {
      if (closed) return; // The stream says that it was closed early; it was we who closed it.
      throw error;
    }
    yield* splitter.finish();
  }
  return {
    [Symbol.asyncIterator]: lines,
    close() {
      closed = true;
      stream.destroy();
    },
  };
}
