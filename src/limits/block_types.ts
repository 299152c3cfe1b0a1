/**
 * Types of the blocks that are put around the bodies of functions, so that every
 * way out ends in one place.
 * @module
 */

import type { AddedType } from "./instrumentation.ts";
import type { Shape } from "./shape.ts";
import type { Writer } from "./writer.ts";

/** Blocks around the functions that a module defines. */
export interface BlockTypes {
  /** Types to add, for functions with two results or more. */
  readonly added: readonly AddedType[];
  /** Begins the block around the body of a function of this type. */
  writeBlock(typeIndex: number, out: Writer): void;
}

/** @param first index that the first added type will have */
export function blockTypesOf(shape: Shape, first: number): BlockTypes {
  const byType = new Map<number, number>();
  const added: AddedType[] = [];
  const known = new Map<string, number>();
  for (let k = shape.importedFunctions; k < shape.functions.length; k++) {
    const type = shape.functions[k] as number;
    const results = shape.types[type]?.results;
    if (byType.has(type) || !results || results.length < 2) continue;
    const key = results.join();
    let index = known.get(key);
    if (index === undefined) {
      index = first + added.length;
      added.push([[], results]);
      known.set(key, index);
    }
    byType.set(type, index);
  }
  return {
    added,
    writeBlock(typeIndex, out) {
      const index = byType.get(typeIndex);
      out.u8(0x02);
      if (index !== undefined) out.s32(index);
      else out.u8(shape.types[typeIndex]?.results[0] ?? 0x40);
    },
  };
}
