/** The two shared words between a worker and its host. */
export interface Control {
  readonly buffer: SharedArrayBuffer;
  readonly words: Int32Array;
}

/** What the host wants of the worker. */
type Wish = "run" | "pause" | "kill";
const wishes: readonly Wish[] = ["run", "pause", "kill"];

/** Word 0: index into {@linkcode wishes}; written by the host. */
const wishWord = 0;
/** Word 1: goes up whenever a turn begins or ends; written by the worker. */
const progressWord = 1;

/** Shares `buffer`, or makes a new one. */
export function createControl(buffer: SharedArrayBuffer = new SharedArrayBuffer(8)): Control {
  return { buffer, words: new Int32Array(buffer) };
}

/** Host: asks the worker to end the batch after the turn in hand, or to end the guest at its next tick. */
export function wish(control: Control, wanted: "pause" | "kill"): void {
  Atomics.store(control.words, wishWord, wishes.indexOf(wanted));
}

/** Worker: what the host wants. */
export function wished(control: Control): Wish {
  return wishes[Atomics.load(control.words, wishWord)] ?? "kill";
}

/** Worker: shows that it lives. */
export function markProgress(control: Control): void {
  Atomics.add(control.words, progressWord, 1);
}

/** Host: a number that changes whenever the worker begins or ends a turn. */
export function progress(control: Control): number {
  return Atomics.load(control.words, progressWord);
}
