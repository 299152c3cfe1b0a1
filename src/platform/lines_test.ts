import { deepEqual, equal, throws } from "node:assert/strict";
import { test } from "node:test";
import { createLineSplitter, LineError } from "./lines.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

const texts: readonly (readonly [string, readonly string[]])[] = [
  ["", []],
  ["\n", [""]],
  ["a", ["a"]],
  ["a\n", ["a"]],
  ["a\r\nb\r\n", ["a", "b"]],
  ["a\rb\n\r\n\n", ["a\rb", "", ""]],
  ["é€😀\n\uFEFFx", ["é€😀", "\uFEFFx"]],
  ['{"a":1}\n\n{"b":"\\n"}', ['{"a":1}', "", '{"b":"\\n"}']],
];

test("lines are the same wherever the chunks are cut", () => {
  for (const [text, lines] of texts) {
    const bytes = bytesOf(text);
    // Each way to cut it in three, and all in single bytes.
    for (let i = 0; i <= bytes.length; i++) {
      for (let j = i; j <= bytes.length; j++) {
        const splitter = createLineSplitter(100);
        const got = [bytes.subarray(0, i), bytes.subarray(i, j), bytes.subarray(j)]
          .flatMap((chunk) => [...splitter.push(chunk)]);
        deepEqual([...got, ...splitter.finish()], lines, `${JSON.stringify(text)} cut at ${i} and ${j}`);
      }
    }
  }
});

test("a chunk may be used again by its owner", () => {
  const splitter = createLineSplitter(100);
  const chunk = bytesOf("abc");
  deepEqual([...splitter.push(chunk)], []);
  chunk.fill(0x7a);
  deepEqual([...splitter.push(bytesOf("\n"))], ["abc"]);
});

for (const end of ["\n", "\r\n"]) {
  test(`a line may be as long as the bound, without its end ${JSON.stringify(end)}, and not longer`, () => {
    for (const step of [1, 3, 1000]) {
      const feed = (text: string) => {
        const splitter = createLineSplitter(10);
        const bytes = bytesOf(text);
        const lines: string[] = [];
        for (let i = 0; i < bytes.length; i += step) {
          lines.push(...splitter.push(bytes.subarray(i, i + step)));
        }
        return lines;
      };
      deepEqual(feed(`ok${end}0123456789${end}`), ["ok", "0123456789"]);
      throws(() => feed(`ok${end}0123456789a${end}`), (error) => {
        equal((error as LineError).message, "Cannot read line 2 as it is too long: wanted at most 10 bytes");
        deepEqual((error as LineError).fault, { code: "too_long", line: 2, bytesMax: 10 });
        return true;
      });
    }
  });
}

test("a line without end is refused before it is whole, not held in memory", () => {
  const splitter = createLineSplitter(1000);
  let pushed = 0;
  throws(() => {
    for (; pushed < 100; pushed++) deepEqual([...splitter.push(new Uint8Array(100).fill(0x61))], []);
  }, LineError);
  equal(pushed, 10);
});

for (const bad of [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80], [0xf4, 0x90, 0x80, 0x80]]) {
  test(`a line with the bytes ${bad.join(" ")} is not text`, () => {
    const splitter = createLineSplitter(100);
    const before: string[] = [];
    throws(
      () => {
        for (const line of splitter.push(Uint8Array.from([0x61, 0x0a, ...bad, 0x0a]))) before.push(line);
      },
      (error) => error instanceof LineError && error.fault.code === "not_text" && error.fault.line === 2,
    );
    deepEqual(before, ["a"]);
  });
}
