import type { TextPosition } from "./codec_error.ts";

/** Line and column of an offset; lines end at `\n`. Linear, so for error paths only. */
export function positionAt(text: string, offset: number): TextPosition {
  let line = 1;
  let lineStart = 0;
  for (;;) {
    const end = text.indexOf("\n", lineStart);
    if (end < 0 || end >= offset) return { offset, line, column: offset - lineStart + 1 };
    line += 1;
    lineStart = end + 1;
  }
}

/** Names what stands at an offset, for the "got" of a message: never more than one character. */
export function describeAt(text: string, offset: number): string {
  const point = text.codePointAt(offset);
  if (point === undefined) return "the end of the text";
  if (point === 0x22) return `'"'`;
  if (point > 0x20 && point < 0x7f) return `"${String.fromCodePoint(point)}"`;
  const number = `U+${point.toString(16).toUpperCase().padStart(4, "0")}`;
  const visible = point > 0xa0 && (point < 0xd800 || point > 0xf8ff) &&
    !/\p{C}|\p{Z}/u.test(String.fromCodePoint(point));
  return visible ? `"${String.fromCodePoint(point)}" (${number})` : number;
}

/** Offset of the first lone surrogate, or -1. */
export function loneSurrogateAt(text: string): number {
  if (text.isWellFormed()) return -1;
  for (let i = 0; i < text.length; i++) {
    const point = text.codePointAt(i);
    if (point === undefined) break;
    if (point >= 0xd800 && point <= 0xdfff) return i;
    if (point > 0xffff) i += 1;
  }
  return -1;
}
