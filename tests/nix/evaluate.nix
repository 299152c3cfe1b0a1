# Evaluates every output of flake.nix against a nixpkgs that is made up: finds what does not parse, names that are
# not there, and values of the wrong kind, with Nix alone and without a network.
#
#     nix-instantiate --eval --strict --json tests/nix/evaluate.nix
let
  flake = import ../../flake.nix;

  derivation =
    kind: attrs:
    attrs
    // {
      type = "derivation";
      name = attrs.name or "${attrs.pname}-${attrs.version}";
      outPath = "/nix/store/made-up-${kind}";
    };
  program = name: derivation name { inherit name; meta.mainProgram = name; };

  lib = {
    genAttrs = names: make: builtins.listToAttrs (map (name: { inherit name; value = make name; }) names);
    importJSON = path: builtins.fromJSON (builtins.readFile path);
    mapAttrs = builtins.mapAttrs;
    getExe = package: "${package.outPath}/bin/${package.meta.mainProgram}";
    fileset = {
      # Every path must exist.
      unions = paths: map (path: assert builtins.pathExists path; path) paths;
      toSource = { root, fileset }: builtins.deepSeq fileset (toString root);
    };
    licenses.asl20 = "Apache-2.0";
  };

  pkgs = builtins.listToAttrs (
    map (name: { inherit name; value = program name; }) [
      "bun" "deno" "git" "makeWrapper" "nixfmt-rfc-style" "nodejs" "openssl" "python3" "shellcheck" "sqlite"
    ]
  ) // {
    stdenvNoCC.mkDerivation = derivation "stdenv";
    mkShell = attrs: derivation "shell" (attrs // { name = "shell"; });
    runCommand = name: attrs: script: derivation "command" (attrs // { inherit name script; });
  };

  systems = [ "x86_64-linux" "aarch64-linux" "x86_64-darwin" "aarch64-darwin" ];
  outputs = flake.outputs {
    self = { outPath = toString ../..; rev = "0000000000000000000000000000000000000000"; };
    nixpkgs = { inherit lib; legacyPackages = lib.genAttrs systems (_: pkgs); };
  };

  # Derivations by their name, all else as it is; every attribute of theirs is looked at.
  shown = value:
    if builtins.isAttrs value && value.type or "" == "derivation" then builtins.deepSeq (builtins.mapAttrs (_: seen) value) value.name
    else if builtins.isAttrs value then builtins.mapAttrs (_: shown) value
    else value;
  seen = value: if builtins.isList value then map toString value else if builtins.isAttrs value then null else value;
in
shown outputs
