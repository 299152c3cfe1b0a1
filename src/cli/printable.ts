/**
 * Text that strangers wrote, made fit for a terminal: nothing in it can move
 * the cursor, hide, recolour or reorder what is printed, and its width is known.
 *
 * @module
 */

// Control characters, line and paragraph separators, bidirectional controls, lone surrogates.
const unsafe =
  // deno-lint-ignore no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu;

/** `text` on one line, with every character that a terminal might obey written as an escape. */
export function printable(text: string): string {
  return text.replace(unsafe, escape);
}

/** As {@linkcode printable}, but line feeds and tabs stay. */
export function printableLines(text: string): string {
  return text.replace(
    unsafe,
    (character) => character === "\n" || character === "\t" ? character : escape(character),
  );
}

function escape(character: string): string {
  if (character === "\n") return "\\n";
  if (character === "\t") return "\\t";
  if (character === "\r") return "\\r";
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** How many columns printable text takes. */
export function widthOf(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += widthOfCharacter(character);
  return width;
}

/** The beginning of printable text in at most `columns` columns; ends in `…` if something was cut off. */
export function fit(text: string, columns: number): string {
  // The common long payload: no need to measure what cannot be shown.
  const head = text.length > 2 * columns + 16 ? text.slice(0, 2 * columns + 16) : text;
  if (head.length === text.length && widthOf(text) <= columns) return text;
  if (columns < 1) return "";
  let width = 0;
  let kept = "";
  for (const character of head) {
    width += widthOfCharacter(character);
    if (width > columns - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

function widthOfCharacter(character: string): 0 | 1 | 2 {
  if (/^[\p{Mark}\p{Cf}]$/u.test(character)) return 0;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x1100) return 1;
  // East Asian Width W and F in outline (Unicode UAX #11), and what is drawn as a picture.
  const wide = code <= 0x115f || (code >= 0x2e80 && code <= 0x303e) || (code >= 0x3041 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) || (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) || (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x20000 && code <= 0x3fffd) ||
    /^\p{Emoji_Presentation}$/u.test(character);
  return wide ? 2 : 1;
}
