/** A place in a manifest, counted from one; `column` in UTF-16 code units. */
export interface Place {
  readonly line: number;
  readonly column: number;
}
