/** Whether a text is a version: three numbers, each without leading zeros. */
export function isVersion(text: string): boolean {
  return /^(0|[1-9][0-9]{0,8})(\.(0|[1-9][0-9]{0,8})){2}$/.test(text);
}

/** Below 0 if `a` is the older one, above 0 if `b` is; both must be versions. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a.split(".").map(Number), b.split(".").map(Number)];
  for (const [index, number] of left.entries()) {
    const difference = number - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
