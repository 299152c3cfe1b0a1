/**
 * Keys, out of what a terminal sends for them.
 *
 * @module
 */

/** A key that was pressed: a character, or one that has a name. */
export type Key = { readonly key: "character"; readonly text: string } | { readonly key: KeyName };

/** Keys that are no characters. */
export type KeyName =
  | "up"
  | "down"
  | "left"
  | "right"
  | "page up"
  | "page down"
  | "home"
  | "end"
  | "enter"
  | "tab"
  | "backspace"
  | "escape"
  /** Ctrl-C, or Ctrl-D. */
  | "interrupt";

/** What terminals send after an escape character (ECMA-48, xterm and VT220 spellings). */
const sequences: Readonly<Record<string, KeyName>> = {
  "[A": "up",
  "[B": "down",
  "[C": "right",
  "[D": "left",
  "OA": "up",
  "OB": "down",
  "OC": "right",
  "OD": "left",
  "[H": "home",
  "[F": "end",
  "OH": "home",
  "OF": "end",
  "[1~": "home",
  "[4~": "end",
  "[7~": "home",
  "[8~": "end",
  "[5~": "page up",
  "[6~": "page down",
};

const controls: Readonly<Record<string, KeyName>> = {
  "\r": "enter",
  "\n": "enter",
  "\t": "tab",
  "\x7f": "backspace",
  "\b": "backspace",
  "\x03": "interrupt",
  "\x04": "interrupt",
};

/**
 * The keys in a text that came from a terminal in one piece. An escape character
 * with nothing known after it is the key itself; sequences that no key here has are left out.
 */
export function readKeys(text: string): Key[] {
  const keys: Key[] = [];
  // deno-lint-ignore no-control-regex -- These are what terminals send.
  for (const [token] of text.matchAll(/\x1b(?:\[[0-?]*[ -/]*[@-~]|O[A-Za-z])|[^]/gu)) {
    const named = token.length > 1 && token.startsWith("\x1b") ? sequences[token.slice(1)] : controls[token];
    if (named !== undefined) keys.push({ key: named });
    else if (token === "\x1b") keys.push({ key: "escape" });
    // deno-lint-ignore no-control-regex -- As above.
    else if (!/^[\x00-\x1f\x7f-\x9f]/.test(token)) keys.push({ key: "character", text: token });
  }
  return keys;
}
