// By how much work grows when its input is doubled: 2 if it is linear, 4 if it is quadratic. Knows no decoder, and no clock but the one it
// is given.

/** Work on an input of any size. */
export interface GrowingWork {
  readonly name: string;
  /** Makes an input of that many bytes, and the function that processes it; only that function is timed. */
  readonly prepare: (bytes: number) => () => void;
}

/** How to measure. */
export interface GrowthOptions {
  readonly clockMs: () => number;
  /** Sizes to try, from the smallest on, until one takes `wantedMs`; the larger of a pair is twice as large. */
  readonly bytesMin: number;
  readonly bytesMax: number;
  readonly wantedMs: number;
  /** How long an attempt lasts: many steps of the clock. */
  readonly attemptMs: number;
  /** Above this ratio there are up to `retries` more attempts: noise goes away, growth does not. */
  readonly ratioMax: number;
  readonly retries: number;
}

/** The result. */
export interface Growth {
  readonly name: string;
  /** The smaller input. */
  readonly bytes: number;
  /** The average time for the smaller input, and for the one twice as large. */
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
 * Processes both sizes in turn for a while and compares the sums. The smaller one is processed twice each time: both then take about
 * as long, and other work on the machine disturbs them equally. The lowest ratio of several attempts counts.
 */
export function measureGrowth(work: GrowingWork, options: GrowthOptions): Growth {
  const bytes = sizeFor(work, options);
  const once = work.prepare(bytes);
  const twice = work.prepare(2 * bytes);
  let least: Growth | undefined;
  for (let attempt = 0; attempt <= options.retries; attempt += 1) {
    const { onceMs, twiceMs } = averagesOf(once, twice, options);
    const ratio = twiceMs / onceMs;
    if (least === undefined || ratio < least.ratio) least = { name: work.name, bytes, onceMs, twiceMs, ratio };
    if (least.ratio <= options.ratioMax) break;
  }
  return least as Growth;
}

function averagesOf(
  once: () => void,
  twice: () => void,
  { clockMs, attemptMs }: GrowthOptions,
): Pick<Growth, 'onceMs' | 'twiceMs'> {
  const both = (): void => {
    once();
    once();
  };
  let [onceSum, twiceSum, rounds] = [0, 0, 0];
  while (rounds < 2 || onceSum + twiceSum < attemptMs) {
    onceSum += millisecondsOf(both, clockMs) / 2;
    twiceSum += millisecondsOf(twice, clockMs);
    rounds += 1;
  }
  return { onceMs: onceSum / rounds, twiceMs: twiceSum / rounds };
}

/**
 * Processor time of this thread in milliseconds, to the microsecond: waiting for a busy machine does not count. By itself the kernel's
 * count advances in steps of up to 4 ms; reading that of the process first (getrusage(2), RUSAGE_SELF) brings it up to date.
 */
export function threadMs(): number {
  process.cpuUsage();
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
