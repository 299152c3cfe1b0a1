import { writeSync } from "node:fs";
import process from "node:process";
import { StringDecoder } from "node:string_decoder";

/** How large a terminal is, in characters. */
export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** What happens at a terminal. */
export interface ScreenHandlers {
  /** Keys as the terminal sends them: characters, and escape sequences, also several at once. */
  input(text: string): void;
  /** It has another size. */
  resized(): void;
  /** Nobody is there any more. */
  closed(): void;
}

/** A terminal taken over as a whole. */
export interface Screen {
  size(): ScreenSize;
  /** Gives the terminal back as it was; to close twice does no harm. */
  close(): void;
}

// DEC private modes: 1049 the alternate screen, 25 the cursor.
const takeOver = "\x1b[?1049h\x1b[?25l";
const giveBack = "\x1b[?25h\x1b[?1049l";

/**
 * Takes over the terminal of standard input and output: every key comes as it
 * is pressed, Ctrl-C too, and what is written goes to a screen of its own. It is
 * given back with `close`, and however else the process ends in order.
 *
 * Only where both are terminals; see `isTerminal`.
 */
export function openScreen(handlers: ScreenHandlers): Screen {
  const { stdin, stdout } = process;
  const decoder = new StringDecoder("utf8");
  const onData = (chunk: Uint8Array) => {
    const text = decoder.write(chunk as Parameters<StringDecoder["write"]>[0]);
    if (text !== "") handlers.input(text);
  };
  const onResize = () => handlers.resized();
  const onEnd = () => handlers.closed();
  let open = true;
  const close = () => {
    if (!open) return;
    open = false;
    process.off("exit", close);
    stdout.off("resize", onResize);
    stdin.off("data", onData);
    stdin.off("end", onEnd);
    stdin.off("error", onEnd);
    stdin.on("error", () => {}); // What is left of it concerns nobody.
    try {
      // At once and whole, as the process may be ending.
      writeSync(1, giveBack);
      stdin.setRawMode(false);
    } catch {
      // The terminal itself is gone.
    }
    stdin.pause();
    stdin.destroy();
    stdin.unref?.(); // Deno goes on reading, and would wait for it.
  };
  stdin.setRawMode(true);
  process.on("exit", close);
  stdin.on("data", onData);
  stdin.on("end", onEnd);
  stdin.on("error", onEnd);
  stdout.on("resize", onResize);
  writeSync(1, takeOver);
  return { size: () => ({ columns: stdout.columns, rows: stdout.rows }), close };
}
