import { ComponentError } from "./component_error.ts";
import type { ComponentType } from "./component_type.ts";
import { generate } from "./generator.ts";
import { editGlue } from "./glue.ts";
import { readComponentType } from "./read_component_type.ts";

/** One core module of a component. */
export interface CoreModule {
  /** By which the glue asks for it: `actor.core.wasm`, `actor.core2.wasm` and so on. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A component taken apart. */
export interface Transpiled {
  /**
   * A module of JavaScript that exports `instantiate(getCoreModule, imports, instantiateCore?)`:
   * synchronous, returns the exports by their full names. `imports` holds the imported interfaces
   * by their names without version.
   */
  readonly glue: string;
  readonly cores: readonly CoreModule[];
  readonly type: ComponentType;
}

/** Release of the generator in `vendor/jco`. */
export const jcoVersion = "0.15.0";

/** Most core modules of one component. Real ones have up to 20. */
const coresMax = 200;

/**
 * Takes a component apart into core modules and the JavaScript that joins them,
 * and decodes its type. 10 to 600 ms of computation without a pause.
 *
 * The glue may be run only when the names between the core modules have been
 * checked too; {@linkcode loadComponent} does that when it has compiled them.
 *
 * @throws {ComponentError} where the bytes are not a component that Theater can run.
 */
export async function transpile(bytes: Uint8Array): Promise<Transpiled> {
  const type = readComponentType(bytes);
  checkVersions(type);
  let glue: string | undefined;
  const cores: CoreModule[] = [];
  for (const [name, content] of await generate(bytes)) {
    if (/^actor\.core[0-9]*\.wasm$/.test(name)) cores.push({ name, bytes: content });
    else if (name === "actor.js" && glue === undefined) glue = editGlue(new TextDecoder().decode(content));
    else {throw new ComponentError({
        code: "unexpected_output",
        wanted: "core modules and one glue",
        got: name,
      });}
  }
  if (glue === undefined) {
    throw new ComponentError({
      code: "unexpected_output",
      wanted: "core modules and one glue",
      got: "no glue",
    });
  }
  if (cores.length > coresMax) {
    throw new ComponentError({ code: "too_large", what: "core modules", max: coresMax, got: cores.length });
  }
  return { glue, cores, type };
}

/** The glue asks for imports without their version, so one interface can be imported in one version only. */
function checkVersions(type: ComponentType): void {
  const seen = new Map<string, string>();
  for (const { name } of type.imports) {
    const bare = name.replace(/@.*$/, "");
    const other = seen.get(bare);
    if (other !== undefined) {
      throw new ComponentError({
        code: "unsupported",
        position: 0,
        feature: `one interface in two versions (${other} and ${name})`,
      });
    }
    seen.set(bare, name);
  }
}
