/** Where core module `index` (0 or 1) of the generator can be read. */
export function generatorFile(index: number): Promise<string | URL>;
