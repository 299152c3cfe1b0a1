{
  description = "A flight recorder and a stage for WebAssembly: components as actors, every crossing recorded";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { self, nixpkgs }:
    let
      inherit (nixpkgs) lib;
      systems = [
        "x86_64-linux"
        "aarch64-linux"
        "x86_64-darwin"
        "aarch64-darwin"
      ];
      forEach = make: lib.genAttrs systems (system: make nixpkgs.legacyPackages.${system});
      inherit (lib.importJSON ./package.json) version;

      # What bun.lock names, unpacked. No package among them has an install script or differs by platform.
      npmPackages =
        pkgs:
        pkgs.stdenvNoCC.mkDerivation {
          pname = "theater-npm-packages";
          inherit version;
          src = lib.fileset.toSource {
            root = ./.;
            fileset = lib.fileset.unions [
              ./package.json
              ./bun.lock
            ];
          };
          nativeBuildInputs = [ pkgs.bun ];
          buildPhase = ''
            export HOME=$TMPDIR
            bun install --frozen-lockfile --ignore-scripts --backend=copyfile --no-progress
            rm -rf node_modules/.bin node_modules/.cache
          '';
          installPhase = "mv node_modules $out";
          dontFixup = true;
          outputHashMode = "recursive";
          outputHash = "sha256-WCRLFFlMNdxYTE6CedKRpf59nwP0wcBBUwMdLZJ6STA=";
        };

      theater =
        pkgs:
        pkgs.stdenvNoCC.mkDerivation {
          pname = "theater";
          inherit version;
          src = lib.fileset.toSource {
            root = ./.;
            fileset = lib.fileset.unions [
              ./cli.ts
              ./deno.json
              ./package.json
              ./src
              ./vendor
              ./wit
            ];
          };
          nativeBuildInputs = [ pkgs.makeWrapper ];
          dontBuild = true;
          installPhase = ''
            mkdir -p $out/lib/theater
            cp -r . $out/lib/theater
            ln -s ${npmPackages pkgs} $out/lib/theater/node_modules
            makeWrapper ${lib.getExe pkgs.deno} $out/bin/theater --set DENO_NO_UPDATE_CHECK 1 --add-flags \
              "run --no-prompt --no-lock --no-remote --node-modules-dir=manual --allow-read --allow-write --allow-env --allow-net --allow-sys $out/lib/theater/cli.ts"
          '';
          meta = {
            description = "Runs WebAssembly components as actors and records everything that crosses the boundary";
            license = lib.licenses.asl20;
            mainProgram = "theater";
          };
        };

      # The program that is one file, of the Bun in nixpkgs; the one that is released is of Bun's own (docs/releasing.md).
      program =
        pkgs:
        pkgs.stdenvNoCC.mkDerivation {
          pname = "theater-program";
          inherit version;
          src = lib.fileset.toSource {
            root = ./.;
            fileset = lib.fileset.unions [
              ./cli.ts
              ./deno.json
              ./package.json
              ./src
              ./tools
              ./vendor
              ./wit
            ];
          };
          nativeBuildInputs = [ pkgs.bun ];
          buildPhase = ''
            export HOME=$TMPDIR THEATER_COMMIT=${self.rev or "unknown"}
            ln -s ${npmPackages pkgs} node_modules
            bun tools/build.ts --base ${lib.getExe pkgs.bun}
          '';
          installPhase = "install -D -m 755 dist/theater-* $out/bin/theater";
          dontFixup = true; # It is a program with another one behind it: nothing in it may move.
          meta = {
            description = "Theater as one file";
            license = lib.licenses.asl20;
            mainProgram = "theater";
          };
        };

      # One step of the gate on the sources of this flake, without a network. Types are checked by .ci/run only:
      # with packages from a folder, Deno wants those of Node there as well.
      check =
        pkgs: name: command:
        pkgs.runCommand "theater-${name}"
          {
            nativeBuildInputs = [
              pkgs.deno
              pkgs.bun
              pkgs.python3
            ];
          }
          ''
            cp -r ${self} theater && chmod -R u+w theater && cd theater
            cp -r ${npmPackages pkgs} node_modules
            export HOME=$TMPDIR DENO_DIR=$TMPDIR/deno THEATER_CACHE_DIR=$TMPDIR/cache
            sed -i 's/"nodeModulesDir": "none"/"nodeModulesDir": "manual"/' deno.json
            ${command}
            touch $out
          '';
    in
    {
      packages = forEach (pkgs: {
        default = theater pkgs;
        program = program pkgs;
      });

      apps = forEach (pkgs: {
        default = {
          type = "app";
          program = lib.getExe (theater pkgs);
        };
      });

      devShells = forEach (pkgs: {
        default = pkgs.mkShell {
          packages = [
            pkgs.deno
            pkgs.bun
            pkgs.nodejs
            pkgs.sqlite
            pkgs.python3
            pkgs.git
            pkgs.openssl
            pkgs.shellcheck
          ];
        };
      });

      checks = forEach (
        pkgs:
        lib.mapAttrs (check pkgs) {
          format = "deno fmt --check";
          lint = "deno lint";
          layers = "deno task layers";
          tests-deno = "deno task test --no-check";
          tests-bun = "bun run test";
        }
        // {
          program = pkgs.runCommand "theater-program-starts" { } ''
            export HOME=$TMPDIR
            ${lib.getExe (program pkgs)} version --json | tee $out
          '';
          package = pkgs.runCommand "theater-package" { } ''
            export HOME=$TMPDIR
            echo '{"name":"Ada"}' | ${lib.getExe (theater pkgs)} run ${./examples/hello}/theater.toml - --quiet \
              --db $TMPDIR/hello.db | tee answer
            grep -F '"hello":"Ada"' answer
            touch $out
          '';
        }
      );

      formatter = forEach (pkgs: pkgs.nixfmt-rfc-style);
    };
}
