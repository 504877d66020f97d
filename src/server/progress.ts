// Progress messages while patterns compile: none if it is quick, then at intervals. Knows no rules.

import { monotonicMs } from '../base/clock.ts';

/** Receives the progress of a compilation. */
export interface Progress {
  /** Finished pattern sets, and their total number. */
  readonly onProgress: (done: number, total: number) => void;
  /** Call this when loading has ended, with or without success. */
  readonly stop: () => void;
}

/** How and how often to report. */
export interface ProgressOptions {
  /** Time before the first message, and between messages. */
  readonly everyMs: number;
  /** Prints a sentence without a newline. */
  readonly say: (text: string) => void;
  /** Removes a printed message, if there was one. */
  readonly clear?: () => void;
}

/** Reports at intervals until it is stopped. Never keeps the process alive. */
export function createProgress({ everyMs, say, clear }: ProgressOptions): Progress {
  const startMs = monotonicMs();
  let ready = '';
  let hasSpoken = false;
  const timer = setInterval(() => {
    hasSpoken = true;
    say(`compiling patterns${ready}, ${Math.round((monotonicMs() - startMs) / 1000)} s`);
  }, everyMs);
  timer.unref();
  return {
    onProgress: (done, total) => {
      ready = `: ${done} of ${total} sets ready`;
    },
    stop: () => {
      clearInterval(timer);
      if (hasSpoken) clear?.();
    },
  };
}
