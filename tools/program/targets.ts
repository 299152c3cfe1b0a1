/** A machine that the program is built for. */
export interface Target {
  /** As in the name of the program: `theater-<name>`. */
  readonly name: string;
  /** As Bun names it. */
  readonly bun: string;
  /** The npm package that holds Bun for it. */
  readonly npmPackage: string;
  /** Path in the package. */
  readonly path: string;
  /** SHA-256 of that file, in hex. */
  readonly sha256: string;
}

/** The release of Bun that the program is built with and on. */
export const bunVersion = "1.4.5";

/** All of them. Linux without `-musl` wants glibc; x64 asks for no AVX2. */
export const targets: readonly Target[] = [
  {
    name: "linux-x64",
    bun: "bun-linux-x64",
    npmPackage: "@oven/bun-linux-x64",
    path: "bin/bun",
    sha256: "f05d28a3862f4b84395c7fa32480b835dd47482e80b7e7a49a115227f0c06083",
  },
  {
    name: "linux-x64-musl",
    bun: "bun-linux-x64-musl",
    npmPackage: "@oven/bun-linux-x64-musl",
    path: "bin/bun",
    sha256: "cf5d285ddbe256785a5121a3c113191a6b577504976374c7cfd5aedca609b720",
  },
  {
    name: "linux-arm64",
    bun: "bun-linux-arm64",
    npmPackage: "@oven/bun-linux-aarch64",
    path: "bin/bun",
    sha256: "04778f1f42399a69d086853e9c7af4acf574b2f21a43d0dc673853d8b84a2923",
  },
  {
    name: "linux-arm64-musl",
    bun: "bun-linux-arm64-musl",
    npmPackage: "@oven/bun-linux-aarch64-musl",
    path: "bin/bun",
    sha256: "9c48986093073afec8b76a3e285303598dd2462f52748aecb65e4d94866e1ea3",
  },
  {
    name: "darwin-x64",
    bun: "bun-darwin-x64",
    npmPackage: "@oven/bun-darwin-x64",
    path: "bin/bun",
    sha256: "88f97645b270aef20f9f9442f1658461cab3e7128e658af4615144e3396f084a",
  },
  {
    name: "darwin-arm64",
    bun: "bun-darwin-arm64",
    npmPackage: "@oven/bun-darwin-aarch64",
    path: "bin/bun",
    sha256: "e2984124f1514e1e6bbda20adedbf07a02c443c6a5828853a15c7c7abf78e19f",
  },
  {
    name: "windows-x64",
    bun: "bun-windows-x64",
    npmPackage: "@oven/bun-windows-x64",
    path: "bin/bun.exe",
    sha256: "e06ad0864463c68892ae71a2a64af7eae1585cac5dd9b80bc042f45605587cb1",
  },
];

/** The file name of the program for a target. */
export function programName(target: Target): string {
  return `theater-${target.name}${target.name.startsWith("windows-") ? ".exe" : ""}`;
}

/** The target that a program runs on as it is built; `musl`: the system's C library is musl. */
export function findTarget(os: string, arch: string, musl: boolean): Target | undefined {
  const name = `${os === "win32" ? "windows" : os}-${arch}${os === "linux" && musl ? "-musl" : ""}`;
  return targets.find((target) => target.name === name);
}
