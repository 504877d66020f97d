// By how much work grows when its input is doubled: 2 where it is linear, 4 where it is quadratic. Knows no decoder and no
// clock but the one it is given.

/** Work on an input of any size. */
export interface GrowingWork {
  readonly name: string;
  /** Makes an input of that many bytes, and the function that works on it; that one alone is timed. */
  readonly prepare: (bytes: number) => () => void;
}

/** How to measure. */
export interface GrowthOptions {
  readonly clockMs: () => number;
  /** Sizes that are tried, from the smallest on, until one takes `wantedMs`; the larger of a pair is twice as large. */
  readonly bytesMin: number;
  readonly bytesMax: number;
  readonly wantedMs: number;
  readonly rounds: number;
  /** Above this ratio there are more rounds, at most so many times as many: noise goes away, growth does not. */
  readonly ratioMax: number;
  readonly retries: number;
}

/** What was seen. */
export interface Growth {
  readonly name: string;
  /** The smaller input. */
  readonly bytes: number;
  /** The least time that it took (of two at once, halved), and that twice as much took. */
  readonly onceMs: number;
  readonly twiceMs: number;
  readonly ratio: number;
}

const millisecondsOf = (work: () => void, clockMs: () => number): number => {
  const start = clockMs();
  work();
  return clockMs() - start;
};

/** The first size that takes long enough to be timed. Runs the work once before, so that it is compiled. */
function sizeFor(work: GrowingWork, options: GrowthOptions): number {
  let bytes = options.bytesMin;
  millisecondsOf(work.prepare(bytes), options.clockMs);
  while (bytes < options.bytesMax && millisecondsOf(work.prepare(bytes), options.clockMs) < options.wantedMs)
    bytes *= 2;
  return bytes;
}

/**
 * Measures both sizes in turn and compares the best of each. The smaller one is worked on twice in a row: both measurements then
 * take about as long, and what else the machine does disturbs them alike.
 */
export function measureGrowth(work: GrowingWork, options: GrowthOptions): Growth {
  const { clockMs, rounds, ratioMax, retries } = options;
  const bytes = sizeFor(work, options);
  const once = work.prepare(bytes);
  const twice = work.prepare(2 * bytes);
  const both = (): void => {
    once();
    once();
  };
  let onceMs = Number.POSITIVE_INFINITY;
  let twiceMs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds * (1 + retries); round += 1) {
    if (round >= rounds && twiceMs <= ratioMax * onceMs) break;
    onceMs = Math.min(onceMs, millisecondsOf(both, clockMs) / 2);
    twiceMs = Math.min(twiceMs, millisecondsOf(twice, clockMs));
  }
  return { name: work.name, bytes, onceMs, twiceMs, ratio: twiceMs / onceMs };
}
