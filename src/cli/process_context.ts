import {
  currentFolder,
  isTerminal,
  onInterrupt,
  onOutputClosed,
  readInputLines,
  systemClock,
  terminalColumns,
  wantsColour,
  writeErr,
  writeOut,
} from "../platform/mod.ts";
import { type Context, type Interrupts, type Output, OutputClosed } from "./context.ts";
import { ansiStyle, plainStyle } from "./style.ts";

/**
 * The context of a real process: its streams, terminal, signals and clock.
 *
 * @param options `colour`: false forbids colours, whatever the terminal can do
 */
export function processContext({ colour }: { readonly colour: boolean }): Context {
  let interrupts: Interrupts | undefined;
  // The next write says so, which lets a command end in order.
  onOutputClosed(() => {});
  return {
    out: standardOutput("out", writeOut, colour),
    err: standardOutput("err", writeErr, colour),
    inputLines: readInputLines,
    folder: currentFolder(),
    nowMs: systemClock.nowMs,
    interrupts: () => interrupts ??= listen(),
  };
}

function standardOutput(
  stream: "out" | "err",
  write: (text: string) => Promise<boolean>,
  colour: boolean,
): Output {
  return {
    async write(text) {
      if (!await write(text)) throw new OutputClosed("Cannot write as nobody reads any more");
    },
    ...(isTerminal(stream) ? { columns: terminalColumns() } : {}),
    style: colour && wantsColour(stream) ? ansiStyle : plainStyle,
  };
}

function listen(): Interrupts {
  const [first, second] = [new AbortController(), new AbortController()];
  onInterrupt((_signal, count) => (count === 1 ? first : second).abort());
  return { first: first.signal, second: second.signal };
}
