// Words for whoever waits while patterns compile: nothing when it is quick, then now and then how far it is. Knows no
// rules.

import { monotonicMs } from '../base/clock.ts';

/** Told how far a compilation is. */
export interface Progress {
  /** Pattern sets that are ready, and how many there are. */
  readonly onProgress: (done: number, total: number) => void;
  /** To be called when loading is over, however it ended. */
  readonly stop: () => void;
}

/** How and how often to speak. */
export interface ProgressOptions {
  /** Silence before the first word, and between words. */
  readonly everyMs: number;
  /** Says a sentence without line end. */
  readonly say: (text: string) => void;
  /** Takes back what was said, when anything was. */
  readonly clear?: () => void;
}

/** Speaks at intervals until it is stopped. Never keeps the process alive. */
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
