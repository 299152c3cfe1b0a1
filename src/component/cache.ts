import { createHmac, timingSafeEqual } from "node:crypto";
import { decodeUtf8, encodeUtf8 } from "../codec/mod.ts";
import type { ComponentType, InterfaceItem } from "./component_type.ts";
import type { CoreModule } from "./transpile.ts";

/** Where entries of the cache are kept. Both functions may fail; a cache that fails is a cache that misses. */
export interface CacheFolder {
  /** The bytes under a name; nothing where there are none. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** Keeps the bytes under a name, whole or not at all. */
  write(name: string, bytes: Uint8Array): Promise<void>;
}

/** What is kept of a component. */
export interface CacheEntry {
  /** Decoded: doing it again takes longer than reading the whole entry. */
  readonly type: ComponentType;
  readonly glue: string;
  readonly cores: readonly CoreModule[];
}

/** A {@linkcode ComponentType} as JSON has it: maps are lists of pairs. */
interface TypeJson {
  readonly imports: readonly unknown[];
  readonly exports: readonly unknown[];
}

function typeToJson({ imports, exports }: ComponentType): TypeJson {
  const list = (items: readonly InterfaceItem[]) =>
    items.map((item) => item.kind === "instance" ? { ...item, functions: [...item.functions] } : item);
  return { imports: list(imports), exports: list(exports) };
}

function typeFromJson({ imports, exports }: TypeJson): ComponentType {
  type Pairs = ConstructorParameters<typeof Map<string, never>>[0];
  const list = (items: readonly unknown[]) =>
    items.map((item) => {
      const { functions, ...rest } = item as { readonly functions?: Pairs };
      return (functions === undefined ? rest : { ...rest, functions: new Map(functions) }) as InterfaceItem;
    });
  return { imports: list(imports), exports: list(exports) };
}

const magic = encodeUtf8("theater component cache 2\n");
const sealBytes = 32;

/**
 * Writes an entry down: a line that names the format, a seal of 32 bytes, the
 * length of the index (u32, big-endian), the index as JSON, then the parts.
 *
 * The seal is HMAC-SHA256 over `key` and all that follows it. With a secret it
 * keeps out whoever can write to the folder; with an empty one it finds damage.
 */
export function encodeEntry(entry: CacheEntry, key: string, secret: Uint8Array): Uint8Array {
  const glue = encodeUtf8(entry.glue);
  const index = encodeUtf8(JSON.stringify({
    type: typeToJson(entry.type),
    glue: glue.length,
    cores: entry.cores.map((core) => [core.name, core.bytes.length]),
  }));
  const parts = [glue, ...entry.cores.map((core) => core.bytes)];
  const body = new Uint8Array(4 + index.length + parts.reduce((sum, part) => sum + part.length, 0));
  new DataView(body.buffer).setUint32(0, index.length);
  body.set(index, 4);
  let at = 4 + index.length;
  for (const part of parts) {
    body.set(part, at);
    at += part.length;
  }
  const bytes = new Uint8Array(magic.length + sealBytes + body.length);
  bytes.set(magic);
  bytes.set(seal(body, key, secret), magic.length);
  bytes.set(body, magic.length + sealBytes);
  return bytes;
}

/** Reads an entry; nothing where anything about it is not as it was written under that key. */
export function decodeEntry(bytes: Uint8Array, key: string, secret: Uint8Array): CacheEntry | undefined {
  const start = magic.length + sealBytes;
  if (bytes.length < start + 4 || magic.some((byte, index) => bytes[index] !== byte)) return undefined;
  const body = bytes.subarray(start);
  if (!timingSafeEqual(bytes.subarray(magic.length, start), seal(body, key, secret))) return undefined;
  // From here on the bytes are our own.
  const length = new DataView(body.buffer, body.byteOffset).getUint32(0);
  const index: { type: TypeJson; glue: number; cores: [string, number][] } = JSON.parse(
    decodeUtf8(body.subarray(4, 4 + length)),
  );
  let at = 4 + length;
  const take = (size: number) => body.subarray(at, at += size);
  const glue = decodeUtf8(take(index.glue));
  return {
    type: typeFromJson(index.type),
    glue,
    cores: index.cores.map(([name, size]) => ({ name, bytes: take(size) })),
  };
}

function seal(body: Uint8Array, key: string, secret: Uint8Array): Uint8Array {
  return new Uint8Array(createHmac("sha256", secret).update(`${key}\n`).update(body).digest());
}
