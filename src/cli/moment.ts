import type { Reader } from "./option.ts";

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * A point in time: ISO 8601 (`2026-03-01`, `2026-03-01T14:03`, with seconds and
 * a zone if wanted; local time without one), a time of today (`14:03`), or how
 * long ago (`10m`, `2h`, `1d12h`). Read as a function of the present, in
 * milliseconds since 1970.
 */
export const moment: Reader<(nowMs: number) => number> = {
  placeholder: "<time>",
  wanted: "a time such as 10m, 2h, 14:03, 2026-03-01 or 2026-03-01T14:03:22Z",
  read: (given) => readAgo(given) ?? readTimeOfDay(given) ?? readIso(given),
};

function readAgo(given: string): ((nowMs: number) => number) | undefined {
  const agoMs = readDuration(given);
  return agoMs === undefined ? undefined : (nowMs) => nowMs - agoMs;
}

/** Milliseconds of `500ms`, `30s`, `1m30s`, `2h` or `1d12h`; nothing if it is none of these. */
export function readDuration(given: string): number | undefined {
  if (!/^(?:[0-9]{1,9}(?:ms|s|m|h|d))+$/.test(given)) return undefined;
  let durationMs = 0;
  for (const [, digits, unit] of given.matchAll(/([0-9]+)(ms|s|m|h|d)/g)) {
    durationMs += Number(digits) * (unitMs[unit ?? ""] ?? 0);
  }
  return durationMs;
}

function readTimeOfDay(given: string): ((nowMs: number) => number) | undefined {
  const match = /^([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?$/.exec(given);
  if (match === null) return undefined;
  const [hours, minutes, seconds] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
  return (nowMs) => new Date(nowMs).setHours(hours, minutes, seconds, 0);
}

function readIso(given: string): ((nowMs: number) => number) | undefined {
  const match =
    /^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,3})?)?)(Z|[+-][0-9]{2}:[0-9]{2})?)?$/
      .exec(given);
  if (match === null) return undefined;
  const [, year, month, day, time = "00:00", zone = ""] = match;
  // Date.parse() takes the 31st of February for the 2nd of March in one engine, for nothing in the other.
  const calendar = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  if (calendar.getUTCMonth() + 1 !== Number(month) || calendar.getUTCDate() !== Number(day)) return undefined;
  const timeMs = Date.parse(`${year}-${month}-${day}T${time}${zone}`);
  return Number.isNaN(timeMs) ? undefined : () => timeMs;
}
