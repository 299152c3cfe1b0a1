/**
 * JSON texts as trees in which everything stays as it was written: a number is
 * its digits, whatever its size, and a member that is there twice is there twice.
 *
 * @module
 */

import { checkJsonText } from "../codec/mod.ts";

/** A JSON value. Two values say the same if their texts are equal. */
export type VerbatimJson = VerbatimScalar | VerbatimArray | VerbatimObject;

/** `null`, a boolean, a number or a string. */
export interface VerbatimScalar {
  readonly kind: "scalar";
  /** A number as it was written; a string with no more escapes than it needs. */
  readonly text: string;
}

/** An array. */
export interface VerbatimArray {
  readonly kind: "array";
  readonly text: string;
  readonly items: readonly VerbatimJson[];
}

/** An object. */
export interface VerbatimObject {
  readonly kind: "object";
  /** Its members by name (UTF-16 code units), those of one name in the order in which they were written. */
  readonly text: string;
  /** Of members of one name the last, as most readers have it. */
  readonly members: ReadonlyMap<string, VerbatimJson>;
  /** Whether a name is there more than once, so that no path names each member. */
  readonly repeats: boolean;
}

/** Levels of arrays and objects that are read; actors may use as many. */
const depthMax = 512;

/**
 * Reads a JSON text.
 *
 * @throws {JsonTextError} when it is none, or nested deeper than 512 levels
 */
export function parseVerbatim(text: string): VerbatimJson {
  checkJsonText(text, { bytesMax: Infinity, depthMax });
  const tokens = createTokens(text);
  return readValue(tokens, tokens.next());
}

interface Tokens {
  next(): string;
}

function createTokens(text: string): Tokens {
  // Sticky, and unrolled for strings: the usual alternation would keep a way back for every character.
  const pattern = /\s*([[\]{},:]|"[^"\\]*(?:\\.[^"\\]*)*"|[^\s[\]{},:"]+)/ys;
  return { next: () => pattern.exec(text)?.[1] ?? "" };
}

function readValue(tokens: Tokens, token: string): VerbatimJson {
  if (token === "[") return readArray(tokens);
  if (token === "{") return readObject(tokens);
  return { kind: "scalar", text: token.startsWith('"') ? respell(token) : token };
}

/** A string by its shortest spelling. */
function respell(token: string): string {
  return token.includes("\\") ? JSON.stringify(JSON.parse(token)) : token;
}

function readArray(tokens: Tokens): VerbatimArray {
  const items: VerbatimJson[] = [];
  for (let token = tokens.next(); token !== "]"; token = tokens.next()) {
    items.push(readValue(tokens, token === "," ? tokens.next() : token));
  }
  return { kind: "array", text: `[${items.map(({ text }) => text).join(",")}]`, items };
}

function readObject(tokens: Tokens): VerbatimObject {
  const members = new Map<string, VerbatimJson>();
  const written: { readonly name: string; readonly text: string }[] = [];
  for (let token = tokens.next(); token !== "}"; token = tokens.next()) {
    const spelled = respell(token === "," ? tokens.next() : token);
    const name = JSON.parse(spelled) as string; // Only strings are names, or the check had refused it.
    tokens.next(); // ":"
    const value = readValue(tokens, tokens.next());
    written.push({ name, text: `${spelled}:${value.text}` });
    members.set(name, value);
  }
  written.sort((a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  return {
    kind: "object",
    text: `{${written.map(({ text }) => text).join(",")}}`,
    members,
    repeats: written.length > members.size,
  };
}
