/**
 * Schedule 2: checks that are weighted by the code between them, counted in a local
 * where there are tight loops, and no count at all in what is short and simple.
 * Results of arithmetic on floats have one NaN.
 * @module
 */

import type { Schedule } from "../instrumentation.ts";
import { Reader } from "../reader.ts";
import { REWRITTEN_BYTES_MAX, Writer } from "../writer.ts";
import { ADDED_GLOBALS, addedFunctions, addedTypes, layOut } from "./additions.ts";
import { bodyRewriter } from "./function_body.ts";
import { functionsOf, survey } from "./functions.ts";

export const schedule2: Schedule = {
  version: { rewriter: 2, schedule: 2 },
  instrument(bytes, shape) {
    const added = layOut(shape);
    return {
      types: addedTypes(added),
      functions: addedFunctions(added, shape.memories > 0),
      globals: ADDED_GLOBALS,
      tickSlots: 3,
      saysPages: true,
      rewriteBodies(reader, count) {
        const surveyed = survey(reader, count, shape);
        const rewriter = bodyRewriter(shape, added, functionsOf(shape, surveyed), surveyed);
        const bodies = new Writer(bytes.length + (bytes.length >> 1) + 1024, REWRITTEN_BYTES_MAX);
        const starts = new Int32Array(count);
        const ends = new Int32Array(count);
        const hints: (readonly number[])[] = [];
        for (const k of surveyed.order) {
          starts[k] = bodies.size;
          const body = new Reader(bytes, surveyed.starts[k], surveyed.ends[k]);
          hints.push([
            shape.importedFunctions + k,
            ...rewriter.rewrite(body, shape.importedFunctions + k, bodies),
          ]);
          ends[k] = bodies.size;
        }
        const written = bodies.view();
        return {
          write(out) {
            for (let k = 0; k < count; k++) {
              const start = starts[k] as number;
              const end = ends[k] as number;
              out.u32(end - start);
              out.copy(written, start, end);
            }
          },
          hints: hintSection(hints),
        };
      },
    };
  },
};

/** Says of each branch that was added that it is hardly ever taken. */
function hintSection(functions: readonly (readonly number[])[]): Uint8Array {
  const out = new Writer(1 << 12, REWRITTEN_BYTES_MAX);
  out.name("metadata.code.branch_hint");
  const hinted = functions.filter(({ length }) => length > 1).sort(([a = 0], [b = 0]) => a - b);
  out.u32(hinted.length);
  for (const [index = 0, ...offsets] of hinted) {
    out.u32(index);
    out.u32(offsets.length);
    for (const offset of offsets) {
      out.u32(offset);
      out.u8(1);
      out.u8(0);
    }
  }
  return out.take();
}
