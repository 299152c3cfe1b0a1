/** Why a stream of lines cannot be read on. */
export type LineFault =
  | { readonly code: "too_long"; readonly line: number; readonly bytesMax: number }
  | { readonly code: "not_text"; readonly line: number };

/** A line was too long, or not UTF-8. Lines are counted from 1. */
export class LineError extends Error {
  override readonly name = "LineError";
  readonly fault: LineFault;
  constructor(fault: LineFault) {
    super(describe(fault));
    this.fault = fault;
  }
}

function describe(fault: LineFault): string {
  switch (fault.code) {
    case "too_long":
      return `Cannot read line ${fault.line} as it is too long: wanted at most ${fault.bytesMax} bytes`;
    case "not_text":
      return `Cannot read line ${fault.line} as it is not UTF-8 text`;
  }
}

/** Cuts chunks of bytes into lines of text. */
export interface LineSplitter {
  /**
   * The lines that end in `chunk`; take them all before the next chunk.
   *
   * @throws {LineError} after the lines before the one that cannot be read; then it is of no more use
   */
  push(chunk: Uint8Array): Iterable<string>;
  /** The last line, if it was not ended. @throws {LineError} */
  finish(): Iterable<string>;
}

const newline = 0x0a;
const carriageReturn = 0x0d;

/**
 * Makes a splitter for lines that end in `\n` or `\r\n`, each of at most
 * `bytesMax` bytes of UTF-8 without its end. It holds one unfinished line at most.
 */
export function createLineSplitter(bytesMax: number): LineSplitter {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  let count = 0;

  const keep = (piece: Uint8Array) => {
    // One byte more for a `\r` of which we cannot know yet that it ends the line.
    if (pendingBytes + piece.length > bytesMax + 1) {
      throw new LineError({ code: "too_long", line: count + 1, bytesMax });
    }
    if (piece.length === 0) return;
    pending.push(piece.slice()); // The owner of the chunk may use it again.
    pendingBytes += piece.length;
  };

  const complete = (piece: Uint8Array): string => {
    count += 1;
    let line = piece;
    if (pending.length > 0) {
      line = new Uint8Array(pendingBytes + piece.length);
      let at = 0;
      for (const part of [...pending, piece]) {
        line.set(part, at);
        at += part.length;
      }
      pending = [];
      pendingBytes = 0;
    }
    if (line.at(-1) === carriageReturn) line = line.subarray(0, -1);
    if (line.length > bytesMax) throw new LineError({ code: "too_long", line: count, bytesMax });
    try {
      return decoder.decode(line);
    } catch {
      throw new LineError({ code: "not_text", line: count });
    }
  };

  return {
    *push(chunk) {
      let from = 0;
      for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
        yield complete(chunk.subarray(from, end));
        from = end + 1;
      }
      keep(chunk.subarray(from));
    },
    *finish() {
      if (pendingBytes > 0) yield complete(new Uint8Array(0));
    },
  };
}
