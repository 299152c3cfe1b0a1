// Written by tools/build_script_component.ts.

/** SHA-256 of `script_component.wasm`, in hex. */
export const scriptComponentSha256 = "2f398fa6f72e39bd8e4f2119a335a05ee025cbd8a19d3d336646a60cb45dd8bb";

/** SHA-256 over the sources that it was built from ({@linkcode hashScriptSources}), in hex. */
export const scriptSourcesSha256 = "19f553e015b0b53002c23d2be7c2d3444ecf24956802bb11e9655bc0c6e2525d";
