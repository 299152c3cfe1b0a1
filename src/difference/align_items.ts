/** Items of two arrays that stand for each other; one that stands alone was removed, or added. */
export interface AlignedItems {
  readonly before?: number;
  readonly after?: number;
}

/** Most cells of the table that aligns arrays: beyond, items stand for each other by their place. */
const cellsMax = 4_000_000;

/**
 * Aligns two arrays, in order: equal items with each other, as many as possible,
 * and what lies between them by its place.
 */
export function alignItems(before: readonly string[], after: readonly string[]): AlignedItems[] {
  const least = Math.min(before.length, after.length);
  let head = 0;
  while (head < least && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < least - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  const aligned: AlignedItems[] = [];
  for (let at = 0; at < head; at++) aligned.push({ before: at, after: at });
  const ends = { before: before.length - tail, after: after.length - tail };
  let [from, to] = [head, head];
  const upTo = (old: number, fresh: number) => {
    while (from < old && to < fresh) aligned.push({ before: from++, after: to++ });
    while (from < old) aligned.push({ before: from++ });
    while (to < fresh) aligned.push({ after: to++ });
  };
  for (const [old, fresh] of commonItems(before, after, head, ends)) {
    upTo(old, fresh);
    aligned.push({ before: from++, after: to++ });
  }
  upTo(ends.before, ends.after);
  for (let at = 0; at < tail; at++) aligned.push({ before: from++, after: to++ });
  return aligned;
}

/** A longest common subsequence of what lies between `head` and the ends, as pairs of positions. */
function commonItems(
  before: readonly string[],
  after: readonly string[],
  head: number,
  ends: { readonly before: number; readonly after: number },
): [before: number, after: number][] {
  const rows = ends.before - head;
  const columns = ends.after - head;
  if (rows === 0 || columns === 0 || rows * columns > cellsMax) return [];
  const width = columns + 1;
  /** Length of the longest one of what follows each pair of positions. */
  const lengths = new Uint32Array((rows + 1) * width);
  const length = (row: number, column: number) => lengths[row * width + column] ?? 0;
  for (let row = rows - 1; row >= 0; row--) {
    for (let column = columns - 1; column >= 0; column--) {
      lengths[row * width + column] = before[head + row] === after[head + column]
        ? length(row + 1, column + 1) + 1
        : Math.max(length(row + 1, column), length(row, column + 1));
    }
  }
  const pairs: [number, number][] = [];
  for (let row = 0, column = 0; row < rows && column < columns;) {
    if (before[head + row] === after[head + column]) pairs.push([head + row++, head + column++]);
    else if (length(row + 1, column) >= length(row, column + 1)) row++;
    else column++;
  }
  return pairs;
}
