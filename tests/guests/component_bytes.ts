/**
 * Writes components byte by byte, for tests of what no tool would write.
 *
 * @module
 */

const encoder = new TextEncoder();

/** The preamble of a component. */
export const componentPreamble: readonly number[] = [0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0];

/** The preamble of a core module. */
export const corePreamble: readonly number[] = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/** An unsigned LEB128 number. */
export function u32(value: number): number[] {
  const bytes: number[] = [];
  for (; value >= 0x80; value = Math.floor(value / 0x80)) bytes.push((value % 0x80) | 0x80);
  return [...bytes, value];
}

/** A text with its length before it. */
export function text(value: string): number[] {
  const bytes = [...encoder.encode(value)];
  return [...u32(bytes.length), ...bytes];
}

/** A name of an import or export of a component. */
export function externName(value: string): number[] {
  return [0, ...text(value)];
}

/** A vector: the number of items, then the items. */
export function vector(...items: readonly (readonly number[])[]): number[] {
  return [...u32(items.length), ...items.flat()];
}

/** A section: its id, its size, its content. */
export function section(id: number, content: readonly number[]): number[] {
  return [id, ...u32(content.length), ...content];
}

/** A component of these sections. */
export function component(...sections: readonly (readonly number[])[]): number[] {
  return [...componentPreamble, ...sections.flat()];
}

/** A core module with one function of no parameters that does nothing, exported under `name`. */
export function coreExporting(name: string): number[] {
  return [
    ...corePreamble,
    ...section(1, vector([0x60, 0, 0])),
    ...section(3, vector([0])),
    ...section(7, vector([...text(name), 0, 0])),
    ...section(10, vector([2, 0, 0x0b])),
  ];
}

/** A core module that imports a function of no parameters and exports it as `run`. */
export function coreImporting(module: string, name: string): number[] {
  return [
    ...corePreamble,
    ...section(1, vector([0x60, 0, 0])),
    ...section(2, vector([...text(module), ...text(name), 0, 0])),
    ...section(7, vector([...text("run"), 0, 0])),
  ];
}
