/**
 * What the command line says to the shell: one meaning a number, the same for
 * every command.
 */
export const exitCode = {
  /** Done; the answer is yes. */
  done: 0,
  /** The answer is no: refuted, diverged, refused by the actor. */
  no: 1,
  /** Could not be done: bad usage, bad input, not found. */
  failed: 2,
  /** A policy is not met. */
  policy: 3,
  /** The log cannot be written, or somebody else holds it. */
  log: 4,
  /** Interrupted by the user. */
  interrupted: 130,
} as const;

/** A number of {@linkcode exitCode}. */
export type ExitCode = (typeof exitCode)[keyof typeof exitCode];
