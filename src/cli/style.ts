/** Wraps text so that a terminal shows it differently; few colours, each with one meaning. */
export interface Style {
  /** What is there to be skipped: times, hashes, notes. */
  dim(text: string): string;
  /** What a line is about. */
  bold(text: string): string;
  /** What went wrong: traps, cuts, refused permissions. */
  red(text: string): string;
  /** What was checked and holds. */
  green(text: string): string;
}

/** No style at all: pipes, files, `NO_COLOR`. */
export const plainStyle: Style = {
  dim: (text) => text,
  bold: (text) => text,
  red: (text) => text,
  green: (text) => text,
};

/** ECMA-48 "select graphic rendition", understood by every terminal in use. */
export const ansiStyle: Style = {
  dim: (text) => `\x1b[2m${text}\x1b[22m`,
  bold: (text) => `\x1b[1m${text}\x1b[22m`,
  red: (text) => `\x1b[31m${text}\x1b[39m`,
  green: (text) => `\x1b[32m${text}\x1b[39m`,
};
