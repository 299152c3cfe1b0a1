import { test } from "node:test";
import { equal, ok } from "node:assert/strict";
import { fit, printable, printableLines, widthOf } from "./printable.ts";

test("printable() leaves nothing that a terminal obeys", () => {
  // Every control character and every bidirectional control, alone and in text.
  for (let code = 0; code <= 0xffff; code++) {
    const character = String.fromCharCode(code);
    const unsafe = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}]/u.test(character);
    const shown = printable(`a${character}b`);
    if (unsafe) ok(/^a\\(?:n|r|t|u[0-9a-f]{4})b$/.test(shown), `U+${code.toString(16)}: ${shown}`);
    else if (code !== 0xfeff) equal(shown, `a${character}b`);
  }
  equal(printable("\ufeff\ud83d\ude00"), "\\ufeff😀");
});

test("printableLines() keeps line feeds and tabs", () => {
  equal(printableLines("a\n\tb\r\x1b[2J"), "a\n\tb\\r\\u001b[2J");
});

const widths: readonly (readonly [text: string, width: number])[] = [
  ["", 0],
  ["plain", 5],
  ["Zoë", 3],
  ["Zoe\u0308", 3],
  ["東京", 4],
  ["한글", 4],
  ["👍", 2],
  ["→…✓", 3],
];

for (const [text, width] of widths) {
  test(`widthOf() gives ${width} for ${JSON.stringify(text)}`, () => equal(widthOf(text), width));
}

test("fit() is never wider than asked, and cuts nothing that fits", () => {
  for (const [text, width] of [...widths, ["x".repeat(10_000), 10_000] as const]) {
    for (let columns = 0; columns <= 12; columns++) {
      const fitted = fit(text, columns);
      ok(widthOf(fitted) <= columns, `${JSON.stringify(text)} in ${columns}: ${fitted}`);
      if (width <= columns) equal(fitted, text);
      else if (columns > 0) ok(fitted.endsWith("…"));
    }
  }
});
