// Written by tools/build_script_component.ts.

/** SHA-256 of `script_component.wasm`, in hex. */
export const scriptComponentSha256 = "49e8ea7eaf8d123d5ab3b9d5875f09417b2e9e683054d905b97b36c4043aac65";

/** SHA-256 over the sources that it was built from ({@linkcode hashScriptSources}), in hex. */
export const scriptSourcesSha256 = "354f47739cf7cb130d1dcd71764aff9b621cea995bdd34ac7cf848907f0f12c7";
