/**
 * Schedule 1: every function entry and loop iteration counts in a global.
 * @module
 */

import type { Schedule } from "../instrumentation.ts";
import { Reader } from "../reader.ts";
import { REWRITTEN_BYTES_MAX, Writer } from "../writer.ts";
import { ADDED_GLOBALS, addedFunctions, addedTypes, layOut } from "./additions.ts";
import { bodyRewriter } from "./function_body.ts";

export const schedule1: Schedule = {
  version: { rewriter: 1, schedule: 1 },
  instrument(bytes, shape) {
    const added = layOut(shape);
    const bodies = bodyRewriter(shape, added);
    return {
      types: addedTypes(added),
      functions: addedFunctions(added),
      globals: ADDED_GLOBALS,
      tickSlots: 2,
      saysPages: false,
      rewriteBodies: (reader, count) => ({
        write(out) {
          const body = new Writer(1 << 14, REWRITTEN_BYTES_MAX);
          for (let k = 0; k < count; k++) {
            const size = reader.count();
            const from = reader.position;
            reader.skip(size);
            body.clear();
            bodies.rewrite(new Reader(bytes, from, reader.position), shape.importedFunctions + k, body);
            out.u32(body.size);
            out.copy(body.view());
          }
        },
      }),
    };
  },
};
