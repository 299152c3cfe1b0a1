/**
 * A random run: actors, and what is done to them. The same seed makes the same
 * one; how fast things happen in it is up to the machine.
 *
 * @module
 */

import { createRandom, type Random } from "../../src/store/testing/random.ts";
import { opsOf, pick, randomScript } from "./random_script.ts";

/** Something that is done to the house while it is open. */
export type Step =
  /** Messages sent at once; all answers are awaited. */
  | { readonly step: "send"; readonly messages: readonly SentMessage[] }
  | Upgrade;

/** An actor goes on with another script. */
export interface Upgrade {
  readonly step: "upgrade";
  readonly address: string;
  readonly file: string;
  readonly migrate: boolean;
}

/** A message from outside. */
export interface SentMessage {
  readonly to: string;
  readonly body: string;
  readonly wait: "response" | "acceptance";
  readonly key?: string;
}

/** One time that the house is open. */
export interface Phase {
  readonly steps: readonly Step[];
  /** Sent last, while the house ends. */
  readonly last: readonly SentMessage[];
  /** Begun after those, and not waited for. */
  readonly upgrading: Upgrade | undefined;
  /** In order; every turn cut; the process of the host killed. */
  readonly end: "stop" | "kill" | "crash";
  /** How long after the last messages, in milliseconds. */
  readonly afterMs: number;
  readonly turnsPerActivation: number;
}

/** What is run. */
export interface RandomRun {
  readonly seed: number;
  readonly files: Readonly<Record<string, string>>;
  readonly phases: readonly Phase[];
}

/** Components that are no scripts, with a path in the repository. */
const guests = {
  "counter.wasm": "tests/guests/counter.wasm",
  "rogue.wasm": "tests/guests/rogue.wasm",
  "tally.wasm": "examples/tally/tally.wasm",
} as const;

/** Where the components of `RandomRun.files` that begin with `@` are. */
export const guestPaths: Readonly<Record<string, string>> = guests;

const permissions =
  `{ log = true, clock = true, random = true, timers = true, send = ["run", "run/*", "nobody/*"], ` +
  `environment = ["THEATER_TEST_SET", "THEATER_TEST_UNSET"] }`;

/** Makes the run of a seed. */
export function randomRun(seed: number): RandomRun {
  const random = createRandom(seed);
  const files: Record<string, string> = {};
  const children = Array.from({ length: 1 + random.below(3) }, (_, k) => `a${k}`);
  const addresses = ["run", ...children.map((name) => `run/${name}`)];
  const component = (name: string): string => {
    if (name !== "run" && random.below(3) === 0) {
      const guest = pick(random, Object.keys(guests) as [keyof typeof guests]);
      files[guest] = `@${guest}`;
      return guest;
    }
    files[`${name}.ts`] = randomScript(random, addresses);
    files[`${name}-next.ts`] = randomScript(random, addresses);
    return `${name}.ts`;
  };
  const supervisor = random.below(3) === 0 ? "" : "supervisor.intensity = 20\n"; // Else few crashes end the run.
  const about = (name: string) => {
    const granted = random.below(6) === 0 ? `{ log = true }` : permissions;
    // Few sets of limits, so that components are generated once for many runs.
    const limits = pick(random, [
      `{ turn_ms = 250, memory = "24MiB", message = "64KiB", state = "256KiB" }`,
      `{ turn_ms = 400, memory = "16MiB", stack = 20_000, message = "64KiB", state = "256KiB", mailbox = 8 }`,
    ]);
    const params = random.below(2) === 0 ? `params = { n = ${random.below(1000)} }\n` : "";
    return `name = "${name}"\ncomponent = "${component(name)}"\n${params}limits = ${limits}\npermissions = ${
      name === "run" ? permissions : granted
    }\n${supervisor}`;
  };
  files["theater.toml"] = about("run") + children.map((name) => `[[child]]\n${about(name)}`).join("");
  const phases = Array.from(
    { length: 2 + random.below(3) },
    (_, k) => randomPhase(random, addresses, files, k),
  );
  return { seed, files, phases };
}

function randomPhase(
  random: Random,
  addresses: readonly string[],
  files: Readonly<Record<string, string>>,
  phase: number,
): Phase {
  let keys = 0;
  const message = (): SentMessage => {
    const to = addresses[random.below(addresses.length)] ?? "run";
    // Most are of the gentle sort: a crash begins an activation, which is no use if nothing lasts.
    const op = random.below(3) === 0 ? random.below(opsOf) : random.below(opsOf / 2);
    const body = random.below(8) === 0
      ? pick(random, [
        "null",
        '"trap"',
        '"err"',
        '"grow"',
        '"deep"',
        "6",
        "[1e400]",
        `"${"long".repeat(100)}"`,
      ])
      : JSON.stringify({ op, hops: random.below(4), text: random.text(), digit: random.below(10) });
    // Some keys come again in the same phase and in later ones.
    const key = random.below(5) === 0
      ? `key ${random.below(2) === 0 ? keys++ : phase * 100 + keys++}`
      : undefined;
    const wait = random.below(5) === 0 ? "acceptance" : "response";
    return { to, body, wait, ...(key !== undefined && { key }) };
  };
  const messages = (most: number) => Array.from({ length: random.below(most) }, message);
  const upgrade = (): Upgrade | undefined => {
    const address = addresses[random.below(addresses.length)] ?? "run";
    const file = `${address.replace(/^run\//, "")}${pick(random, ["-next", ""])}.ts`;
    const migrate = random.below(2) === 0;
    return files[file] === undefined ? undefined : { step: "upgrade", address, file, migrate };
  };
  const steps = Array.from(
    { length: 2 + random.below(5) },
    (): Step => (random.below(6) === 0 ? upgrade() : undefined) ?? { step: "send", messages: messages(14) },
  );
  return {
    steps,
    last: messages(20),
    upgrading: random.below(3) === 0 ? upgrade() : undefined,
    end: pick(random, ["stop", "kill", "crash"]),
    afterMs: random.below(120),
    turnsPerActivation: 4 + random.below(40),
  };
}
