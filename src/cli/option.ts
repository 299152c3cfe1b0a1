/**
 * The grammar of options and operands: small tables that say what a command
 * takes, from which parsing, help and shell completion all follow.
 *
 * @module
 */

/** How the text of a value becomes what the command works with. */
export interface Reader<T> {
  /** Stands for the value in help, such as `<n>`. */
  readonly placeholder: string;
  /** What is wanted, for the error when it is something else: "a whole number". */
  readonly wanted: string;
  /** All that is accepted, where that is a short list. */
  readonly choices?: readonly string[];
  /** @returns nothing when the text is not what is wanted */
  readonly read: (text: string) => T | undefined;
}

/** An option that is there or not. */
export interface FlagOption {
  readonly kind: "flag";
  /** One letter. */
  readonly short?: string;
  readonly help: string;
}

/** An option with a value; given twice, the last one counts. */
export interface ValueOption<T> {
  readonly kind: "value";
  readonly short?: string;
  readonly help: string;
  readonly reader: Reader<T>;
}

/** An option with a value that may be given several times. */
export interface ListOption<T> {
  readonly kind: "list";
  readonly short?: string;
  readonly help: string;
  readonly reader: Reader<T>;
}

/** Any option. */
export type Option = FlagOption | ValueOption<unknown> | ListOption<unknown>;

/** Options by their name, without the dashes. */
export type OptionTable = Readonly<Record<string, Option>>;

/** What parsing makes of a table of options. */
export type OptionValues<O extends OptionTable> = {
  readonly [K in keyof O]: O[K] extends FlagOption ? boolean
    : O[K] extends ValueOption<infer T> ? T | undefined
    : O[K] extends ListOption<infer T> ? readonly T[]
    : never;
};

/** A word that has its place after the command. */
export interface Operand<T, Required extends boolean = boolean> {
  readonly required: Required;
  readonly help: string;
  readonly reader: Reader<T>;
}

/** Any number of words, none too; the last operand of a command. */
export interface ManyOperand<T> {
  readonly required: false;
  readonly many: true;
  readonly help: string;
  readonly reader: Reader<T>;
}

/** Operands in the order in which they are given; the required ones first. */
export type OperandTable = Readonly<Record<string, Operand<unknown> | ManyOperand<unknown>>>;

/** What parsing makes of a table of operands. */
export type OperandValues<P extends OperandTable> = {
  readonly [K in keyof P]: P[K] extends ManyOperand<infer T> ? readonly T[]
    : P[K] extends Operand<infer T, infer Required> ? Required extends true ? T : T | undefined
    : never;
};

/** Makes a {@linkcode FlagOption}. */
export function flag(help: string, short?: string): FlagOption {
  return { kind: "flag", help, ...(short === undefined ? {} : { short }) };
}

/** Makes a {@linkcode ValueOption}. */
export function value<T>(reader: Reader<T>, help: string, short?: string): ValueOption<T> {
  return { kind: "value", reader, help, ...(short === undefined ? {} : { short }) };
}

/** Makes a {@linkcode ListOption}. */
export function list<T>(reader: Reader<T>, help: string, short?: string): ListOption<T> {
  return { kind: "list", reader, help, ...(short === undefined ? {} : { short }) };
}

/** Makes an {@linkcode Operand} that must be given. */
export function required<T>(reader: Reader<T>, help: string): Operand<T, true> {
  return { required: true, reader, help };
}

/** Makes an {@linkcode Operand} that may be left out. */
export function optional<T>(reader: Reader<T>, help: string): Operand<T, false> {
  return { required: false, reader, help };
}

/** Makes a {@linkcode ManyOperand}. */
export function many<T>(reader: Reader<T>, help: string): ManyOperand<T> {
  return { required: false, many: true, reader, help };
}
