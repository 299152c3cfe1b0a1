import type { FunctionType, ValueType } from "../value/mod.ts";
import type { ByteReader } from "./byte_reader.ts";

/** A resource while a component is decoded; its name is known when it is imported or exported. */
export interface Resource {
  /** How handles name it until the end: `#` and a number, which no real name begins with. */
  readonly token: string;
  /** `interface/resource`, by the interface that defines it. */
  name?: string;
}

/** A type of values with its size, so that what is shared cannot explode when written out. */
export interface SizedType {
  readonly type: ValueType;
  /** Number of types in it, itself included. */
  readonly nodes: number;
  /** Longest path from it to a type without parts; 1 for itself. */
  readonly depth: number;
}

/** A body that is decoded when it is needed, with the scope in which it stands. */
export interface Closure {
  readonly body: ByteReader;
  readonly scope: Scope;
}

/** What an index of the space of types stands for. */
export type TypeEntity =
  | { readonly sort: "value"; readonly value: SizedType }
  | { readonly sort: "resource"; readonly resource: Resource }
  | { readonly sort: "function"; readonly type: FunctionType }
  | { readonly sort: "instance_type"; readonly closure: Closure }
  | { readonly sort: "component_type" };

/** Something that can be imported, exported, passed on and aliased. */
export type Entity =
  | { readonly sort: "function"; readonly type: FunctionType }
  | { readonly sort: "type"; readonly type: TypeEntity }
  | { readonly sort: "instance"; readonly exports: InstanceExports }
  | { readonly sort: "component"; readonly closure: Closure };

/** The exports of an instance, by name, in order. */
export type InstanceExports = ReadonlyMap<string, Entity>;

/**
 * The index spaces of one component or type that has a body. A scope keeps its
 * parent, for aliases that reach out of it.
 */
export interface Scope {
  readonly parent: Scope | undefined;
  readonly types: TypeEntity[];
  readonly functions: FunctionType[];
  readonly instances: InstanceExports[];
  readonly components: Closure[];
}

/** An empty scope within `parent`. */
export function newScope(parent: Scope | undefined): Scope {
  return { parent, types: [], functions: [], instances: [], components: [] };
}
