/**
 * Giving evidence away, and taking parts of it away: bundles for others to check,
 * parts that are withheld or erased, spans that are pruned and come back.
 *
 * Whatever goes, entries keep their hashes, so that chains, trees and proofs stay
 * what they were; and what was taken away is said by what stays. It trusts the
 * log that it reads no further than it must: whoever gets a bundle verifies it.
 * Layer 5.
 *
 * @example
 * ```ts
 * const withhold = [parseWithholdSpec("part:key"), parseWithholdSpec("function:random-bytes")];
 * const { remains } = exportBundle(log, "ledger.db", { addresses: ["ledger"], withhold, closure: true });
 * remains.copies; // []
 * ```
 * @module
 */

export { BundleError, type BundleFault } from "./bundle_error.ts";
export { eraseParts, type EraseReport, type EraseRequest, previewErasure } from "./erase_parts.ts";
export { type BundleReport, type BundleRequest, exportBundle } from "./export_bundle.ts";
export { type PartPlace } from "./part_place.ts";
export { type WritePorts } from "./ports.ts";
export { pruneChain, type PruneRequest, restoreSpan } from "./prune_chain.ts";
export { finishErasures, openErasures } from "./scrub.ts";
export { type Remains } from "./traces.ts";
export { parseWithholdSpec, readSeqRange, type WithholdSpec } from "./withhold_spec.ts";
