import process from "node:process";
import { createLineSplitter } from "./lines.ts";

/** Lines of standard input. */
export interface InputLines extends AsyncIterable<string> {
  /** Stops reading, also while somebody waits for a line: the iteration ends. */
  close(): void;
}

/** Chunks of a stream, one at a time: the next is read when it is asked for. */
function readChunks(): { next(): Promise<Uint8Array | undefined>; close(): void } {
  const stream = process.stdin;
  const chunks: Uint8Array[] = [];
  let done = false;
  let failure: unknown;
  let wake = () => {};
  const end = (error?: unknown) => {
    done = true;
    failure ??= error;
    wake();
  };
  stream.on("data", (chunk: Uint8Array) => {
    stream.pause();
    chunks.push(chunk);
    wake();
  });
  stream.on("end", () => end());
  stream.on("error", end);
  return {
    async next() {
      while (chunks.length === 0) {
        if (failure !== undefined) throw failure;
        if (done) return undefined;
        const woken = new Promise<void>((resolve) => wake = resolve);
        stream.resume();
        await woken;
      }
      return chunks.shift();
    },
    close() {
      chunks.length = 0;
      end();
      stream.pause();
      stream.destroy();
      stream.unref?.(); // Deno goes on reading, and would wait for it.
    },
  };
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
  const source = readChunks();
  let closed = false;
  async function* lines(): AsyncGenerator<string> {
    const splitter = createLineSplitter(lineBytesMax);
    for (let chunk = await source.next(); chunk !== undefined; chunk = await source.next()) {
      for (const line of splitter.push(chunk)) {
        if (closed) return;
        yield line;
      }
    }
    if (!closed) yield* splitter.finish();
  }
  return {
    [Symbol.asyncIterator]: lines,
    close() {
      closed = true;
      source.close();
    },
  };
}
