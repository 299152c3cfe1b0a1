/**
 * Random modules that are valid and come to an end: nested blocks, loops that
 * count down, recursion of a bounded depth, calls of every kind, memory, bulk
 * operations, floats and traps.
 * @module
 */

import {
  assemble,
  type Code,
  F32,
  F64,
  FUNCREF,
  I32,
  I64,
  randomFrom,
  s32,
  type TestFunction,
  u32,
  vector,
} from "./assembler_for_tests.ts";

/** Params of every function: how deep it may still call, and two numbers. */
const PARAMS = [I32, I32, F64];
/** Locals: numbers of each type, then counters of loops. */
const LOCALS = [I32, I64, F32, F64, I32, I32, I32];
const FIRST_COUNTER = 7;
const LOCAL_OF: Readonly<Record<number, readonly number[]>> = {
  [I32]: [1, 3],
  [I64]: [4],
  [F32]: [5],
  [F64]: [2, 6],
};
const EMPTY = 0x40;

/**
 * A random module; the exports are `run` (depth, number, float) -> i32, `memory` and `g0`.
 * @param showsNaN whether it looks at the bits of NaNs that it makes, in which engines differ
 */
export function randomModule(seed: number, showsNaN: boolean): Uint8Array<ArrayBuffer> {
  const random = randomFrom(seed);
  const count = 3 + random(5);
  const functions: TestFunction[] = Array.from({ length: count }, (_, k) => ({
    params: PARAMS,
    results: [I32],
    locals: LOCALS,
    ...(k === 0 && { exported: "run" }),
    code: functionBody(random, count, showsNaN),
  }));
  return assemble({
    functions,
    memory: [1, 3],
    globals: [[I32, true, [0x41, 0]]],
    tables: [[FUNCREF, count, count]],
    elements: [[0x00, [0x41, 0, 0x0b], vector(Array.from({ length: count }, (_, k) => u32(k)))]],
  });
}

type Random = (bound: number) => number;

function functionBody(random: Random, functions: number, showsNaN: boolean): Code {
  let calls = 2;
  const body = [statements(3, 0, 0)];
  if (random(4) === 0) {
    const target = random(functions);
    body.push([[0x20, 0, 0x04, EMPTY], callArguments(), [0x12, u32(target), 0x0b]]); // if (depth) return_call
  }
  return [...body, expression(I32, 2)];

  /** @param blocks labels that may be branched to @param loops counters in use */
  function statements(size: number, blocks: number, loops: number): Code {
    return Array.from({ length: 1 + random(size) }, () => statement(size, blocks, loops));
  }

  function statement(size: number, blocks: number, loops: number): Code {
    switch (random(size > 0 ? 14 : 8)) {
      case 0:
      case 1:
      case 2: {
        const type = [I32, I64, F32, F64][random(4)] ?? I32;
        const locals = LOCAL_OF[type] ?? [];
        return [expression(type, 3), 0x21, locals[random(locals.length)] ?? 1];
      }
      case 3:
        return store();
      case 4:
        return [expression(I32, 2), 0x24, 0]; // global.set
      case 5:
        return blocks === 0 ? [0x01] : [expression(I32, 1), 0x0d, random(blocks)];
      case 6:
        return random(8) > 0 ? [0x01] : [expression(I32, 3), 0x04, EMPTY, 0x00, 0x0b]; // unreachable, now and then
      case 7:
        return bulk();
      case 8:
        return [0x02, EMPTY, statements(size - 1, blocks + 1, loops), 0x0b];
      case 9:
        return [
          [expression(I32, 2), 0x04, EMPTY, statements(size - 1, 0, loops)],
          [0x05, statements(size - 1, 0, loops), 0x0b],
        ];
      case 10:
        return blocks === 0 ? [0x01] : [
          [0x02, EMPTY, expression(I32, 1), 0x0e, vector([[0], [random(blocks + 1)]]), random(blocks + 1)],
          0x0b,
        ];
      case 11:
        return call();
      default:
        return loops === 3 ? [0x01] : loop(size, loops);
    }
  }

  function loop(size: number, loops: number): Code {
    const counter = FIRST_COUNTER + loops;
    return [
      [0x41, 1 + random(4), 0x21, counter, 0x03, EMPTY, 0x02, EMPTY],
      statements(size - 1, 1, loops + 1),
      [0x0b, 0x20, counter, 0x41, 1, 0x6b, 0x22, counter, 0x0d, 0, 0x0b],
    ];
  }

  function callArguments(): Code {
    return [0x20, 0, 0x41, 1, 0x6b, expression(I32, 1), expression(F64, 1)];
  }

  function call(): Code {
    if (calls-- <= 0) return [0x01];
    const target = random(functions);
    const called = random(2) ? [0x10, u32(target)] : [0x41, s32(target), 0x11, 0, 0];
    return [0x20, 0, 0x04, EMPTY, callArguments(), called, 0x21, 1, 0x0b];
  }

  function address(): Code {
    const any = expression(I32, 1);
    return random(40) === 0 ? any : [any, 0x41, s32(0xfff8), 0x71];
  }

  function store(): Code {
    switch (random(showsNaN ? 4 : 2)) {
      case 0:
        return [address(), expression(I32, 2), 0x36, 0, 0];
      case 1:
        return [address(), expression(I64, 2), 0x37, 0, 0];
      case 2:
        return [address(), expression(F32, 3), 0x38, 0, 0];
      default:
        return [address(), expression(F64, 3), 0x39, 0, 0];
    }
  }

  function bulk(): Code {
    const size: Code = [expression(I32, 1), 0x41, s32(0xff), 0x71];
    switch (random(3)) {
      case 0:
        return [address(), expression(I32, 1), size, 0xfc, 11, 0];
      case 1:
        return [address(), address(), size, 0xfc, 10, 0, 0];
      default:
        return [0x41, random(2), 0x40, 0, 0x1a]; // memory.grow
    }
  }

  function expression(type: number, size: number): Code {
    const locals = LOCAL_OF[type] ?? [];
    if (size === 0 || random(4) === 0) {
      return random(3) > 0 ? [0x20, locals[random(locals.length)] ?? 1] : constant(type);
    }
    const one = (of: number) => expression(of, size - 1);
    switch (type) {
      case I32:
        return pick([
          () => [one(I32), one(I32), 0x6a + random(15)], // arithmetic, division included
          () => [one(I32), one(I32), 0x46 + random(10)],
          () => [one(I64), 0xa7],
          () => [one(F64), one(F64), 0x61 + random(6)],
          () => showsNaN ? [one(F32), 0xbc] : [one(F32), 0xfc, 0], // reinterpret, or convert
          () => [one(F64), 0xfc, 2], // saturating
          () => [address(), 0x28, 0, 0],
          () => [0x23, 0],
          () => [0x3f, 0],
          () => [one(I32), one(I32), one(I32), 0x1b],
        ]);
      case I64:
        return pick([
          () => [one(I64), one(I64), 0x7c + random(3)],
          () => [one(I32), 0xac],
          () => showsNaN ? [one(F64), 0xbd] : [one(F64), 0xfc, 6],
          () => [address(), 0x29, 0, 0],
        ]);
      case F32:
        return pick([
          () => [one(F32), one(F32), 0x92 + random(showsNaN ? 7 : 6)], // add to max, and copysign
          () => [one(F32), 0x8b + random(7)], // abs to sqrt
          () => [one(F64), 0xb6],
          () => [one(I32), 0xbe],
          () => [address(), 0x2a, 0, 0],
        ]);
      default:
        return pick([
          () => [one(F64), one(F64), 0xa0 + random(showsNaN ? 7 : 6)],
          () => [one(F64), 0x99 + random(7)],
          () => [one(F32), 0xbb],
          () => [one(I64), 0xbf],
          () => [one(I32), 0xb7],
          () => [address(), 0x2b, 0, 0],
          () => [one(I32), 0x04, F64, one(F64), 0x05, one(F64), 0x0b],
        ]);
    }
  }

  function pick(choices: readonly (() => Code)[]): Code {
    return choices[random(choices.length)]?.() ?? [];
  }

  function constant(type: number): Code {
    switch (type) {
      case I32:
        return [0x41, s32(random(3) ? random(1000) - 500 : random(0xffffffff) | 0)];
      case I64:
        return [0x42, s32(random(0xffffffff) | 0)];
      case F32:
        return [0x43, 0, 0, pick([() => [0x80, 0x3f], () => [0x80, 0x7f], () => [0xa0, 0x7f], () => [0, 0]])];
      default:
        return [
          0x44,
          0,
          0,
          0,
          0,
          0,
          0,
          pick([() => [0xf0, 0x3f], () => [0xf0, 0xff], () => [0xf4, 0x7f], () => [0, 0]]),
        ];
    }
  }
}
