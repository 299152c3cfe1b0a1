import type { ValueType } from "./value_type.ts";

/** One parameter of a function. */
export interface Parameter {
  /** As in WIT, in kebab-case. The receiver of a method is called `self`. */
  readonly name: string;
  readonly type: ValueType;
}

/** The type of a function of a component; without `result` it returns nothing. Plain data. */
export interface FunctionType {
  readonly params: readonly Parameter[];
  readonly result?: ValueType;
}
