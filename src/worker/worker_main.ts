/**
 * What runs inside an actor's worker. Its first act is to shut the door behind
 * it: when the component's code is loaded, the realm has nothing left but the
 * language, and the one port to the host that this module holds.
 *
 * @module
 */
import { openPort, randomBytes, sealRealm, systemClock } from "../platform/worker.ts";
import { type Activation, createActivation, type WorkerPorts } from "./activation.ts";
import { type Control, createControl, wished } from "./control.ts";
import { alsoFresh } from "./fresh.ts";
import { importGlue } from "./guest.ts";
import { reviving } from "./reviving.ts";
import type { FromWorker, ReplayInput, ToWorker, TurnInput, TurnReport } from "./protocol.ts";

/** Reports are held back no longer than this, so that the first of a batch is not kept for the last. */
const reportEveryMs = 2;

const encoder = new TextEncoder();
const ports: WorkerPorts = capturePorts();
const post = openPort((data) => void onMessage(data as ToWorker));
sealRealm();

let activation: Activation | undefined;
let control: Control | undefined;

async function onMessage(message: ToWorker): Promise<void> {
  switch (message.ask) {
    case "record":
    case "replay":
    case "stand-in": {
      const { setup } = message;
      control = createControl(setup.control);
      const instantiate = await importGlue(setup.glue, ports.importText);
      const again = (state: string) =>
        createActivation({ ...message, setup: { ...setup, state } }, ports, instantiate);
      activation = createActivation(message, ports, instantiate);
      if (message.ask === "replay" && message.fresh) activation = alsoFresh(activation, again);
      if (message.ask === "stand-in") activation = reviving(activation, again);
      report([activation.started], activation, true);
      break;
    }
    case "turns":
      activation?.owes(message.owed);
      if (activation !== undefined) runTurns(activation, message.turns);
      break;
    case "replay-turns":
      if (activation !== undefined) runTurns(activation, message.turns);
      break;
  }
}

function runTurns(live: Activation, turns: readonly (TurnInput | ReplayInput)[]): void {
  let reports: TurnReport[] = [];
  let since = ports.elapsedMs();
  for (const [index, turn] of turns.entries()) {
    if (control !== undefined && wished(control) !== "run" && index > 0) break;
    reports.push(live.run(turn));
    if (!live.alive()) break;
    const now = ports.elapsedMs();
    if (now - since < reportEveryMs || index === turns.length - 1) continue;
    report(reports, live, false);
    reports = [];
    since = now;
  }
  report(reports, live, true);
}

/** Sends reports; the state goes along with the last one that has a new one. */
function report(reports: TurnReport[], live: Activation, last: boolean): void {
  const newest = reports.findLastIndex(({ end }) => end.end === "ok");
  const sent: FromWorker = {
    reports: reports.map((each, index) => {
      if (index !== newest || each.end.end !== "ok" || each.end.state !== undefined) return each;
      return { ...each, end: { ...each.end, state: live.state() } };
    }),
    last,
  };
  post(sent);
}

/** Takes what the realm offers before it is emptied. */
function capturePorts(): WorkerPorts {
  const { performance, URL, Blob } = globalThis;
  const createUrl = URL.createObjectURL.bind(URL);
  const revokeUrl = URL.revokeObjectURL.bind(URL);
  return {
    nowMs: systemClock.nowMs,
    elapsedMs: performance.now.bind(performance),
    monotonicNs: systemClock.monotonicNs,
    randomBytes,
    byteLength: (text) => encoder.encode(text).length,
    async importText(text) {
      // The first line tells Bun that this is plain JavaScript: it would rewrite it, and keep the result in a
      // cache below the user's home.
      const url = createUrl(new Blob(["// @bun\n", text], { type: "text/javascript" }));
      try {
        return await import(url);
      } finally {
        revokeUrl(url); // Kept, it would cost 0.2 MB an activation.
      }
    },
  };
}
