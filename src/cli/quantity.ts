/** A count with a comma every three digits: `12,345`. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(?:[0-9]{3})+$)/g, ",");
}

/** A count and what it counts: `1 entry`, `2 entries`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

const sizeUnits = ["B", "kB", "MB", "GB", "TB"] as const;

/** A size in bytes, in powers of 1000: `27 B`, `1.2 kB`, `48 MB`. */
export function formatBytes(bytes: number): string {
  let [size, unit] = [bytes, 0];
  // 999.5 of a unit would be shown as 1000.
  while (size >= (unit === 0 ? 1000 : 999.5) && unit < sizeUnits.length - 1) {
    [size, unit] = [size / 1000, unit + 1];
  }
  const digits = unit === 0 || size >= 9.95 ? Math.round(size).toString() : size.toFixed(1);
  return `${digits} ${sizeUnits[unit]}`;
}

/** How long ago something was, roughly: `now`, `12 s ago`, `3 min ago`, `5 h ago`, `2 days ago`. */
export function formatAgo(ageMs: number): string {
  const seconds = Math.floor(ageMs / 1000);
  if (seconds < 1) return "now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ago`;
  return `${countOf(Math.floor(seconds / 86_400), "day")} ago`;
}
