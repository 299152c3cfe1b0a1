import { type Entry, type PartRole, partRoles } from "../chain/mod.ts";

/** Where a part stands. */
export interface PartPlace {
  readonly address: string;
  readonly seq: number;
  /** Zero-based, among the parts of the entry. */
  readonly position: number;
  readonly role: PartRole;
}

/** A set of places, in the order in which they were added. */
export interface PartSet extends Iterable<PartPlace> {
  /** @returns whether it is new */
  add(place: PartPlace): boolean;
  has(place: Pick<PartPlace, "address" | "seq" | "position">): boolean;
  readonly size: number;
}

/** Names a place. */
export function placeKey(
  { address, seq, position }: Pick<PartPlace, "address" | "seq" | "position">,
): string {
  return `${address} ${seq} ${position}`;
}

/** Makes a set of places. */
export function createPartSet(places: Iterable<PartPlace> = []): PartSet {
  const found = new Map<string, PartPlace>();
  const set: PartSet = {
    add(place) {
      const key = placeKey(place);
      if (found.has(key)) return false;
      found.set(key, place);
      return true;
    },
    has: (place) => found.has(placeKey(place)),
    get size() {
      return found.size;
    },
    [Symbol.iterator]: () => found.values(),
  };
  for (const place of places) set.add(place);
  return set;
}

/** All parts of an entry. */
export function placesOf(address: string, entry: Entry): PartPlace[] {
  return partRoles(entry).map((role, position) => ({ address, seq: entry.seq, position, role }));
}

/** The part of an entry that has a role, if one has. */
export function placeOf(address: string, entry: Entry, role: PartRole): PartPlace | undefined {
  return placesOf(address, entry).find((place) => place.role === role);
}
