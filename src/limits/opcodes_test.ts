import { equal, ok } from "node:assert/strict";
import { test } from "node:test";
import {
  assemble,
  type Code,
  EXTERNREF,
  F32,
  F64,
  FUNCREF,
  I32,
  I64,
  u32,
  V128,
} from "./assembler_for_tests.ts";
import { LimitError } from "./fault.ts";
import { BULK, featureOf, FORM, type OpcodeSpace, PLAIN, SIMD } from "./opcodes.ts";
import { limitModule } from "./rewrite.ts";

const limits = { memoryBytesMax: 65536, stackUnitsMax: 1000 };

/** What follows an opcode of a form, so that it is valid in the module below. */
function operands(form: number): Code {
  switch (form) {
    case FORM.memoryAccess:
    case FORM.memoryCopy:
    case FORM.memoryInit:
    case FORM.tableInit:
    case FORM.tableCopy:
      return [0, 0];
    case FORM.laneAccess:
      return [0, 0, 0];
    case FORM.bytes4:
      return [0, 0, 0, 0];
    case FORM.bytes8:
      return [0, 0, 0, 0, 0, 0, 0, 0];
    case FORM.bytes16:
      return new Array(16).fill(0);
    case FORM.selectTyped:
      return [1, I32];
    case FORM.refNull:
      return [FUNCREF];
    case FORM.plain:
      return [];
    default:
      return [0];
  }
}

/** A function that takes `params`, runs one instruction, and returns `results`. */
function around(
  params: readonly number[],
  results: readonly number[],
  instruction: Code,
): Uint8Array<ArrayBuffer> {
  return assemble({
    functions: [{ params, results, locals: [I32], code: [params.map((_, k) => [0x20, k]), instruction] }],
    tables: [[FUNCREF, 1]],
    memory: [1],
    globals: [[I32, true, [0x41, 0]]],
    elements: [[0x01, 0x00, 1, 0]],
    data: [[0x01, 1, 0]],
  });
}

const VALUES = [I32, I64, F32, F64, V128, FUNCREF, EXTERNREF];
const SIGNATURES: (readonly number[])[] = [[]];
for (const a of VALUES) {
  SIGNATURES.push([a]);
  for (const b of VALUES) {
    SIGNATURES.push([a, b]);
    // Only stores of lanes, selects, bulk and table operations take three.
    for (const c of [I32, V128]) if (a === I32 || b === V128 || a === b) SIGNATURES.push([a, b, c]);
  }
}

/** The net effect on the operand stack, asked of the engine's validator. */
function measuredNet(instruction: Code): number | undefined {
  for (const params of SIGNATURES) {
    for (const results of [[], ...VALUES.map((value) => [value])]) {
      if (WebAssembly.validate(around(params, results, instruction))) return results.length - params.length;
    }
  }
  return undefined;
}

/** Forms whose effect depends on more than the opcode; they are tested where they are scanned. */
const CONTROL = new Set<number>([
  FORM.unknown,
  FORM.block,
  FORM.loop,
  FORM.if,
  FORM.else,
  FORM.end,
  FORM.br,
  FORM.brIf,
  FORM.brTable,
  FORM.return,
  FORM.unreachable,
  FORM.call,
  FORM.callIndirect,
  FORM.returnCall,
  FORM.returnCallIndirect,
  FORM.bulkPrefix,
  FORM.simdPrefix,
]);

const SPACES: readonly (readonly [name: string, prefix: readonly number[], space: OpcodeSpace])[] = [
  ["plain", [], PLAIN],
  ["0xfc", [0xfc], BULK],
  ["0xfd", [0xfd], SIMD],
];

for (const [space, prefix, { form, net }] of SPACES) {
  test(`every listed opcode (${space}) changes the stack as the engine says`, () => {
    let tried = 0;
    for (let opcode = 0; opcode < form.length; opcode++) {
      if (CONTROL.has(form[opcode] as number)) continue;
      const code = [...prefix, ...(prefix.length ? u32(opcode) : [opcode]), operands(form[opcode] as number)];
      equal(net[opcode], measuredNet(code), `opcode ${space} ${opcode}`);
      tried++;
    }
    ok(tried >= { plain: 170, "0xfc": 18, "0xfd": 236 }[space]!, `tried only ${tried}`);
  });

  test(`every opcode that is not listed (${space}) is refused`, () => {
    for (let opcode = 0; opcode < 300; opcode++) {
      if (!prefix.length && opcode > 255 || form[opcode]) continue;
      const code = [...prefix, ...(prefix.length ? u32(opcode) : [opcode])];
      const fault = refusal(() => limitModule(around([], [], [code, 0, 0, 0]), limits));
      const feature = featureOf(code[0] as number, opcode);
      equal(fault?.code, feature ? "unsupported_feature" : "malformed", `opcode ${space} ${opcode}`);
      if (fault?.code === "unsupported_feature") equal(fault.feature, feature);
    }
  });
}

function refusal(run: () => unknown): LimitError["fault"] | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof LimitError) return error.fault;
    throw error;
  }
  return undefined;
}
