import type { Limits, Manifest, Permissions } from "../manifest/mod.ts";
import { allOf, type CheckedComponent, type ManifestCheck } from "./check_manifest.ts";
import { printable } from "./printable.ts";
import { countOf, formatCount } from "./quantity.ts";
import type { Style } from "./style.ts";

/** What each actor runs and may do, for reading. */
export function describeActors({ tree, components }: ManifestCheck, style: Style): string {
  const nodes = [...allOf(tree)];
  const lines = [`${style.green("ok")}  ${printable(tree.path)}: ${countOf(nodes.length, "actor")}`];
  for (const { address, manifest } of nodes) {
    const row = (name: string, said: string) => `  ${style.dim(name.padEnd(9))}  ${said}`;
    lines.push(
      "",
      style.bold(address),
      row("component", printable(describeComponent(manifest))),
      row("sha256", hashOf(components.get(address))),
      row("may", printable(describePermissions(manifest.permissions))),
      row("limits", describeLimits(manifest.limits)),
    );
  }
  return `${lines.join("\n")}\n`;
}

/** The same for other programs, one object. */
export function describeActorsJson({ tree, components }: ManifestCheck): string {
  const actors = [...allOf(tree)].map(({ address, path, manifest }) => ({
    actor: address,
    manifest: path,
    component: manifest.component,
    ...components.get(address),
    permissions: manifest.permissions,
    limits: manifest.limits,
  }));
  return `${JSON.stringify({ ok: true, actors })}\n`;
}

function describeComponent({ component }: Manifest): string {
  return component.kind === "file" ? component.path : component.url;
}

/** Of the script where it is one: the component is the same for all scripts. */
function hashOf(checked: CheckedComponent | undefined): string {
  return checked === undefined ? "" : checked.source ?? checked.component;
}

function describePermissions({ log, clock, random, timers, environment, send }: Permissions): string {
  const may = [
    ...(log ? ["write log lines"] : []),
    ...(clock ? ["ask the time"] : []),
    ...(random ? ["ask for random bytes"] : []),
    ...(timers ? ["set timers"] : []),
    ...(environment.length > 0 ? [`read the variables ${environment.join(", ")}`] : []),
    ...(send.length > 0 ? [`send to ${send.join(", ")}`] : []),
  ];
  return may.length === 0 ? "answer messages, nothing else" : may.join("; ");
}

function describeLimits(limits: Limits): string {
  return [
    `turn ${formatMs(limits.turnMs)}`,
    `memory ${formatBinary(limits.memoryBytes)}`,
    `message ${formatBinary(limits.messageBytes)}`,
    `state ${formatBinary(limits.stateBytes)}`,
    `mailbox ${formatCount(limits.mailboxMessages)}`,
  ].join(", ");
}

function formatMs(ms: number): string {
  return ms % 1000 === 0 ? `${formatCount(ms / 1000)} s` : `${formatCount(ms)} ms`;
}

/** As manifests write sizes: `64MiB`. */
function formatBinary(bytes: number): string {
  for (const [unit, size] of [["GiB", 2 ** 30], ["MiB", 2 ** 20], ["KiB", 2 ** 10]] as const) {
    if (bytes >= size && bytes % size === 0) return `${bytes / size}${unit}`;
  }
  return `${formatCount(bytes)} bytes`;
}
