// One turn of the event loop, shared by all exchanges of a process: how much work it has done, and what waits for the next one.
// Work is counted in units, never in time, so that a turn does the same on every machine.

/**
 * A computation in steps: it yields where the turn may be over, and returns its result. The caller decides whether to
 * continue at once or in the next turn; the result is the same. What it yields, if anything, is what it waits for (`waitFor`).
 *
 * A generator costs about as much as a field of a head. So work that is mostly done in one step returns `undefined` then, and steps
 * only when there is more to do.
 */
export type Steps<Result> = Generator<Promise<void> | undefined, Result, void>;

/**
 * Waits for something outside of this process: a shared store, a look-up. A value that is not a promise costs nothing.
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

/** Units up to which a computation counts as light: the most that ordinary messages take. */
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

  /** Whether at least `workMax` units were spent, so that the rest should wait for the next turn. Never while `withoutEnd` runs. */
  isOver(workMax: number): boolean {
    return this.#spent >= workMax && !this.#isEndless;
  }

  /** Runs work whose caller waits for it: nothing is deferred, because no other turn comes before it is done. */
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
   * Resolves in a turn of its own, so that one turn takes on the work of one waiter. Those that have spent little take every
   * other turn, and do not wait for all that have spent much; otherwise in the order of their requests.
   * @param spentUnits what the waiting computation has spent so far.
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

/** Runs all steps at once. @throws Error if one of them has to wait for a promise. */
export function runAtOnce<Result>(steps: Steps<Result>): Result;
/** The same for steps that may be undefined. */
export function runAtOnce<Result>(steps: Steps<Result> | undefined): Result | undefined;
/** The same for steps that may be undefined. */
export function runAtOnce<Result>(steps: Steps<Result> | undefined): Result | undefined {
  while (steps !== undefined) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (step.value !== undefined) throw new Error('a computation that must end at once waits for something');
  }
  return undefined;
}

/** Runs all steps at once for a caller that waits for the result: nothing is deferred in favor of others. */
export function runForCaller<Result>(steps: Steps<Result>): Result {
  return turn.withoutEnd(() => runAtOnce(steps));
}

/** How a computation that takes several turns can be cancelled. */
export interface GiveUp<Result> {
  /** Called before each further turn: a value ends the steps where they are and becomes the result. */
  readonly instead: () => Result | undefined;
  /** Settles when `instead` has a value, to wake steps that wait for something. Called only while they wait. */
  readonly woken: () => Promise<void>;
}

const never: GiveUp<never> = { instead: () => undefined, woken: () => new Promise(() => {}) };

/**
 * Runs steps until the turn is over or one of them waits for something, and continues in later turns. Returns the result itself,
 * not a promise, when neither happens.
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
