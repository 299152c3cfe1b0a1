import process from "node:process";

/** What executes this program, as keyframes and version reports name it. */
export interface Runtime {
  readonly name: "deno" | "bun";
  readonly version: string;
  readonly engine: "v8" | "javascriptcore";
  /** The engine's own version, or the commit it was built from. */
  readonly engineVersion: string;
  /** As Node spells it: `linux`, `darwin`, `win32`. */
  readonly os: string;
  /** As Node spells it: `x64`, `arm64`. */
  readonly arch: string;
}

function detect(): Runtime {
  const { platform: os, arch, versions } = process;
  // Bun has no type declarations here, and Deno's must not be needed under Bun.
  const bun = (globalThis as { readonly Bun?: { readonly version: string } }).Bun;
  if (bun !== undefined) {
    return {
      name: "bun",
      version: bun.version,
      engine: "javascriptcore",
      engineVersion: versions["webkit"] ?? "unknown",
      os,
      arch,
    };
  }
  const deno =
    (globalThis as { readonly Deno?: { readonly version: { readonly deno: string; readonly v8: string } } })
      .Deno;
  if (deno !== undefined) {
    return {
      name: "deno",
      version: deno.version.deno,
      engine: "v8",
      engineVersion: deno.version.v8,
      os,
      arch,
    };
  }
  throw new Error("Cannot start as the runtime is neither Deno nor Bun: run it with one of them");
}

/** The runtime of this thread. */
export const runtime: Runtime = detect();
