import type { ActorDefinition } from "../actor/mod.ts";
import { canonicalize } from "../codec/mod.ts";
import { checkActor, type ComponentType, type LoadedComponent } from "../component/mod.ts";
import { hostInterfaces } from "../host/mod.ts";
import { manifestJson, type ManifestTree, type Permissions } from "../manifest/mod.ts";
import { environment } from "../platform/mod.ts";
import type { ComponentBytes } from "./component_bytes.ts";
import { execution } from "./execution.ts";
import { RuntimeError } from "./runtime_error.ts";
import { theaterVersion } from "./version.ts";

/** A new activation begins after so many turns, so that replaying one stays within seconds. */
const turnsPerActivationDefault = 10_000;

/** Most import calls in one turn. */
export const callsMax = 100_000;

/** Joins a manifest and a loaded component to what an actor is made of. */
export function defineActor(
  node: string,
  { address, manifest }: ManifestTree,
  component: ComponentBytes,
  loaded: LoadedComponent,
  options: {
    /** Public key of the actor. */
    readonly key: string | undefined;
    /** A new activation begins after so many turns. */
    readonly turnsPerActivation: number | undefined;
  },
): ActorDefinition {
  const { permissions, limits } = manifest;
  return {
    origin: `${node}/${address}`,
    setup: {
      address,
      glue: loaded.glue,
      modules: loaded.modules,
      type: loaded.type,
      ...(component.script !== undefined && { source: component.script.source }),
      grants: permissions,
      environment: permissions.environment.flatMap((name) => {
        const value = environment(name);
        return value === undefined ? [] : [[name, value] as const];
      }),
      limits: {
        turnMs: limits.turnMs,
        fuelUnitsMax: limits.fuelUnits,
        messageBytesMax: limits.messageBytes,
        stateBytesMax: limits.stateBytes,
        pendingMax: limits.pendingMessages,
        callsMax,
        recordBytesMax: 4 * limits.messageBytes + limits.memoryBytes,
      },
    },
    mailboxMax: limits.mailboxMessages,
    idleMs: limits.idleMs,
    params: manifest.params,
    turnsPerActivation: options.turnsPerActivation ?? turnsPerActivationDefault,
    ...(options.key !== undefined && { key: options.key }),
    parts: {
      about: canonicalize({ theater: theaterVersion }),
      component: componentPart(component),
      manifest: manifestJson(manifest),
      execution: canonicalize(execution),
    },
  };
}

function componentPart({ sha256, script }: ComponentBytes): string {
  return canonicalize(
    script === undefined ? { component: sha256 } : { component: sha256, source: script.sha256 },
  );
}

/**
 * Refuses, before it is started, a component that is no actor or that imports
 * what its manifest does not grant. A script is refused at the call instead, as
 * the script component imports everything.
 *
 * @throws {ComponentError} | {RuntimeError} `not_granted`
 */
export function checkComponent(
  address: string,
  type: ComponentType,
  grants: Permissions,
  isScript: boolean,
): void {
  checkActor(type, offeredInterfaces);
  if (isScript) return;
  const missing = hostInterfaces.filter((offered) =>
    !offered.granted(grants) && type.imports.some((item) => item.name === offered.name)
  );
  if (missing.length === 0) return;
  throw new RuntimeError({
    code: "not_granted",
    address,
    imports: missing.map(({ name }) => name),
    hints: missing.flatMap(({ grantHint }) => grantHint === undefined ? [] : [grantHint]),
  });
}

const offeredInterfaces = new Map(
  hostInterfaces.map(({ name, functions }) => [
    name,
    new Map(Object.entries(functions).map(([key, { type }]) => [key, type])),
  ]),
);
