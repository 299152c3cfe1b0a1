/**
 * A component without WebAssembly for the tests of this room: its type, a host
 * for it, and its imports as plain functions, as jco's glue would call them.
 *
 * @module
 */

import type { ComponentType } from "../../component/mod.ts";
import type { FunctionType, ValueType } from "../../value/mod.ts";
import { createRecorder, type Crossing, type HostBinding, type RecorderOptions } from "../mod.ts";

export const iface = "test:things/calls@0.1.0";
const blobId = `${iface}/blob`;

const text: ValueType = { kind: "string" };
const own: ValueType = { kind: "own", resource: blobId };
const borrow: ValueType = { kind: "borrow", resource: blobId };

function signature(params: Readonly<Record<string, ValueType>>, result?: ValueType): FunctionType {
  const list = Object.entries(params).map(([name, type]) => ({ name, type }));
  return result === undefined ? { params: list } : { params: list, result };
}

const functions: Readonly<Record<string, FunctionType>> = {
  "write": signature({ level: { kind: "enum", names: ["info", "error"] }, text }),
  "now": signature({}, { kind: "u64" }),
  "half": signature({ of: { kind: "f32" } }, { kind: "f32" }),
  "send-on": signature(
    { to: text, body: text },
    { kind: "result", err: { kind: "variant", cases: [{ name: "full" }, { name: "other", type: text }] } },
  ),
  "take": signature({ bytes: { kind: "list", element: { kind: "u8" } } }, {
    kind: "list",
    element: { kind: "u8" },
  }),
  "[constructor]blob": signature({ bytes: { kind: "list", element: { kind: "u8" } } }, own),
  "[method]blob.size": signature({ self: borrow }, { kind: "u32" }),
  "[static]blob.join": signature({ first: own, second: borrow }, own),
  "blobs": signature({}, {
    kind: "record",
    fields: [{ name: "z", type: own }, { name: "a", type: { kind: "list", element: own } }],
  }),
  "same": signature({ blob: own }, own),
};

export const type: ComponentType = {
  imports: [
    { kind: "instance", name: iface, functions: new Map(Object.entries(functions)), resources: ["blob"] },
    { kind: "function", name: "bare-call", type: signature({ n: { kind: "s32" } }, { kind: "s32" }) },
  ],
  exports: [
    {
      kind: "instance",
      name: "test:things/run@0.1.0",
      functions: new Map([
        ["run", signature({ input: text }, { kind: "result", ok: text, err: text })],
        ["give-back", signature({ blob: own }, own)],
      ]),
      resources: [],
    },
  ],
};

/** What the host keeps of a blob. */
export interface HostBlob {
  readonly bytes: Uint8Array;
}

const blob = (...bytes: number[]): HostBlob => ({ bytes: Uint8Array.from(bytes) });

/** A host that answers every call; dropping a blob tells `dropped`. */
export function hostTable(dropped: HostBlob[] = []): Map<string, HostBinding> {
  const calls: Readonly<Record<string, (...values: never[]) => unknown>> = {
    [`${iface}#write`]: () => undefined,
    [`${iface}#now`]: () => 1_764_000_000_000n,
    [`${iface}#half`]: (of: number) => of / 2,
    [`${iface}#take`]: (bytes: Uint8Array) => bytes,
    [`${iface}#[constructor]blob`]: (bytes: Uint8Array): HostBlob => ({ bytes }),
    [`${iface}#[method]blob.size`]: (self: HostBlob) => self.bytes.length,
    [`${iface}#[static]blob.join`]: (a: HostBlob, b: HostBlob) => blob(...a.bytes, ...b.bytes),
    [`${iface}#[resource-drop]blob`]: (self: HostBlob) => void dropped.push(self),
    [`${iface}#blobs`]: () => ({ z: blob(26), a: [blob(1), blob(1, 2)] }),
    [`${iface}#same`]: (self: HostBlob) => self,
    "bare-call": (n: number) => -n,
  };
  const table = new Map<string, HostBinding>(
    Object.entries(calls).map(([name, call]) => [name, { call: call as (...values: unknown[]) => unknown }]),
  );
  table.set(`${iface}#send-on`, {
    call: (to) => to === "full" ? { tag: "err", val: { tag: "full" } } : { tag: "ok", val: undefined },
    bodyArgument: 1,
  });
  return table;
}

export const limits = { callsMax: 100, valueBytesMax: 1_000, recordBytesMax: 10_000 };

/** A recorder of the component above; its clock counts up from 1000. */
export function recorderOf(host: Map<string, HostBinding>, options: Partial<RecorderOptions> = {}) {
  let time = 1000;
  return createRecorder({ type, host, limits, nowMs: () => time++, ...options });
}

type Call = (...values: unknown[]) => unknown;

/** A blob as the glue has one. */
export interface GuestBlob {
  size(): number;
  [Symbol.dispose](): void;
}

/** The imports as the glue sees them. */
export interface GuestImports {
  readonly write: Call;
  readonly now: Call;
  readonly half: Call;
  readonly sendOn: Call;
  readonly take: Call;
  readonly blobs: () => { readonly z: GuestBlob; readonly a: readonly GuestBlob[] };
  readonly same: (blob: GuestBlob) => GuestBlob;
  readonly Blob: {
    new (bytes: Uint8Array): GuestBlob;
    join(first: GuestBlob, second: GuestBlob): GuestBlob;
  };
  readonly bareCall: Call;
}

/** Takes the imports as the glue does. */
export function guestImports({ imports }: Pick<Crossing, "imports">): GuestImports {
  const things = imports["test:things/calls"] as Omit<GuestImports, "bareCall">;
  const bare = imports["bare-call"] as { readonly default: Call };
  return { ...things, bareCall: bare.default };
}

/** An instance whose `run` is a function of JavaScript; like the glue, it returns or throws. */
export function instanceOf(run: (input: string) => string): unknown {
  return { "test:things/run@0.1.0": { run, giveBack: (blob: unknown) => blob } };
}
