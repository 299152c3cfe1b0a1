/**
 * The released schedules. A recording names the one that it was made with, and
 * replays with no other.
 * @module
 */

import type { Schedule } from "./instrumentation.ts";
import { schedule1 } from "./schedule_1/instrument.ts";
import { schedule2 } from "./schedule_2/instrument.ts";

const schedules: readonly Schedule[] = [schedule1, schedule2];
const newest = schedule2;

/** What new recordings name, and the schedules that old ones may name. */
export const limits = {
  version: newest.version,
  schedules: schedules.map(({ version }) => version.schedule),
} as const;

/** @throws {RangeError} when there is none of that number */
export function scheduleOf(schedule: number): Schedule {
  const found = schedules.find(({ version }) => version.schedule === schedule);
  if (found === undefined) {
    throw new RangeError(
      `Cannot limit by schedule ${schedule}: wanted one of ${limits.schedules.join(", ")}`,
    );
  }
  return found;
}

/** The rewriter that counts by a schedule. @throws {RangeError} when there is none of that number */
export function rewriterOf(schedule: number): number {
  return scheduleOf(schedule).version.rewriter;
}
