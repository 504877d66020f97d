// A progress line on a terminal for compilations. Knows no rules.

import { createProgress, type Progress } from '../server/progress.ts';

/** A line that is rewritten in place; silent if the stream is not a terminal. */
export function terminalProgress(stream: Pick<NodeJS.WriteStream, 'isTTY' | 'write'> = process.stderr): Progress {
  if (stream.isTTY !== true) return { onProgress: () => undefined, stop: () => undefined };
  const eraseLine = '\r\x1b[2K';
  return createProgress({
    everyMs: 500,
    say: (text) => stream.write(`${eraseLine}${text}`),
    clear: () => stream.write(eraseLine),
  });
}
