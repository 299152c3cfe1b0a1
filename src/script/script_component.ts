// Written by tools/build_script_component.ts.

/** SHA-256 of `script_component.wasm`, in hex. */
export const scriptComponentSha256 = "1da46a47b9d9dee43e6383bac06a3afe81a2ceda9737b62fc8606b021456968a";

/** SHA-256 over the sources that it was built from ({@linkcode hashScriptSources}), in hex. */
export const scriptSourcesSha256 = "8e34206877139d12cc975aed0abdcd8ddbc24a25f808dc10daaf71e79c39362a";
