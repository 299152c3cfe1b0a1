import type { PartPlace, Remains } from "../bundle/mod.ts";
import { countOf } from "./quantity.ts";
import { printable } from "./printable.ts";

/** Places named one by one before they are counted. */
const placesShown = 6;

/** What still tells of parts that were taken away, for people; no lines where nothing does. */
export function remainsLines({ copies, replayed, follows }: Remains): string[] {
  return [
    ...section("the same stands in", copies),
    ...section("replay gives back", replayed),
    ...section("what came out of it stands in", follows),
  ];
}

function section(title: string, places: readonly PartPlace[]): string[] {
  if (places.length === 0) return [];
  const byActor = Map.groupBy(places, ({ address }) => address);
  const lines = [...byActor].map(([address, own]) => {
    const named = own.slice(0, placesShown).map(({ seq, role }) => `${role} of ${seq}`).join(", ");
    const rest = own.length - placesShown;
    return `    ${printable(address)}: ${named}${rest > 0 ? `, and ${countOf(rest, "part")} more` : ""}`;
  });
  return [`  ${title}`, ...lines];
}

/** Whether anything still tells. */
export function anyRemains({ copies, replayed, follows }: Remains): boolean {
  return copies.length + replayed.length + follows.length > 0;
}

/** The same for machines. */
export function remainsJson(remains: Remains): Record<keyof Remains, readonly PartPlace[]> {
  const { copies, replayed, follows } = remains;
  return { copies, replayed, follows };
}
