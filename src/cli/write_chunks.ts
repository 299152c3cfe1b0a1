import { setImmediate } from "node:timers";
import type { Output } from "./context.ts";

/** Long enough that the cost of a write does not count, short enough that the first lines come at once. */
const chunkCharsMin = 32 * 1024;

/**
 * Writes many small texts in chunks; lets the process breathe after each, so
 * that signals are noticed and nothing piles up. A million lines written one by
 * one take three times as long, and under Deno a gigabyte of memory.
 *
 * @param until stops in between
 */
export async function writeChunks(
  out: Output,
  texts: Iterable<string>,
  until: AbortSignal | undefined,
): Promise<void> {
  let chunk = "";
  let quiet = 0;
  for (const text of texts) {
    chunk += text;
    quiet += 1;
    if (chunk.length < chunkCharsMin && quiet < textsMax) continue;
    if (chunk !== "") await out.write(chunk);
    [chunk, quiet] = ["", 0];
    await breathe();
    if (until?.aborted) return;
  }
  if (chunk !== "") await out.write(chunk);
}

/** So many texts, most of them empty, may pass before the next breath. */
const textsMax = 4096;

function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
