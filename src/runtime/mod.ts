/**
 * The house: wires manifests, components, log, workers and actors together and
 * owns no behaviour of its own.
 *
 * Trusts: the rooms below. Layer 6.
 *
 * @example
 * ```ts
 * const theater = await openTheater({ tree: await loadManifest(path, files), store: openLog(db) });
 * const answer = await theater.send({ to: theater.root, body: '{"name":"Ada"}', wait: "response" });
 * await theater.stop();
 * ```
 * @module
 */

export { codeSetup, type Frame, type RecordedFrame, recordedFrame } from "./code_setup.ts";
export { type ComponentBytes, componentBytes } from "./component_bytes.ts";
export { checkComponent } from "./definition.ts";
export {
  askCheckpoint,
  askForWish,
  askUpgrade,
  type DoorAnswer,
  knock,
  type NoAnswer,
  openDoor,
  type SealedAnswer,
} from "./door.ts";
export { takeHeadStart } from "./head_start.ts";
export { type Caps, createLoader, type LoadComponent } from "./loader.ts";
export { execution } from "./execution.ts";
export type { Machine } from "./machine.ts";
export { recordedSetup } from "./recorded_setup.ts";
export { RuntimeError, type RuntimeFault } from "./runtime_error.ts";
export { aboutText, type SigningKeyFacts } from "./sealing.ts";
export type { OutsideMessage } from "./reception.ts";
export { openTheater, type Theater, type TheaterOptions } from "./theater.ts";
export type { NotUpgradedCode, UpgradeAnswer, UpgradeRequest } from "./upgrade.ts";
export type { WishAnswer, WishRequest } from "./wish.ts";
export { replayBehaviour, replayBehaviours, theaterVersion } from "./version.ts";
