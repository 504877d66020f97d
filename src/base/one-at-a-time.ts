// Calls that must not overlap, where the result of a call must not come from a run that began before the call. Knows no call.

/** Runs one call at a time: calls made during a run share the next run, which begins after them. */
export function oneAtATime<Result>(run: () => Promise<Result>): () => Promise<Result> {
  let current: Promise<Result> | undefined;
  let next: Promise<Result> | undefined;
  const begin = (): Promise<Result> => {
    const running = run().finally(() => {
      if (current === running) current = undefined;
    });
    current = running;
    next = undefined;
    return running;
  };
  return () => {
    if (current === undefined) return begin();
    next ??= current.then(begin, begin);
    return next;
  };
}
