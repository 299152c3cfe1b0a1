import type { HostBinding, HostTable } from "../boundary/mod.ts";
import type { HostContext, HostInterface } from "./host_interface.ts";
import { clockInterface } from "./clock.ts";
import { environmentInterface } from "./environment.ts";
import { logInterface } from "./log.ts";
import { messagingInterface } from "./messaging.ts";
import { randomInterface } from "./random.ts";
import { scriptSourceInterface } from "./script_source.ts";
import { supervisorInterface } from "./supervisor.ts";
import { timersInterface } from "./timers.ts";

/** Every interface that Theater offers to components. */
export const hostInterfaces: readonly HostInterface[] = [
  logInterface,
  clockInterface,
  randomInterface,
  timersInterface,
  environmentInterface,
  messagingInterface,
  supervisorInterface,
  scriptSourceInterface,
];

/** What the boundary calls for each function: the granted ones live, the others as refusals. */
export function bindHost(context: HostContext): HostTable {
  const table = new Map<string, HostBinding>();
  for (const offered of hostInterfaces) {
    const granted = offered.granted(context.grants);
    for (const [name, fn] of Object.entries(offered.functions)) {
      const key = `${offered.name}#${name}`;
      table.set(
        key,
        granted ? bindFunction(context, fn) : { denied: deniedText(key, offered.grantHint) },
      );
    }
  }
  return table;
}

/**
 * What a function answers when it stages its effect, as a record has it; undefined for one that asks the world.
 *
 * @param call ordinal of the call in its turn
 */
export function stagedAnswer(name: string, turn: number, call: number): string | undefined {
  for (const offered of hostInterfaces) {
    if (!name.startsWith(`${offered.name}#`)) continue;
    const key = name.slice(offered.name.length + 1);
    return Object.hasOwn(offered.functions, key) ? offered.functions[key]?.staged?.(turn, call) : undefined;
  }
  return undefined;
}

function bindFunction(context: HostContext, fn: HostInterface["functions"][string]): HostBinding {
  const call = (...values: unknown[]) => fn.call(context, ...values);
  return fn.bodyArgument === undefined ? { call } : { call, bodyArgument: fn.bodyArgument };
}

function deniedText(key: string, hint: string | undefined): string {
  return `Cannot call ${key}: the manifest does not grant it; add ${hint} to [permissions]`;
}
