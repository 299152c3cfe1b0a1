import type { ActivationSetup } from "./protocol.ts";

/** What jco's module offers when asked for synchronous instantiation. */
export type Instantiate = (
  core: (name: string) => WebAssembly.Module,
  imports: Readonly<Record<string, unknown>>,
  instantiateCore: (module: WebAssembly.Module, imports: WebAssembly.Imports) => WebAssembly.Instance,
) => unknown;

/** Loads jco's glue. The realm is sealed by now: whatever the glue is, it finds nothing. */
export async function importGlue(
  glue: string,
  importText: (text: string) => Promise<unknown>,
): Promise<Instantiate> {
  const module = await importText(glue);
  if (typeof module === "object" && module !== null && "instantiate" in module) {
    const { instantiate } = module;
    if (typeof instantiate === "function") return instantiate as Instantiate;
  }
  throw new TypeError("Cannot use the glue of this component: it exports no instantiate function");
}

/** Gives jco the core modules by name. */
export function coreModules(setup: ActivationSetup): (name: string) => WebAssembly.Module {
  return (name) => {
    const module = setup.modules[name];
    if (module === undefined) {
      throw new TypeError(`Cannot instantiate: the glue asks for a core module ${name}`);
    }
    return module;
  };
}
