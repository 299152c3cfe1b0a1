import process from "node:process";

/** The signals by which somebody asks this process to end. */
export type InterruptSignal = "SIGINT" | "SIGTERM";

/**
 * Calls `handler` each time somebody asks this process to end (Ctrl-C, or
 * `kill`), instead of ending it; `count` is 1 the first time.
 *
 * @returns a function that stops listening
 */
export function onInterrupt(handler: (signal: InterruptSignal, count: number) => void): () => void {
  let count = 0;
  const onInt = () => handler("SIGINT", ++count);
  const onTerm = () => handler("SIGTERM", ++count);
  process.on("SIGINT", onInt);
  process.on("SIGTERM", onTerm);
  return () => {
    process.off("SIGINT", onInt);
    process.off("SIGTERM", onTerm);
  };
}
