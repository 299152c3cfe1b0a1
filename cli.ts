/**
 * `theater`: the command line. See `src/cli/`.
 *
 * @module
 */

import { hasFlag, main, processContext } from "./src/cli/mod.ts";
import { commandArguments, setExitCode } from "./src/platform/mod.ts";

const args = commandArguments();
setExitCode(await main(args, processContext({ colour: !hasFlag(args, "--no-color") })));
