import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Milliseconds that one fdatasync of a freshly written page takes: the median of 200, in the temporary folder. */
export function fdatasyncMs(): number {
  const folder = mkdtempSync(join(tmpdir(), "theater-bench-"));
  const file = openSync(join(folder, "page"), "w");
  const page = new Uint8Array(4096);
  const times: number[] = [];
  for (let k = 0; k < 200; k++) {
    writeSync(file, page);
    const from = performance.now();
    fdatasyncSync(file);
    times.push(performance.now() - from);
  }
  closeSync(file);
  rmSync(folder, { recursive: true });
  return times.sort((a, b) => a - b)[100] ?? NaN;
}
