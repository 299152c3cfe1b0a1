/**
 * Modules that together use every kind of code that the rewriter touches, with
 * the calls to make of each.
 * @module
 */

import {
  assemble,
  type Code,
  declare,
  F64,
  FUNCREF,
  I32,
  I64,
  name,
  s32,
  type TestFunction,
  u32,
  V128,
  vector,
} from "./assembler_for_tests.ts";

/** A module and what is asked of it. */
export interface Fixture {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly calls: readonly (readonly [name: string, ...params: (number | bigint)[]])[];
}

const BLOCK = 0x02;
const LOOP = 0x03;
const IF = 0x04;
const ELSE = 0x05;
const END = 0x0b;
const BR = 0x0c;
const BR_IF = 0x0d;
const BR_TABLE = 0x0e;
const RETURN = 0x0f;
const CALL = 0x10;
const EMPTY = 0x40;
export const get = (local: number): Code => [0x20, u32(local)];
export const set = (local: number): Code => [0x21, u32(local)];
export const i32 = (value: number): Code => [0x41, s32(value)];
const globalGet = (index: number): Code => [0x23, index];
const globalSet = (index: number): Code => [0x24, index];
const ADD = 0x6a;
const SUB = 0x6b;
const MUL = 0x6c;

/** (n) -> sum of 1..n by a loop. */
export const sum: TestFunction = {
  params: [I32],
  results: [I32],
  locals: [I32],
  exported: "sum",
  code: [
    [BLOCK, EMPTY, get(0), 0x45, BR_IF, 0],
    [LOOP, EMPTY, get(1), get(0), ADD, set(1), get(0), i32(1), SUB, 0x22, 0, BR_IF, 0, END],
    [END, get(1)],
  ],
};

/** (n) -> n! by recursion; the function's own index is `self`. */
export const factorial = (self: number): TestFunction => ({
  params: [I32],
  results: [I32],
  exported: "factorial",
  code: [get(0), IF, I32, get(0), get(0), i32(1), SUB, CALL, self, MUL, ELSE, i32(1), END],
});

/** Every way to open up to three blocks around some code. */
function nestings(): (readonly ("block" | "loop" | "if" | "else")[])[] {
  const kinds = ["block", "loop", "if", "else"] as const;
  const all: (readonly ("block" | "loop" | "if" | "else")[])[] = [[]];
  for (let depth = 0, from = 0; depth < 3; depth++) {
    const to = all.length;
    for (let k = from; k < to; k++) for (const kind of kinds) all.push([...all[k] ?? [], kind]);
    from = to;
  }
  return all;
}

/** Wraps code into blocks, outermost first; all are entered. */
function nest(kinds: readonly ("block" | "loop" | "if" | "else")[], code: Code): Code {
  return kinds.reduceRight<Code>((inner, kind) => {
    if (kind === "block") return [BLOCK, EMPTY, inner, END];
    if (kind === "loop") return [LOOP, EMPTY, inner, END];
    if (kind === "if") return [i32(1), IF, EMPTY, inner, END];
    return [i32(0), IF, EMPTY, ELSE, inner, END];
  }, code);
}

/** For each nesting a function that leaves from its innermost block in some way. */
function exits(): Fixture {
  const functions: TestFunction[] = [{ params: [I32], results: [I32], code: [get(0), i32(7), ADD] }];
  const calls: [string, number][] = [];
  const add = (name: string, code: Code, params: readonly number[]) => {
    // Calling makes the function one whose stack is accounted.
    const accounted: Code = [get(0), CALL, 0, 0x1a];
    functions.push({ params: [I32], results: [I32], exported: name, code: [accounted, code] });
    for (const param of params) calls.push([name, param]);
  };
  for (const kinds of nestings()) {
    const at = kinds.join("-") || "top";
    const depth = kinds.length;
    const last = (code: Code): Code => [nest(kinds, code), i32(99)];
    add(`return ${at}`, last([get(0), IF, EMPTY, i32(5), RETURN, END]), [0, 1]);
    add(`return over operands ${at}`, last([i32(1), i32(2), get(0), RETURN]), [3]);
    add(`br ${at}`, last([i32(6), get(0), BR_IF, depth, 0x1a, i32(8), BR, depth]), [0, 1]);
    // Loops would go round for ever.
    if (!kinds.includes("loop")) {
      const labels = kinds.map((_, k) => [k]);
      if (depth > 0) {
        add(`br_table ${at}`, last([get(0), BR_TABLE, vector(labels), depth - 1]), [
          0,
          1,
          2,
          3,
          -1,
        ]);
      }
      add(`br_table out ${at}`, last([i32(4), get(0), BR_TABLE, 1, depth, depth]), [0, 1]);
    }
    add(`unreachable behind return ${at}`, last([get(0), RETURN, 0x00, get(0), RETURN]), [1]);
  }
  return { name: "exits", bytes: assemble({ functions }), calls };
}

const loops: Fixture = {
  name: "loops and recursion",
  bytes: assemble({ functions: [sum, factorial(1)] }),
  calls: [["sum", 0], ["sum", 1], ["sum", 100], ["sum", 100_000], ["factorial", 0], ["factorial", 12]],
};

const multiValue: Fixture = {
  name: "multi-value",
  bytes: assemble({
    types: [[[I32, I32], [I32, I32]], [[], [I32, I64]]],
    functions: [
      // (a, b) -> (b, a), through a block with params and results, and a return of two
      {
        params: [I32, I32],
        results: [I32, I32],
        exported: "swap",
        code: [
          get(0),
          [IF, EMPTY, get(1), get(0), RETURN, END],
          [get(0), get(1), BLOCK, 0, BR, 0, END],
          [set(0), set(1), get(0), get(1)],
        ],
      },
      {
        params: [I32],
        results: [I32, I64, F64],
        exported: "three",
        code: [
          [get(0), i32(1), CALL, 0, 0x1a, 0x1a],
          [i32(1), 0x42, 2, 0x44, 0, 0, 0, 0, 0, 0, 0xf8, 0x3f],
          [get(0), BR_IF, 0],
          [0x1a, 0x1a, 0x1a, BLOCK, 1, i32(4), 0x42, 5, END, 0x44, 0, 0, 0, 0, 0, 0, 4, 0x40],
        ],
      },
      // A loop with params, counting both.
      {
        params: [I32, I32],
        results: [I32, I32],
        locals: [I32],
        exported: "both",
        code: [
          [get(0), get(1), LOOP, 0],
          [set(2), i32(1), ADD, get(2), i32(1), SUB, 0x22, 2, get(2), BR_IF, 0, END],
        ],
      },
      { results: [I32, I64, F64], exported: "tail", code: [i32(0), 0x12, 1] },
    ],
  }),
  calls: [["swap", 0, 5], ["swap", 3, 4], ["three", 0], ["three", 1], ["both", 3, 1000], ["tail"]],
};

const tails: Fixture = {
  name: "tail calls",
  bytes: assemble({
    imports: [["twice", [I32], [I32]]],
    tables: [[FUNCREF, 4]],
    elements: [[0x00, i32(0), END, vector([[1], [2], [3]])]],
    functions: [
      { // 1: even(n) = n ? odd(n - 1) : 1
        params: [I32],
        results: [I32],
        exported: "even",
        code: [get(0), IF, I32, get(0), i32(1), SUB, 0x12, 2, ELSE, i32(1), END],
      },
      { // 2: odd(n) = n ? even(n - 1), called by the table : 0
        params: [I32],
        results: [I32],
        exported: "odd",
        code: [get(0), IF, I32, get(0), i32(1), SUB, i32(0), 0x13, 0, 0, ELSE, i32(0), END],
      },
      { params: [I32], results: [I32], exported: "host", code: [i32(1), get(0), 0x12, 0] },
      { params: [I32, I32], results: [I32], exported: "any", code: [get(0), get(1), 0x13, 0, 0] },
    ],
  }),
  calls: [["even", 100_001], ["odd", 100_001], ["host", 21], ["any", 10, 0], ["any", 10, 2], ["any", 1, 3]],
};

const hostCalls: Fixture = {
  name: "imported functions",
  bytes: assemble({
    imports: [["twice", [I32], [I32]], ["pair", [], [I32, I64]], ["callBack", [I32], [I32]]],
    functions: [
      { params: [I32], results: [I32], exported: "back", code: [get(0), i32(3), MUL] },
      { params: [I32], results: [I32], exported: "run", code: [get(0), CALL, 0, CALL, 2, CALL, 0] },
      {
        results: [I64],
        exported: "pairs",
        code: [CALL, 1, set(0), 0x1a, get(0), CALL, 1, set(0), 0x1a, get(0), 0x7c],
        locals: [I64],
      },
    ],
  }),
  calls: [["run", 5], ["run", -1], ["back", 2], ["pairs"]],
};

const bulk: Fixture = {
  name: "bulk memory and tables",
  bytes: assemble({
    memory: [1, 3],
    tables: [[FUNCREF, 8, 20]],
    elements: [[0x01, 0x00, vector([[0], [1]])], declare([2])],
    data: [[0x01, name("hello")], [0x00, i32(16), END, name("world")]],
    functions: [
      { results: [I32], exported: "one", code: [i32(1)] },
      { results: [I32], exported: "two", code: [i32(2)] },
      {
        exported: "bulk",
        code: [
          [i32(0), i32(0), i32(5), 0xfc, 8, 0, 0],
          [i32(300), i32(0), i32(200), 0xfc, 10, 0, 0],
          [i32(1000), i32(65), i32(5000), 0xfc, 11, 0],
          [0xfc, 9, 0],
        ],
      },
      {
        params: [I32],
        results: [I32],
        exported: "table",
        code: [
          [i32(1), i32(0), i32(2), 0xfc, 12, 0, 0],
          [i32(3), i32(1), i32(2), 0xfc, 14, 0, 0],
          [0xd2, 1, i32(3), 0xfc, 15, 0, 0x1a],
          [i32(5), 0xd2, 0, i32(2), 0xfc, 17, 0],
          [i32(7), i32(3), 0x25, 0, 0x26, 0],
          [0xfc, 13, 0],
          [0xfc, 16, 0, i32(100), MUL, get(0), 0x11, 0, 0, ADD],
          [get(0), 0x25, 0, 0xd1, ADD],
        ],
      },
      {
        params: [I32],
        results: [I32],
        exported: "grow",
        code: [get(0), 0x40, 0, i32(10), MUL, 0x3f, 0, ADD],
      },
      { params: [I32], exported: "too far", code: [get(0), i32(1), i32(9), 0xfc, 11, 0] },
    ],
  }),
  calls: [
    ["bulk"],
    ["bulk"],
    ["table", 3],
    ["table", 9],
    ["grow", 0],
    ["grow", 1],
    ["grow", 5],
    ["too far", 0],
    ["too far", -4],
  ],
};

const vectors: Fixture = {
  name: "vectors",
  bytes: assemble({
    memory: [1],
    functions: [
      {
        params: [I32],
        results: [I32],
        locals: [V128, V128],
        exported: "mix",
        code: [
          [0xfd, 12, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, set(1)],
          [LOOP, EMPTY],
          [get(1), get(1), 0xfd, 13, 0, 17, 2, 19, 4, 21, 6, 23, 8, 25, 10, 27, 12, 29, 14, 31, set(2)],
          [get(2), get(0), 0xfd, 17, 0xfd, u32(0xae), 1, set(1)], // splat, add
          [i32(32), get(1), 0xfd, 11, 4, 0],
          [i32(32), get(2), 0xfd, 84, 0, 3, 5, set(2)],
          [i32(48), get(2), 0xfd, 91, 3, 0, 1],
          [get(0), i32(1), SUB, 0x22, 0, BR_IF, 0, END],
          [get(1), get(2), 0xfd, 0xba, 1, 0xfd, 27, 2], // dot, extract lane 2
        ],
      },
      { params: [I32], results: [I32], exported: "any", code: [get(0), CALL, 0, get(0), ADD] },
    ],
  }),
  calls: [["mix", 1], ["mix", 50], ["any", 3]],
};

const segments: Fixture = {
  name: "globals, segments and a start function",
  bytes: assemble({
    imports: [["twice", [I32], [I32]]],
    memory: [1],
    tables: [[FUNCREF, 4], [FUNCREF, 4]],
    globals: [
      [I32, true, i32(11)],
      [I64, true, [0x42, 0x7f]],
      [FUNCREF, false, [0xd2, 1]],
      [I32, false, [i32(3), i32(4), ADD, i32(2), MUL]],
    ],
    elements: [
      [0x00, i32(0), END, vector([[1]])],
      [0x02, 1, i32(1), END, 0x00, vector([[1], [2]])],
      [0x03, 0x00, vector([[1]])],
      [0x04, i32(2), END, vector([[0xd2, 2, END], [0xd0, FUNCREF, END]])],
      [0x05, FUNCREF, vector([[0xd2, 1, END]])],
      [0x06, 1, i32(0), END, FUNCREF, vector([[0xd2, 2, END]])],
      [0x07, FUNCREF, vector([[0xd2, 3, END]])],
    ],
    data: [[0x00, i32(4), END, name("abc")], [0x02, 0, i32(8), END, name("de")], [0x01, name("f")]],
    start: 3,
    functions: [
      { results: [I32], exported: "bump", code: [globalGet(0), i32(1), ADD, globalSet(0), globalGet(0)] },
      { results: [I32], exported: "other", code: [globalGet(3)] },
      { code: [LOOP, EMPTY, CALL, 1, i32(20), 0x48, BR_IF, 0, END] }, // start: bump up to 20
      { params: [I32], results: [I32], exported: "one", code: [get(0), 0x11, 1, 0] },
      { params: [I32], results: [I32], exported: "two", code: [get(0), 0x11, 1, 1] },
    ],
    types: [[[], []], [[], [I32]]],
  }),
  calls: [
    ["bump"],
    ["other"],
    ["one", 0],
    ["one", 2],
    ["one", 3],
    ["one", 4],
    ["two", 0],
    ["two", 1],
    ["two", 2],
    ["two", 3],
  ],
};

/** Straight code with ten jumps over parts of it, far longer than a run may be without a check. */
const straight: Fixture = {
  name: "straight code",
  bytes: assemble({
    functions: [{
      params: [I32],
      results: [I32],
      exported: "straight",
      code: Array.from({ length: 10 }, (_, k) => [
        [BLOCK, EMPTY, get(0), i32(k), 0x71, BR_IF, 0],
        Array.from({ length: 30 }, () => [get(0), i32(k + 1), ADD, set(0)]),
        END,
        [get(0), IF, EMPTY, get(0), i32(3), MUL, set(0), ELSE, get(0), i32(1), ADD, set(0), END],
      ]).concat([get(0) as never]),
    }],
  }),
  calls: [["straight", 0], ["straight", 1], ["straight", 6], ["straight", -1]],
};

const traps: Fixture = {
  name: "traps",
  bytes: assemble({
    memory: [1],
    tables: [[FUNCREF, 2]],
    elements: [[0x00, i32(0), END, vector([[0]])]],
    functions: [
      { exported: "unreachable", code: [0x00] },
      { params: [I32], results: [I32], exported: "divide", code: [i32(-0x80000000), get(0), 0x6d] },
      { params: [I32], results: [I32], exported: "load", code: [get(0), 0x28, 2, 0] },
      { params: [I32], exported: "indirect", code: [get(0), 0x11, 0, 0] },
      { params: [F64], results: [I64], exported: "truncate", code: [get(0), 0xb0] },
    ],
  }),
  calls: [
    ["unreachable"],
    ["divide", 0],
    ["divide", -1],
    ["divide", 3],
    ["load", 65532],
    ["load", 65533],
    ["load", -1],
    ["indirect", 1],
    ["indirect", 2],
    ["truncate", 1e30],
    ["truncate", NaN],
    ["truncate", -2.5],
  ],
};

/** Nothing at all, and nothing but an import. */
const empty: Fixture = { name: "empty", bytes: assemble({}), calls: [] };
const importOnly: Fixture = {
  name: "one import",
  bytes: assemble({ imports: [["twice", [I32], [I32]]] }),
  calls: [],
};

/** All of them. */
export const FIXTURES: readonly Fixture[] = [
  loops,
  exits(),
  multiValue,
  tails,
  hostCalls,
  bulk,
  vectors,
  segments,
  straight,
  traps,
  empty,
  importOnly,
];

/** Imports for an instance of a fixture. */
export function fixtureImports(instance: () => WebAssembly.Instance): WebAssembly.Imports {
  return {
    h: {
      twice: (x: number) => x * 2,
      pair: () => [3, 4n],
      callBack: (x: number) => (instance().exports["back"] as (x: number) => number)(x),
    },
  };
}
