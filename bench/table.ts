/** Prints rows of text under a heading, numbers to the right. */
export function printTable(heading: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = heading.map((title, k) =>
    Math.max(title.length, ...rows.map((row) => (row[k] ?? "").length))
  );
  const line = (row: readonly string[]) =>
    row.map((cell, k) =>
      /^[\d.,]+$/.test(cell) || k > 0 ? cell.padStart(widths[k] ?? 0) : cell.padEnd(widths[k] ?? 0)
    )
      .join("  ");
  for (const row of [heading, ...rows]) console.log(`  ${line(row)}`);
}
