/**
 * JSON texts laid out for reading, token by token: every number, string and
 * member stays as it was written, which `JSON.parse` would not promise.
 *
 * @module
 */

// Unrolled strings: the usual alternation would keep a way back for every character.
const tokenPattern = /[[\]{},:]|"[^"\\]*(?:\\.[^"\\]*)*"|[^\s[\]{},:"]+/gs;

/**
 * Lays out a well-formed JSON text; what fits on one line stays on one line.
 *
 * @param columns how wide lines may become; longer ones only where a single value is longer
 * @returns lines without a line feed at the end
 */
export function prettyJson(text: string, columns: number): string {
  const tokens = text.match(tokenPattern) ?? [];
  const { closing, widths } = measure(tokens);
  const lines: string[] = [];
  let line = "";
  let depth = 0;
  const breakLine = () => {
    lines.push(line.trimEnd());
    line = "  ".repeat(depth);
  };
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] ?? "";
    if (token === "{" || token === "[") {
      const close = closing[at] ?? at;
      if (close === at + 1 || line.length + (widths[close + 1] ?? 0) - (widths[at] ?? 0) < columns) {
        line += inline(tokens, at, close);
        at = close;
      } else {
        line += token;
        depth += 1;
        breakLine();
      }
    } else if (token === "}" || token === "]") {
      depth -= 1;
      breakLine();
      line += token;
    } else if (token === ",") {
      line += token;
      breakLine();
    } else {
      line += token === ":" ? ": " : token;
    }
  }
  lines.push(line);
  return lines.join("\n");
}

/** For each opening bracket where it closes, and the width on one line of all tokens before each. */
function measure(tokens: readonly string[]) {
  const closing: number[] = [];
  const widths: number[] = [0];
  const open: number[] = [];
  for (const [at, token] of tokens.entries()) {
    if (token === "{" || token === "[") open.push(at);
    else if (token === "}" || token === "]") closing[open.pop() ?? 0] = at;
    widths.push((widths[at] ?? 0) + token.length + (token === "," || token === ":" ? 1 : 0));
  }
  return { closing, widths };
}

function inline(tokens: readonly string[], from: number, to: number): string {
  let line = "";
  for (let at = from; at <= to; at++) {
    const token = tokens[at] ?? "";
    line += token === "," || token === ":" ? `${token} ` : token;
  }
  return line;
}
