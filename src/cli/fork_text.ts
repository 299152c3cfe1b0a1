import type { LeftBehind } from "../fork/mod.ts";
import type { Forked } from "./fork_actor.ts";
import { printable } from "./printable.ts";
import { countOf, formatCount } from "./quantity.ts";
import type { Style } from "./style.ts";
import { toMoment } from "./timestamp.ts";

/** Where a fork was put, relative to where the user is. */
export interface ForkPlaces {
  readonly name: string;
  readonly log: string;
  readonly manifest: string;
  readonly component: string;
  /** The log, where `theater run` must be told of it. */
  readonly db: string | undefined;
}

/** What was made, what stayed behind, and what to type next. */
export function forkedText({ point, unproved }: Forked, places: ForkPlaces, style: Style): string {
  const { name, log, manifest, component, db } = places;
  const { address, turn, seq, left } = point;
  const lines = [
    `${style.bold(printable(name))} goes on from turn ${formatCount(turn)} of ${printable(address)}, ` +
    `entry ${formatCount(seq)}, of ${momentText(point.timeMs)}`,
    `  in ${printable(log)}, as ${printable(manifest)} with ${printable(component)}`,
    ...leftLines(left).map((line) => `  ${printable(line)}`),
    ...(unproved === undefined
      ? []
      : [`  ${style.red("!")} it carries no proof of where it comes from: ${printable(unproved)}`]),
    `  theater run ${printable(manifest)}${
      db === undefined ? "" : ` --db ${printable(db)}`
    }  goes on with it`,
  ];
  return `${lines.join("\n")}\n`;
}

function leftLines({ messages, timers, requests, children, keys }: LeftBehind): string[] {
  const counts = [
    ...(messages > 0 ? [`${countOf(messages, "message")} that waited`] : []),
    ...(timers.length > 0 ? [countOf(timers.length, "timer")] : []),
    ...(requests > 0 ? [`${countOf(requests, "request")} without a reply`] : []),
    ...(children.length > 0 ? [countOf(children.length, "child", "children")] : []),
    ...(keys > 0 ? [countOf(keys, "idempotency key")] : []),
  ];
  if (counts.length === 0) return ["nothing stayed behind"];
  return [
    `left behind: ${counts.join(", ")}`,
    ...timers.map(({ timer, dueMs }) =>
      `  timer ${timer}${dueMs === undefined ? "" : `, due at ${momentText(dueMs)}`}`
    ),
    ...children.map((child) => `  child ${child}`),
  ];
}

function momentText(timeMs: number): string {
  const { date, time } = toMoment(timeMs, false);
  return `${date} ${time}`;
}

/** The same for machines. */
export function forkedJson({ origin, point, unproved }: Forked, places: ForkPlaces): string {
  const { name, log, manifest, component } = places;
  const { address, seq, turn, timeMs, entry, root, stateSeq, left } = point;
  const parent = { actor: address, origin: point.origin, seq, turn, time: timeMs, entry, root, stateSeq };
  return `${
    JSON.stringify({
      actor: name,
      origin,
      log,
      manifest,
      component,
      parent,
      proved: unproved === undefined,
      ...(unproved !== undefined && { unproved }),
      leftBehind: left,
    })
  }\n`;
}
