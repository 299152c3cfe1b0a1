import { widthOf } from "../printable.ts";

/** A piece of styled text: what sets a style, or one character. */
// deno-lint-ignore no-control-regex -- It finds what our own styles write.
const pieces = /\x1b\[[0-9;]*m|[^]/gu;

/** Cuts a styled line to a width; styles that are open at the end are closed there. */
export function fitStyled(line: string, columns: number): string {
  if (line.length <= columns && !line.includes("\x1b") && widthOf(line) <= columns) return line;
  let width = 0;
  let kept = "";
  let styled = false;
  for (const [piece] of line.matchAll(pieces)) {
    if (piece.startsWith("\x1b")) {
      kept += piece;
      styled = true;
      continue;
    }
    width += widthOf(piece);
    if (width > columns) return styled ? `${kept}\x1b[0m` : kept;
    kept += piece;
  }
  return kept;
}
