// The line of a terminal that says how far a compilation is. Knows no rules.

import { createProgress, type Progress } from '../server/progress.ts';

/** A terminal's line that rewrites itself, or silence where nobody watches. */
export function terminalProgress(stream: Pick<NodeJS.WriteStream, 'isTTY' | 'write'> = process.stderr): Progress {
  if (stream.isTTY !== true) return { onProgress: () => undefined, stop: () => undefined };
  const eraseLine = '\r\x1b[2K';
  return createProgress({
    everyMs: 500,
    say: (text) => stream.write(`${eraseLine}${text}`),
    clear: () => stream.write(eraseLine),
  });
}
