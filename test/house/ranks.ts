// Modules of src/ and their ranks: a file imports only from its own module or from lower ranks.

/** Rank by module. Modules of equal rank never import each other. */
export const ranks: ReadonlyMap<string, number> = new Map([
  ['base', 0],
  ['http', 1],
  ['transform', 1],
  ['seclang', 2],
  ['matching', 1],
  ['yaml', 2],
  ['pattern', 2],
  ['body', 2],
  ['pack', 3],
  ['plan', 3],
  ['compile', 4],
  ['inspect', 4],
  ['evaluate', 5],
  ['decision', 6],
  ['transaction', 8],
  ['profile', 7],
  ['metrics', 9],
  ['shadow', 9],
  ['telemetry', 9],
  ['ext-proc', 9],
  ['check', 10],
  ['config', 10],
  ['envoy', 10],
  ['explain', 10],
  ['ftw', 10],
  ['admin', 11],
  ['lint', 11],
  ['replay', 11],
  ['server', 12],
  ['supervise', 13],
  ['cli', 14],
  ['embed', 14],
]);

/** The module of a file in src/; undefined for files directly in src/ (src/index.ts is above all modules). */
export function roomOf(path: string): string | undefined {
  const [top, room, file] = path.split('/');
  return top === 'src' && file !== undefined ? room : undefined;
}
