// Written by tools/build_script_component.ts.

/** SHA-256 of `script_component.wasm`, in hex. */
export const scriptComponentSha256 = "6758e242277185bf8703d1523b487a326d945375c6e4d18acf338db5279a7e48";

/** SHA-256 over the sources that it was built from ({@linkcode hashScriptSources}), in hex. */
export const scriptSourcesSha256 = "816120364cab6b95a03eaaf4ad7258706f14ea54fe5bb4e409fe66d010b5022b";
