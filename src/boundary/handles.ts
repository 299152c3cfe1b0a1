import type { ResourceHandle } from "../value/mod.ts";
import { describeValue, Misfit } from "./misfit.ts";

/**
 * Resources as one side of the boundary knows them. Both methods throw a
 * {@linkcode Misfit} and are called only while values are encoded or decoded.
 */
export interface HandleView {
  /** The number of a resource that crosses out of this side. */
  numberOf(handle: ResourceHandle, value: unknown): number;
  /** The resource of a number that crosses into this side. */
  resourceOf(handle: ResourceHandle, number: number): object;
}

/** For values without resources. */
export const noHandles: HandleView = {
  numberOf: (handle, value) => {
    throw new Misfit(`a value without the resource ${handle.resource}`, describeValue(value));
  },
  resourceOf: (handle, number) => {
    throw new Misfit(`a value without the resource ${handle.resource}`, `the handle ${number}`);
  },
};

/** What stands for a resource of the host in the guest's glue: an instance of the class that jco was given. */
type Stand = object;

/** One resource that the host defines and that is in use. */
interface Held {
  readonly stand: Stand;
  /** Absent in a replay, where there is no host. */
  readonly hosted: object | undefined;
  /** Who may give it away; nobody while it is on its way from the host to the guest. */
  owner: "guest" | "host" | "nobody";
}

/**
 * The resources of one type that the host defines, numbered from 1 in the order
 * in which they first cross. A number is never used twice in an activation.
 */
export interface ResourceTable {
  readonly resource: string;
  /** The glue's side: stands. */
  readonly guest: HandleView;
  /** The host's side: whatever objects the host functions return. */
  readonly host: HandleView;
  /** Forgets a resource that the guest dropped; returns its number and the host's object. */
  drop(stand: unknown): { readonly number: number; readonly hosted: object | undefined };
}

/**
 * Where the numbers of resources come from: from what a host returns; out of a
 * recording, which must name them in turn; or out of one of which calls may be left out.
 */
export type ResourceNumbers = "hosted" | "recorded" | "sparse";

/** @param prototype of the class that jco was given for this resource */
export function createResourceTable(
  resource: string,
  prototype: object,
  numbers: ResourceNumbers,
): ResourceTable {
  const held = new Map<number, Held>();
  const stands = new WeakMap<Stand, number>();
  const hostedNumbers = new Map<object, number>();
  let next = 1;

  function hold(hosted: object | undefined, number = next): number {
    next = Math.max(next, number + 1);
    const stand: Stand = Object.create(prototype);
    held.set(number, { stand, hosted, owner: "host" });
    stands.set(stand, number);
    if (hosted !== undefined) hostedNumbers.set(hosted, number);
    return number;
  }

  function numberOfStand(value: unknown): number {
    const number = typeof value === "object" && value !== null ? stands.get(value) : undefined;
    if (number === undefined) throw new Misfit(`a ${resource}`, describeValue(value));
    return number;
  }

  function find(number: number): Held {
    const found = held.get(number);
    if (found === undefined) throw new Misfit(`the handle of a ${resource} in use`, `the handle ${number}`);
    return found;
  }

  const guest: HandleView = {
    numberOf(handle, value) {
      const number = numberOfStand(value);
      const found = find(number);
      if (handle.kind === "own") {
        if (found.owner !== "guest") {
          throw new Misfit(`a ${resource} that the guest owns`, `the handle ${number}`);
        }
        found.owner = "host";
      }
      return number;
    },
    resourceOf(handle, number) {
      if (numbers === "recorded" && number === next) hold(undefined);
      if (numbers === "sparse" && !held.has(number)) hold(undefined, number);
      const found = find(number);
      if (handle.kind === "own") {
        if (found.owner === "guest") {
          throw new Misfit(`a ${resource} that the host owns`, `the handle ${number}`);
        }
        found.owner = "guest";
      }
      return found.stand;
    },
  };

  const host: HandleView = {
    numberOf(_handle, value) {
      if ((typeof value !== "object" && typeof value !== "function") || value === null) {
        throw new Misfit(`an object of the host that is a ${resource}`, describeValue(value));
      }
      const number = hostedNumbers.get(value) ?? hold(value);
      const found = find(number);
      if (found.owner !== "host") {
        throw new Misfit(`a ${resource} that is still the host's to give`, `the handle ${number}`);
      }
      found.owner = "nobody";
      return number;
    },
    resourceOf(_handle, number) {
      const { hosted } = find(number);
      if (hosted === undefined) throw new Misfit(`a ${resource} of this host`, `the handle ${number}`);
      return hosted;
    },
  };

  return {
    resource,
    guest,
    host,
    drop(stand) {
      const number = numberOfStand(stand);
      const found = find(number);
      held.delete(number);
      if (found.hosted !== undefined) hostedNumbers.delete(found.hosted);
      return { number, hosted: found.hosted };
    },
  };
}
