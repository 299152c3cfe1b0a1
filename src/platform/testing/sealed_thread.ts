/** A thread for the tests: seals itself, loads the source it is sent, and posts what that source found. */
import { createHash } from "node:crypto";
import { systemClock } from "../clock.ts";
import { randomBytes } from "../random.ts";
import { irremovableNames, sealRealm } from "../realm.ts";
import { openPort } from "../thread_port.ts";

interface Probe {
  probe(): Promise<unknown>;
}

const { Blob, URL } = globalThis;
const hide = `const ${irremovableNames.map((name) => `${name} = undefined`).join(", ")};\n`;
let sealed = false;

async function answer(source: string): Promise<void> {
  if (!sealed) {
    sealed = true;
    const url = URL.createObjectURL(new Blob([hide + source], { type: "text/javascript" }));
    const { remaining } = sealRealm();
    const foreign = await import(url) as Probe;
    URL.revokeObjectURL(url);
    return post({ remaining, found: await foreign.probe() });
  }
  // What was captured before goes on working.
  post({
    hash: createHash("sha256").update("sealed").digest("hex"),
    random: randomBytes(16).length,
    clock: systemClock.nowMs() > 1e12 && systemClock.monotonicNs() > 0n,
  });
}

const post = openPort((source) =>
  void answer(String(source)).catch((error) => post({ error: String(error) }))
);
