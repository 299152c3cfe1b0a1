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
 * @param width columns of the terminal; the last column is cut to fit, nothing is without
 */
export function formatColumns<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  style: Style,
  width: number | undefined,
): string {
  const table = rows.map((row) => columns.map(({ cell }) => cell(row)));
  const widths = columns.map(({ title }, i) =>
    Math.max(title.length, ...table.map((cells) => widthOf(cells[i] ?? "")))
  );
  const before = widths.slice(0, -1).reduce((sum, one) => sum + one + 2, 0);
  const last = columns.length - 1;
  const lay = (cell: string, i: number) => {
    const kept = i === last && width !== undefined ? fit(cell, Math.max(12, width - before)) : cell;
    const space = i === last ? "" : " ".repeat((widths[i] ?? 0) - widthOf(kept));
    return columns[i]?.right === true ? space + kept : kept + space;
  };
  const lines = [
    style.dim(columns.map(({ title }, i) => lay(title.toUpperCase(), i)).join("  ").trimEnd()),
    ...table.map((cells) => {
      const laid = cells.map(lay);
      const filled = laid.findLastIndex((cell) => cell.trim() !== "") + 1;
      return laid.slice(0, filled).map((cell, i) => (columns[i]?.paint ?? identity)(cell)).join("  ");
    }),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function identity(text: string): string {
  return text;
}
