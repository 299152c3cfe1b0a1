import { equal, throws } from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import type { FunctionType } from "../value/mod.ts";
import { actorFunctions, actorInterfaceName, checkActor, type ProvidedInterfaces } from "./check_actor.ts";
import { ComponentError, type ComponentFault } from "./component_error.ts";
import type { ComponentType, InterfaceItem } from "./component_type.ts";
import { describeWorld } from "./describe_world.ts";
import { readComponentType } from "./read_component_type.ts";

async function guest(name: string): Promise<ComponentType> {
  return readComponentType(
    new Uint8Array(await readFile(new URL(`../../tests/guests/${name}.wasm`, import.meta.url))),
  );
}

const write: FunctionType = {
  params: [
    { name: "level", type: { kind: "enum", names: ["debug", "info", "warn", "error"] } },
    { name: "text", type: { kind: "string" } },
  ],
};
const provided: ProvidedInterfaces = new Map([["theater:actor/log@0.1.0", new Map([["write", write]])]]);
const instance = (name: string, functions: ReadonlyMap<string, FunctionType>): InterfaceItem => ({
  kind: "instance",
  name,
  functions,
  resources: [],
});
const actor = instance(actorInterfaceName, actorFunctions);

test("checkActor() takes the counter", async () => {
  checkActor(await guest("counter"), provided);
});

test("checkActor() takes an actor that exports more", () => {
  checkActor({ imports: [], exports: [instance("a:b/c", new Map()), actor] }, provided);
});

type Refused = readonly [name: string, type: ComponentType, code: ComponentFault["code"], evidence: RegExp];
const logging = (functions: ReadonlyMap<string, FunctionType>): ComponentType => ({
  imports: [instance("theater:actor/log@0.1.0", functions)],
  exports: [actor],
});
const refused: readonly Refused[] = [
  [
    "a component without exports",
    { imports: [], exports: [] },
    "missing_export",
    /exports nothing and imports nothing/,
  ],
  [
    "another interface",
    { imports: [], exports: [instance("foo:bar/x", new Map([["run", write]]))] },
    "missing_export",
    /wanted an export theater:actor\/actor@0\.1\.0 with init and handle, got a component that exports foo:bar\/x \(run\)/,
  ],
  [
    "another version of the interface",
    { imports: [], exports: [instance("theater:actor/actor@0.2.0", actorFunctions)] },
    "missing_export",
    /got a component that exports theater:actor\/actor@0\.2\.0 \(init, handle\)/,
  ],
  [
    "an actor without handle",
    { imports: [], exports: [instance(actorInterfaceName, new Map([...actorFunctions].slice(0, 1)))] },
    "missing_export",
    /with handle: func\(state: string, message: string\)/,
  ],
  [
    "a handle of another type",
    { imports: [], exports: [instance(actorInterfaceName, new Map([...actorFunctions, ["handle", write]]))] },
    "type_mismatch",
    /export theater:actor\/actor@0\.1\.0#handle: wanted func\(state: string.*got func\(level: enum/,
  ],
  [
    "an import that nobody provides",
    { imports: [instance("wasi:http/types@0.2.6", new Map())], exports: [actor] },
    "unknown_import",
    /imports wasi:http\/types@0\.2\.6, .*wanted some of theater:actor\/log@0\.1\.0/,
  ],
  [
    "a bare function as import",
    { imports: [{ kind: "function", name: "print", type: write }], exports: [actor] },
    "unknown_import",
    /imports print/,
  ],
  [
    "a function that the interface does not have",
    logging(new Map([["erase", write]])),
    "unknown_import",
    /#erase.*#write/,
  ],
  [
    "an import of another type",
    logging(new Map([["write", { params: [{ name: "text", type: { kind: "string" } }] }]])),
    "type_mismatch",
    /import theater:actor\/log@0\.1\.0#write: wanted func\(level: enum.*got func\(text: string\)/,
  ],
];
for (const [name, type, code, evidence] of refused) {
  test(`checkActor() refuses ${name}`, () => {
    throws(
      () => checkActor(type, provided),
      (error) => error instanceof ComponentError && error.fault.code === code && evidence.test(error.message),
    );
  });
}

test("describeWorld() is one readable line", async () => {
  equal(
    describeWorld(await guest("counter")),
    "a component that exports theater:actor/actor@0.1.0 (init, handle) and imports theater:actor/log@0.1.0",
  );
});
