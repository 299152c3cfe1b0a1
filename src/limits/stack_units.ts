/**
 * Units that fit into the stack of every supported engine, in workers too, whatever the frames look like, with
 * 100 KB left for the host. Measured on Linux x64 with frames of up to 900 params, locals, operands or results
 * of every type: the first overflow came at 113,000 units in a worker of Bun 1.4, at 122,000 in Deno 2.9.
 */
export const STACK_UNITS_MAX = 96_000;
