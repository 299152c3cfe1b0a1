// Written by tools/build_script_component.ts.

/** SHA-256 of `script_component.wasm`, in hex. */
export const scriptComponentSha256 = "2add8c44e59b6e489d76d8a8483da18431b1e649a87c321564546a2116b2a914";

/** SHA-256 over the sources that it was built from ({@linkcode hashScriptSources}), in hex. */
export const scriptSourcesSha256 = "b2b18bff1769cf17adb61298990e96bc512dfde1d164241d0a029f5f6c5b02ea";
