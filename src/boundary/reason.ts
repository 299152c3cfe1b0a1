import { describeValue } from "./misfit.ts";

/** Longest reason in a record, in UTF-16 code units. */
const reasonMax = 1000;

/** What a record says of an error. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error
    ? error.message
    : typeof error === "string"
    ? error
    : describeValue(error);
  return text.slice(0, reasonMax).toWellFormed();
}

/** What stands for arguments that could not be written down: the call has failed, and the reason says why. */
export const unwritten = "[]";

/** How the reason begins where arguments are too large: a replay compares how large. */
export function oversizedReason(bytes: number): string {
  return `Cannot record arguments of ${bytes} bytes: `;
}
