import type { PartRole } from "./entry.ts";

/** Stands for the parts of an entry that is pruned. */
export const noRoles: readonly PartRole[] = [];

/** The names of the parts of every entry of a chain, one byte an entry. Layer 1. */
export class PartPlaces {
  readonly #lists: (readonly PartRole[])[] = [];
  #codes = new Uint8Array(256);
  #size = 0;

  push(roles: readonly PartRole[]): void {
    let code = this.#lists.findIndex((list) => list === roles);
    if (code < 0) code = this.#lists.push(roles) - 1; // There are no more lists than shapes of entries.
    if (this.#size === this.#codes.length) {
      const larger = new Uint8Array(2 * this.#size);
      larger.set(this.#codes);
      this.#codes = larger;
    }
    this.#codes[this.#size++] = code;
  }

  /** Empty for what is not there; {@linkcode noRoles} for what is pruned. */
  at(seq: number): readonly PartRole[] {
    return seq < this.#size ? this.#lists[this.#codes[seq] ?? -1] ?? [] : [];
  }
}
