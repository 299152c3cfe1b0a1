import type { FunctionType } from "../value/mod.ts";

/** An interface that a component imports or exports. */
export interface InstanceItem {
  readonly kind: "instance";
  /** As in WIT: `theater:actor/log@0.1.0`. */
  readonly name: string;
  /**
   * In the order of the component. Functions of resources are called
   * `[constructor]x`, `[method]x.y` and `[static]x.y`.
   */
  readonly functions: ReadonlyMap<string, FunctionType>;
  /** Names of the resources, without the name of the interface. */
  readonly resources: readonly string[];
}

/** A function that a component imports or exports by itself. */
export interface FunctionItem {
  readonly kind: "function";
  readonly name: string;
  readonly type: FunctionType;
}

/** One import or export. */
export type InterfaceItem = InstanceItem | FunctionItem;

/**
 * What a component imports and exports, in its own order. Plain data: it crosses
 * a thread intact.
 */
export interface ComponentType {
  readonly imports: readonly InterfaceItem[];
  readonly exports: readonly InterfaceItem[];
}
