/**
 * What the tests of this room share: vectors, a seeded source of numbers, and a witness.
 *
 * Layer 1.
 * @module
 */

import { throws } from "node:assert/strict";
import { readFileSync } from "node:fs";
import {
  cosignedMessage,
  createSigningKey,
  createVerifierKey,
  NoteError,
  type NoteFault,
  type NoteSignature,
  type VerifierKey,
} from "../mod.ts";

const folder = new URL("../../../tests/vectors/note/", import.meta.url);

/** Reads a file of vectors. */
export function loadVectors<Vectors>(name: string): Vectors {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")) as Vectors;
}

/** That something is refused for one of these reasons. */
export function refused(run: () => unknown, ...codes: NoteFault["code"][]): void {
  throws(run, (error) => {
    return error instanceof NoteError && (codes.length === 0 || codes.includes(error.fault.code));
  });
}

/** Small, fast, seeded: the same numbers in every runtime. */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Seeds for tests: nobody's secret. */
export function testSeed(number: number): Uint8Array {
  return new Uint8Array(32).fill(number);
}

/** A witness that cosigns whatever it is given. */
export interface TestWitness {
  readonly key: VerifierKey;
  cosign(checkpoint: string, timeSeconds?: number): NoteSignature;
}

/** Makes a witness. */
export function createTestWitness(name: string, seed: Uint8Array): TestWitness {
  const signingKey = createSigningKey(seed);
  const key = createVerifierKey(name, "cosignature", signingKey.publicKey);
  return {
    key,
    cosign(checkpoint, timeSeconds = 1_700_000_000) {
      const signature = new Uint8Array(72);
      new DataView(signature.buffer).setBigUint64(0, BigInt(timeSeconds));
      signature.set(signingKey.sign(cosignedMessage(timeSeconds, checkpoint)), 8);
      return { name, keyId: key.id, signature };
    },
  };
}
