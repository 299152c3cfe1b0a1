import { strictEqual, throws } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parseCanonical } from "../codec/mod.ts";
import type { ValueType } from "../value/mod.ts";
import { decoderOf } from "./decode.ts";
import { encoderOf } from "./encode.ts";
import type { HandleView } from "./handles.ts";

interface Vector {
  readonly type: ValueType;
  readonly text: string;
}

const file = new URL("../../tests/vectors/values/values.json", import.meta.url);
const vectors = JSON.parse(readFileSync(file, "utf8")) as {
  readonly good: readonly Vector[];
  readonly bad: readonly Vector[];
};

/** Every handle is one in use. */
const anyHandle: HandleView = {
  numberOf: (_handle, value) => (value as { readonly number: number }).number,
  resourceOf: (_handle, number) => ({ number }),
};

test("there are vectors", () => strictEqual(vectors.good.length > 100 && vectors.bad.length > 200, true));

test("every good vector decodes, and encodes to the same text", () => {
  for (const { type, text } of vectors.good) {
    const value = decoderOf(type, anyHandle)(parseCanonical(text));
    strictEqual(encoderOf(type, anyHandle)(value), text, JSON.stringify(type));
  }
});

test("every bad vector is refused", () => {
  for (const { type, text } of vectors.bad) {
    throws(() => decoderOf(type, anyHandle)(parseCanonical(text)), `${text} as ${JSON.stringify(type)}`);
  }
});
