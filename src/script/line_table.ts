/**
 * The line table of a bundled source: which line of which file a line came from.
 *
 * It is the last line of the source, `//# lines=` and a JSON object `{"files": [path…], "runs": [n…]}`. Every
 * four numbers say that `size` lines from `line` on are those of `files[file]` from `origin` on, in the
 * order line, file, origin, size; lines are one-based. A crash in a script is told with it, inside the
 * component, so that the log names the author's line and a replay says the same.
 *
 * A source map would say more (columns, names) and be ten times as long, in every keyframe.
 * @module
 */

/** What is used of a source map, version 3. */
export interface SourceMap {
  readonly sources: readonly string[];
  /** ECMA-426 section 9: per line, segments of Base64 VLQ numbers. */
  readonly mappings: string;
}

/**
 * The table as the last line of a source, without a line feed.
 * @param text The generated text that `map` is about.
 */
export function lineTable(map: SourceMap, text: string): string {
  const runs: number[] = [];
  let next = { line: -1, file: -1, origin: -1 };
  for (const { line, file, origin } of lineStarts(map.mappings, text.split("\n"))) {
    if (line === next.line && file === next.file && origin === next.origin) {
      runs.push((runs.pop() ?? 0) + 1);
    } else {
      runs.push(line, file, origin, 1);
    }
    next = { line: line + 1, file, origin: origin + 1 };
  }
  return `//# lines=${JSON.stringify({ files: map.sources, runs })}`;
}

interface LineStart {
  readonly line: number;
  readonly file: number;
  readonly origin: number;
}

/** Where the first visible character of every line came from, if it came from a file. */
function* lineStarts(mappings: string, lines: readonly string[]): Generator<LineStart> {
  let file = 0;
  let origin = 0;
  for (const [index, segments] of mappings.split(";").entries()) {
    // The indentation is often mapped to the end of the line before.
    const indent = lines[index]?.search(/\S/) ?? 0;
    let column = 0;
    let start: LineStart | undefined;
    for (const segment of segments === "" ? [] : segments.split(",")) {
      // Column, file, line and column there, name: each relative to the one before.
      const [columnStep = 0, fileStep, originStep] = decodeVlq(segment);
      column += columnStep;
      if (fileStep === undefined || originStep === undefined) continue;
      file += fileStep;
      origin += originStep;
      if (start === undefined || column <= indent) start = { line: index + 1, file, origin: origin + 1 };
    }
    if (start !== undefined) yield start;
  }
}

const base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

function decodeVlq(text: string): number[] {
  const numbers: number[] = [];
  let value = 0;
  let shift = 0;
  for (const char of text) {
    const digit = base64.indexOf(char);
    value |= (digit & 31) << shift;
    shift += 5;
    if ((digit & 32) === 0) {
      numbers.push((value & 1) === 1 ? -(value >>> 1) : value >>> 1);
      value = 0;
      shift = 0;
    }
  }
  return numbers;
}
