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
  /** Above this ratio everything is measured again, at most so often: noise goes away, growth does not. */
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
function measureAt(bytes: number, work: GrowingWork, { clockMs, rounds }: GrowthOptions): Growth {
  const once = work.prepare(bytes);
  const twice = work.prepare(2 * bytes);
  const both = (): void => {
    once();
    once();
  };
  let onceMs = Number.POSITIVE_INFINITY;
  let twiceMs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round += 1) {
    onceMs = Math.min(onceMs, millisecondsOf(both, clockMs) / 2);
    twiceMs = Math.min(twiceMs, millisecondsOf(twice, clockMs));
  }
  return { name: work.name, bytes, onceMs, twiceMs, ratio: twiceMs / onceMs };
}

/** Measures until the ratio is one that is allowed, or was not so often. */
export function measureGrowth(work: GrowingWork, options: GrowthOptions): Growth {
  let bytes = sizeFor(work, options);
  let growth = measureAt(bytes, work, options);
  for (let retry = 0; retry < options.retries && growth.ratio > options.ratioMax; retry += 1) {
    // Larger every second time: what is linear shows better there, what is not as well.
    if (retry % 2 === 1) bytes *= 2;
    growth = measureAt(bytes, work, options);
  }
  return growth;
}
