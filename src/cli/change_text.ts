import { formatPointer, type JsonChange } from "../difference/mod.ts";
import { prettyJson } from "./pretty_json.ts";
import { printable, printableLines, widthOf } from "./printable.ts";
import type { Style } from "./style.ts";

/**
 * Changes of a JSON value in lines for reading: `+ /path  value`, `- /path  value`,
 * `~ /path  before → after`; values that do not fit get lines of their own.
 *
 * @param columns how wide lines may become
 */
export function formatChanges(changes: readonly JsonChange[], style: Style, columns: number): string[] {
  return changes.flatMap((change) => formatChange(change, style, columns));
}

function formatChange(change: JsonChange, style: Style, columns: number): string[] {
  const path = printable(formatPointer(change.change === "removed" ? change.was : change.path));
  const named = path === "" ? style.dim("(the whole)") : style.bold(path);
  switch (change.change) {
    case "added":
      return layOut(style.green("+"), named, path, [["+", style.green, change.after]], columns);
    case "removed":
      return layOut(style.red("-"), named, path, [["-", style.red, change.before]], columns);
    case "replaced":
      return layOut(
        "~",
        named,
        path,
        [["-", style.red, change.before], ["+", style.green, change.after]],
        columns,
      );
  }
}

type Side = readonly [sign: string, paint: (text: string) => string, json: string];

function layOut(
  sign: string,
  named: string,
  path: string,
  sides: readonly Side[],
  columns: number,
): string[] {
  const inline = sides.map(([, paint, json]) => ({ paint, text: printable(spaced(json)) }));
  const width = inline.reduce((sum, { text }) => sum + widthOf(text) + 3, 3 + Math.max(11, widthOf(path)));
  if (width <= columns) {
    return [`${sign} ${named}  ${inline.map(({ paint, text }) => paint(text)).join(" → ")}`];
  }
  return [
    `${sign} ${named}`,
    ...sides.flatMap(([mark, paint, json]) =>
      printableLines(prettyJson(json, columns - 6)).split("\n").map((line) => paint(`    ${mark} ${line}`))
    ),
  ];
}

/** On one line, with a space after each comma and colon. */
function spaced(json: string): string {
  return prettyJson(json, Infinity);
}
