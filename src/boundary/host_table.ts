/** What answers the calls of one function, or why nobody does. */
export type HostBinding = HostAnswerer | { readonly denied: string };

/** Thrown by what answers, where the arguments decide: the guest may not have this. Its message is recorded. */
export class Denied extends Error {
  override name = "Denied";
}

/** What answers the calls of one function. */
export interface HostAnswerer {
  /**
   * Gets the values as jco lifts them, resources as the host's own objects.
   * A `result` is returned as `{ tag, val }`, a resource as any object, nothing
   * as undefined. Whatever is thrown stops the guest; its message is recorded, as a failure
   * unless it is {@linkcode Denied}.
   *
   * What was returned must hold still until the guest has it.
   */
  call(...values: unknown[]): unknown;
  /** Index of the string parameter whose text is recorded apart, as the body. */
  readonly bodyArgument?: number;
}

/**
 * What the host offers, by `interface#function` or `function`. What is not in
 * it is denied, except that resources may be dropped
 * (`interface#[resource-drop]name`) without the host being told.
 */
export type HostTable = ReadonlyMap<string, HostBinding>;
