export { readComponentType } from "./read_component_type.ts";
export { newWasiStub } from "./wasi_stub.ts";
export type { ComponentType } from "./component_type.ts";
