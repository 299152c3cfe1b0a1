// Written by tools/build_script_component.ts.

/** SHA-256 of `script_component.wasm`, in hex. */
export const scriptComponentSha256 = "f155b37a87ef6ff7d9f0874acdf300f1e0f6b3a912d2a55676197d4fd509eb9e";

/** SHA-256 over the sources that it was built from ({@linkcode hashScriptSources}), in hex. */
export const scriptSourcesSha256 = "6a6827d1bc6be68f25c8cc1ab134b05e35321634b9a41db6945a6afbc3c1fef9";
