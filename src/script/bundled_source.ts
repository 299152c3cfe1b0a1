/** One file that went into a bundle. */
export interface BundledFile {
  /** Relative to the folder of the entry file, with `/`. */
  readonly path: string;
  /** SHA-256 of its text as UTF-8, in hex. */
  readonly sha256: string;
}

/** A script in one text, ready for the script component. */
export interface Bundle {
  /**
   * The body of a function with the parameter `theater`, which returns the exports of the entry file; its
   * last line is the table of `line_table.ts`.
   */
  readonly source: string;
  /** SHA-256 of `source` as UTF-8, in hex. */
  readonly sha256: string;
  /** The files, sorted by path. */
  readonly files: readonly BundledFile[];
}
