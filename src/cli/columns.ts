import { fit, widthOf } from "./printable.ts";
import type { Style } from "./style.ts";

/** One column of a table. */
export interface Column<Row> {
  readonly title: string;
  /** Printable text. */
  readonly cell: (row: Row) => string;
  readonly right?: boolean;
  readonly paint?: (text: string) => string;
}

/**
 * Lays out a table with a line of titles; every line ends with a line feed.
 *
 * @param below a note on a row, on a line of its own below it
 * @param width columns of the terminal; notes are cut to fit, nothing is without
 */
export function formatColumns<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  below: (row: Row) => string,
  style: Style,
  width: number | undefined,
): string {
  const table = rows.map((row) => ({ cells: columns.map(({ cell }) => cell(row)), note: below(row) }));
  const widths = columns.map(({ title }, i) =>
    Math.max(title.length, ...table.map(({ cells }) => widthOf(cells[i] ?? "")))
  );
  const lay = (cell: string, i: number) => {
    const space = " ".repeat((widths[i] ?? 0) - widthOf(cell));
    return columns[i]?.right === true ? space + cell : i === columns.length - 1 ? cell : cell + space;
  };
  const indent = " ".repeat((widths[0] ?? 0) + 2);
  const lines = [style.dim(columns.map(({ title }, i) => lay(title.toUpperCase(), i)).join("  "))];
  for (const { cells, note } of table) {
    lines.push(cells.map((cell, i) => (columns[i]?.paint ?? identity)(lay(cell, i))).join("  "));
    if (note === "") continue;
    lines.push(
      indent + style.red(width === undefined ? note : fit(note, Math.max(20, width - indent.length))),
    );
  }
  return lines.map((line) => `${line}\n`).join("");
}

function identity(text: string): string {
  return text;
}
