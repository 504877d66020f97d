// Rooms of src/ and their ranks: a file imports from its own room or from lower ranks, never across or up.

/** Rank by room. Rooms of equal rank never import each other. */
export const ranks: ReadonlyMap<string, number> = new Map([
  ['base', 0],
  ['http', 1],
  ['transform', 1],
  ['seclang', 1],
  ['matching', 1],
  ['body', 2],
  ['plan', 2],
  ['inspect', 3],
  ['evaluate', 4],
  ['decision', 5],
  ['transaction', 6],
  ['profile', 6],
  ['telemetry', 7],
  ['ext-proc', 7],
  ['check', 8],
  ['config', 8],
  ['explain', 8],
  ['ftw', 8],
  ['server', 9],
  ['cli', 10],
]);

/** The room of a file of src/, or undefined for the files right in it (src/index.ts stands above all rooms). */
export function roomOf(path: string): string | undefined {
  const [top, room, file] = path.split('/');
  return top === 'src' && file !== undefined ? room : undefined;
}
