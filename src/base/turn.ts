// One turn of the event loop, shared by all exchanges of a process: how much work it has seen, and who waits for the next one.
// Work is counted in units, never in time, so that what is done in a turn is the same on every machine.

/**
 * A computation in steps: it yields where the turn may be over, and returns its result. Whoever drives it decides whether to
 * go on at once or in the next turn; its outcome is the same. What it yields, if anything, is what it waits for (`waitFor`).
 *
 * A generator costs about as much as a field of a head. So what is mostly done in one step returns `undefined` then, and steps only
 * where there is more to do.
 */
export type Steps<Result> = Generator<Promise<void> | undefined, Result, void>;

/**
 * Waits for something outside of this process: a shared store, a look-up. What is at hand costs nothing.
 * @throws what the promise is rejected with.
 */
export function* waitFor<Value>(value: Value | Promise<Value>): Steps<Value> {
  if (!(value instanceof Promise)) return value;
  let outcome: { readonly value: Value } | { readonly error: unknown } | undefined;
  const settled = value.then(
    (given) => {
      outcome = { value: given };
    },
    (error: unknown) => {
      outcome = { error };
    },
  );
  while (outcome === undefined) yield settled;
  if ('error' in outcome) throw outcome.error;
  return outcome.value;
}

/** Units up to which a computation is light: what ordinary messages take at most. */
const lightWorkMax = 512 * 1024;

/** The turn of this thread's event loop. */
class Turn {
  #spent = 0;
  #willEnd = false;
  #isEndless = false;
  readonly #light: (() => void)[] = [];
  readonly #heavy: (() => void)[] = [];
  #wasLight = false;

  /** Units of work spent since the turn began. */
  get spent(): number {
    return this.#spent;
  }

  /** Computations that wait for a turn of their own. */
  get waiting(): number {
    return this.#light.length + this.#heavy.length;
  }

  /** Whether so many units were spent that the rest should wait for the next turn. Never while `withoutEnd` runs. */
  isOver(workMax: number): boolean {
    return this.#spent >= workMax && !this.#isEndless;
  }

  /** Runs what its caller waits for: nothing of it is put off, since no other turn comes before it is done. */
  withoutEnd<Result>(run: () => Result): Result {
    const wasEndless = this.#isEndless;
    this.#isEndless = true;
    try {
      return run();
    } finally {
      this.#isEndless = wasEndless;
    }
  }

  /** Counts work. */
  spend(units: number): void {
    this.#spent += units;
    if (!this.#willEnd) this.#endSoon();
  }

  /**
   * Settles in a turn of its own: however many wait, one turn takes on the work of one. Those who have spent little take every
   * other turn, so that they need not wait for all who have spent much; among themselves they go in the order in which they asked.
   * @param spentUnits what the computation that waits has spent so far.
   */
  next(spentUnits = 0): Promise<void> {
    return new Promise((resolve) => {
      (spentUnits <= lightWorkMax ? this.#light : this.#heavy).push(resolve);
      if (!this.#willEnd) this.#endSoon();
    });
  }

  #endSoon(): void {
    this.#willEnd = true;
    setImmediate(this.#end);
  }

  readonly #end = (): void => {
    this.#spent = 0;
    this.#willEnd = false;
    this.#wasLight = this.#light.length > 0 && !(this.#wasLight && this.#heavy.length > 0);
    const first = (this.#wasLight ? this.#light : this.#heavy).shift();
    if (first === undefined) return;
    if (this.#light.length + this.#heavy.length > 0) this.#endSoon();
    first();
  };
}

/** The turn of this thread's event loop. */
export const turn = new Turn();

/** Does all steps at once. @throws Error when one of them waits for something that is not at hand. */
export function runAtOnce<Result>(steps: Steps<Result>): Result;
/** The same; none are done where there are none. */
export function runAtOnce<Result>(steps: Steps<Result> | undefined): Result | undefined;
/** The same; none are done where there are none. */
export function runAtOnce<Result>(steps: Steps<Result> | undefined): Result | undefined {
  while (steps !== undefined) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (step.value !== undefined) throw new Error('a computation that must end at once waits for something');
  }
  return undefined;
}

/** Does all steps at once for a caller who waits for the result: nothing of them is put off for the sake of others. */
export function runForCaller<Result>(steps: Steps<Result>): Result {
  return turn.withoutEnd(() => runAtOnce(steps));
}

/** How a computation that takes several turns can be given up. */
export interface GiveUp<Result> {
  /** Asked before each further turn: an answer ends the steps where they are and takes the place of their result. */
  readonly instead: () => Result | undefined;
  /** Settles when `instead` has an answer: steps that wait for something are woken by it. Called only when they wait. */
  readonly woken: () => Promise<void>;
}

const never: GiveUp<never> = { instead: () => undefined, woken: () => new Promise(() => {}) };

/**
 * Does steps until one of them finds the turn over or waits for something, and goes on in later turns. Answers at once when there
 * is no such step.
 */
export function runInTurns<Result>(steps: Steps<Result>, giveUp: GiveUp<Result> = never): Result | Promise<Result> {
  const before = turn.spent;
  const step = steps.next();
  return step.done === true ? step.value : finishInTurns(steps, giveUp, step.value, turn.spent - before);
}

async function finishInTurns<Result>(
  steps: Steps<Result>,
  { instead, woken }: GiveUp<Result>,
  firstWait: Promise<void> | undefined,
  spentAtOnce: number,
): Promise<Result> {
  let spent = spentAtOnce;
  let wait = firstWait;
  for (;;) {
    await (wait === undefined ? turn.next(spent) : Promise.race([wait, woken()]));
    const given = instead();
    if (given !== undefined) {
      steps.return(given);
      return given;
    }
    const before = turn.spent;
    const step = steps.next();
    spent += turn.spent - before;
    if (step.done === true) return step.value;
    wait = step.value;
  }
}
