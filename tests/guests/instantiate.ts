import type { LoadedComponent } from "../../src/component/mod.ts";

/** What glue exports. */
type Instantiate = (
  core: (name: string) => WebAssembly.Module,
  imports: Readonly<Record<string, unknown>>,
) => Record<string, unknown>;

/** Loads glue as a module, as a worker does. */
export async function importGlue(glue: string): Promise<Instantiate> {
  const url = URL.createObjectURL(new Blob([glue], { type: "text/javascript" }));
  try {
    const { instantiate }: { instantiate: Instantiate } = await import(url);
    return instantiate;
  } finally {
    URL.revokeObjectURL(url);
  }
}

/**
 * Instantiates a component in this thread, without boundary or limits, and gives
 * one of its exported interfaces: functions by their names in JavaScript.
 */
export async function instantiateHere(
  loaded: LoadedComponent,
  imports: Readonly<Record<string, unknown>>,
  exported: string,
): Promise<unknown> {
  const instantiate = await importGlue(loaded.glue);
  return instantiate((name) => {
    const module = loaded.modules[name];
    if (module === undefined) throw new Error(`no core module ${name}`);
    return module;
  }, imports)[exported];
}
