/**
 * Releases: the list of what belongs to one, with checksums, as the project
 * signs it; what `install.sh` and `theater upgrade-self` read.
 *
 * A list comes from a server that nobody trusts, so it is opened as a signed
 * note, with the one key that its reader knows, before a line of it is looked
 * at. Pure: no I/O, clock or randomness. Layer 2.
 *
 * @example
 * ```ts
 * import { createSigner, signNote } from "../note/mod.ts";
 * import { formatRelease, openRelease } from "./mod.ts";
 *
 * const signer = createSigner("theater", new Uint8Array(32));
 * const text = formatRelease({ version: "0.1.0", commit: "unknown", files: new Map([["a.gz", "0".repeat(64)]]) });
 * openRelease(signNote(text, [signer]), signer.key).version; // "0.1.0"
 * ```
 * @module
 */

export { formatRelease, openRelease, type Release, ReleaseError, type ReleaseFault } from "./release.ts";
export { compareVersions, isVersion } from "./version.ts";
